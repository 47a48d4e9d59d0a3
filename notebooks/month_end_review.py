"""Is the month reconciled, and what is open?

Reads the published marts and nothing else. Every amount stays in its own currency; only rows of one currency are
ever added, and of the breaks only the primary ones.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Month-end review")

with app.setup:
    import marimo as mo
    import polars as pl

    from pipelines.analysis import pages

    TITLE = "Month-end review"


@app.cell(hide_code=True)
def _():
    as_of_input = pages.as_of_input()
    return (as_of_input,)


@app.cell(hide_code=True)
def _(as_of_input):
    warehouse = pages.opened(TITLE, as_of_input.value)
    show = pages.Show(warehouse)
    choices = pages.choices(warehouse, "period", "currency", period=pages.newest_due_month(warehouse))
    return choices, show, warehouse


@app.cell(hide_code=True)
def _(as_of_input, choices, warehouse):
    chosen = pages.chosen(choices)
    pages.head(TITLE, "Is the month reconciled, and what is open?", warehouse, as_of_input, choices)
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen, warehouse):
    # What all sections below read.
    of_choice = {"currency": chosen.currency, "period": chosen.period}
    verdicts = warehouse.reconciliation(**of_choice).collect()
    charges = warehouse.charges(**of_choice).collect()
    documents = warehouse.invoices(**of_choice).collect()
    open_breaks = pages.breaks_in_words(warehouse, currency=chosen.currency).collect()
    month_breaks = open_breaks.filter(
        pl.lit(True) if chosen.period is None else pl.col("period") == chosen.period, pl.col("currency").is_not_null()
    )
    currencies = sorted({*verdicts["currency"], *documents["currency"], *month_breaks["currency"]})
    return charges, currencies, documents, month_breaks, of_choice, open_breaks, verdicts


@app.cell(hide_code=True)
def _(charges, chosen, open_breaks, show, verdicts):
    # Gross: refunds count as positive, so that a purchase and its refund do not hide each other.
    _gross = charges.group_by("period", "currency").agg(
        pl.col("total").abs().sum().alias("gross_amount"),
        pl.col("total").abs().filter(pl.col("bucket") == "matched").sum().alias("gross_matched_amount"),
    )
    verdict_rows = verdicts.join(_gross, on=["period", "currency"], how="left", maintain_order="left")

    def _share(row, _digits):
        """Tenths of a percent, rounded down: 100 % means all of it."""
        if not row["gross_amount"]:
            return ""
        tenths = int(row["gross_matched_amount"] * 1000 // row["gross_amount"])
        return f"{tenths // 10}.{tenths % 10} %"

    def _sentence(row):
        mine = open_breaks.filter(pl.col("currency") == row["currency"])
        elsewhere = mine.filter(pl.col("period").ne_missing(row["period"])).height if chosen.period else 0
        at_risk = f"{show.money(row['at_risk_amount'], row['currency'])} {row['currency']} at risk"
        breaks = pages.counted(row["open_breaks_count"], "open break")
        return (
            f"**{row['currency']}{'' if chosen.period else ' ' + row['period']}**: {_WORDS[row['verdict']]}"
            + (f", {breaks} with {at_risk}" if row["open_breaks_count"] else "")
            + (f"; {pages.counted(elsewhere, 'open break')} outside this month" if elsewhere else "")
        )

    _WORDS = {"clean": "clean", "breaks": "breaks are open", "not_reconciled": "not reconciled"}
    _HEADLINES = {
        None: ("Nothing was compared for this choice. That is no clean result.", "danger"),
        "clean": ("Reconciled: everything was compared, nothing is open", "success"),
        "breaks": ("Compared, but breaks are open", "warn"),
        "not_reconciled": ("Not reconciled: something could not be compared", "danger"),
    }
    worst = max(verdict_rows["verdict"].to_list(), key=list(_WORDS).index, default=None)
    _headline, _kind = _HEADLINES[worst]
    _sentences = "\n".join(f"- {_sentence(row)}" for row in verdict_rows.iter_rows(named=True))
    _columns = {
        "": pages.text("currency"),
        "Month": pages.text("period"),
        "Verdict": pages.chip("verdict"),
        "Charged": pages.money("charges_amount"),
        "Matched": pages.money("matched_amount"),
        "Matched, gross": pages.Cell(_share, right=True),
        "Not compared": pages.money("not_compared_amount"),
        "Unexplained": pages.money("unexplained_amount"),
        "At risk": pages.money("at_risk_amount"),
        "Open breaks": pages.number("open_breaks_count"),
        "Charges": pages.number("charges_count"),
        "Order items": pages.number("order_items_count"),
    }
    mo.vstack(
        [
            mo.callout(mo.md(f"**{chosen.period or 'All months'}: {_headline}**\n\n{_sentences}"), kind=_kind),
            mo.md("## 1 Verdict and coverage"),
            show.table(verdict_rows, _columns),
            mo.md(
                "_Charged_ is what one-time lines bill, tax included. _Matched_ has an order, and no finding. The "
                "gross share counts refunds as positive and is rounded down; page and workbook show the share of the "
                "amounts beside it, refunds taken off. _Unexplained_ is of one-time documents; the bridge below has "
                "all. Each row is in its own currency."
            ),
        ]
    )
    return verdict_rows, worst


@app.cell(hide_code=True)
def _(chosen, currencies, show, warehouse):
    # Every month, whatever is chosen above: is it getting better?
    trend = (
        pages.breaks_in_words(warehouse, currency=chosen.currency)
        .filter(pl.col("period").is_not_null(), pl.col("is_primary"))
        .group_by("currency", "period", "severity")
        .agg(pl.col("primary_amount").sum())
        .sort("currency", "period", "severity")
        .collect()
    )
    _charts = [
        pages.charts.columns_by_month(
            trend.filter(pl.col("currency") == currency),
            show.money,
            amount="primary_amount",
            part="severity",
            title=f"At risk by month, {currency}",
            currency=currency,
        )
        for currency in currencies
        if currency in trend["currency"]
    ]
    mo.hstack(_charts, wrap=True, justify="start") if _charts else None
    return (trend,)


@app.cell(hide_code=True)
def _(currencies, documents, show):
    counted_documents = pages.counted_documents(documents)
    bridge = pages.bridge(counted_documents)

    def _check(row, _digits):
        return show.money(row["left_over_amount"], row["currency"]) + (" ✓" if row["left_over_amount"] == 0 else " ✗")

    def _of(currency):
        mine = bridge.filter(pl.col("currency") == currency)
        single = counted_documents.filter(pl.col("currency") == currency)
        void = documents.filter(pl.col("currency") == currency, ~pl.col("is_counted"))["invoice_id"].to_list()
        said = f"\nVoid, not counted: {', '.join(map(pages.escaped, void))}." if void else ""
        per_document = {
            "Document": pages.text("invoice_id"),
            "Date": pages.day("invoice_at"),
            "Kind": pages.Cell(lambda row, _: pages.in_words(f"{row['document_type']}, {row['invoice_type']}")),
            "Billed": pages.money("total_charges"),
            # The same parts as above, so that what stands beside a total adds up to it.
            **{head: pages.money(part) for part, (_, head) in pages.DOCUMENT_PARTS.items() if part in mine["part"]},
            "Billed less all parts": pages.Cell(_check, right=True),
        }
        return [
            mo.md(f"### {pages.escaped(currency)}{said}"),
            show.table(mine, {"": pages.text("words"), f"Amount, {currency}": pages.money("amount")}, narrow=True),
            show.table(single, per_document),
        ]

    mo.vstack(
        [
            mo.md("## 2 From billed to explained\nEvery counted document, taken apart until nothing is left."),
            *(piece for currency in currencies for piece in _of(currency)),
        ]
    )
    return bridge, counted_documents


@app.cell(hide_code=True)
def _(currencies, month_breaks, open_breaks, show):
    by_code = pages.breaks_by_code(month_breaks)

    def _of(currency):
        mine = by_code.filter(pl.col("currency") == currency)
        if mine.is_empty():
            return [mo.md(f"### {pages.escaped(currency)}\nNo open break in this month.")]
        total = {
            **dict.fromkeys(mine.columns),
            **mine.select(pl.col("break_count", "unknown_count", "primary_amount").sum()).row(0, named=True),
            "currency": currency,
            "title": f"All open breaks, {currency}",
        }
        elsewhere = open_breaks.filter(pl.col("currency") == currency).height - total["break_count"]
        columns = {
            "Worst": pages.chip("severity"),
            "Break": pages.text("title", "break_code", width="34%"),
            "Count": pages.number("break_count"),
            f"At risk, {currency}": pages.money("primary_amount"),
            "Not known": pages.number("unknown_count"),
            "Next step": pages.text("next_step", width="40%"),
        }
        note = (
            f"Besides, {pages.counted(elsewhere, 'open break')} outside this month: see ageing." if elsewhere else ""
        )
        chart = pages.charts.bars(
            mine.filter(pl.col("primary_amount") > 0).head(8),
            show.money,
            label="title",
            amount="primary_amount",
            title=f"At risk by kind, {currency}",
            currency=currency,
            mood="severity",
        )
        return [
            mo.md(f"### {pages.escaped(currency)}"),
            chart,
            show.table(mine, columns, total=total),
            mo.md(note),
        ]

    mo.vstack(
        [
            mo.md(
                "## 3 Open breaks by kind\nAll findings are counted; _at risk_ adds one per subject only, so that no "
                "money is counted twice."
            ),
            *(piece for currency in currencies for piece in _of(currency)),
        ]
    )
    return (by_code,)


@app.cell(hide_code=True)
def _(currencies, month_breaks, show):
    greatest = {
        currency: month_breaks.filter(pl.col("currency") == currency, pl.col("is_primary")) for currency in currencies
    }
    _columns = {
        "At risk": pages.money("at_risk_amount"),
        "Severity": pages.chip("severity"),
        "Status": pages.words("status"),
        "Days": pages.number("age_days"),
        "What": pages.text("title", "break_id", said="explanation", width="40%"),
        "Customer, document, order": pages.text("customer", "invoice_id", "order_id", width="20%"),
        "Next step": pages.text("next_step", width="20%"),
    }
    _pieces = [
        piece
        for currency, mine in greatest.items()
        if not mine.is_empty()
        for piece in (mo.md(f"### {pages.escaped(currency)}"), show.table(mine, _columns, longest=10))
    ]
    mo.vstack([mo.md("## 4 Greatest breaks"), *(_pieces or [mo.md("None.")])])
    return (greatest,)


@app.cell(hide_code=True)
def _(chosen, show, warehouse):
    # What is not due yet is no break.
    waiting = pages.waiting(warehouse, chosen.currency)
    waiting_by_reason = pages.waiting_by_reason(waiting)

    def _due(row, _digits):
        due = row["timing_due_at"]
        days = (due.date() - warehouse.as_of.date()).days if due else 0
        return f"{due:%Y-%m-%d}<br><small>in {days} days</small>" if due else "next reading"

    _columns = {
        "Due": pages.Cell(_due),
        "Why it waits": pages.text("why"),
        "Customer, order": pages.text("company_name", "order_id", otherwise="customer_id"),
        "Ordered": pages.number("expected_quantity"),
        "Charged": pages.number("charged_quantity"),
        "Entitled": pages.number("entitled_quantity"),
        "Expected": pages.money("expected_amount", "order_currency", named=True),
        "Charged so far": pages.money("charged_total", "charged_currency", named=True),
    }
    mo.vstack(
        [
            mo.md(
                "## 5 Timing: not due yet\nAll months. These become breaks when the due date passes and nothing came."
            ),
            show.table(
                waiting_by_reason,
                {
                    "Why it waits": pages.text("why"),
                    "": pages.text("currency"),
                    "Order items": pages.number("item_count"),
                    "To come, before tax": pages.money("to_come_amount"),
                    "Not known": pages.number("unknown_count"),
                    "First due": pages.day("first_due_at"),
                },
                empty="Nothing is waiting.",
            ),
            show.table(waiting, _columns, longest=10, empty=""),
        ]
    )
    return waiting, waiting_by_reason


@app.cell(hide_code=True)
def _(open_breaks, show):
    ageing = pages.ageing(open_breaks)
    without_currency = open_breaks.filter(pl.col("currency").is_null())
    _cells = {
        bucket: pages.Cell(
            lambda row, _, bucket=bucket: (
                f"{show.money(row[bucket], row['currency'])}"
                f"<br><small>{pages.counted(row[bucket + ' count'], 'break')}</small>"
                if row[bucket + " count"]
                else "none"
            ),
            right=True,
        )
        for bucket in pages.AGE_BUCKETS
    }
    mo.vstack(
        [
            mo.md("## 6 Ageing of all open breaks\nAll months, days from the invoice date. At risk, and how many."),
            show.table(ageing, {"": pages.text("currency"), **_cells}, empty="No open break."),
            mo.md("Without an amount or a currency:") if without_currency.height else mo.md(""),
            show.table(
                without_currency,
                {
                    "Break": pages.text("title", "break_id"),
                    "Why": pages.text("explanation"),
                    "Customer": pages.text("customer"),
                },
                empty="",
            ),
        ]
    )
    return (ageing,)


@app.cell(hide_code=True)
def _(chosen, show, warehouse):
    balances = (
        warehouse.balances(currency=chosen.currency)
        .filter(pl.col("read_at") == pl.col("read_at").max().over("currency", "invoice_type"))
        .sort("currency", "invoice_type")
        .collect()
    )
    _columns = {
        "": pages.text("currency"),
        "Invoices": pages.words("invoice_type"),
        "Balance": pages.money("balance_amount"),
        "Open documents": pages.money("open_invoices_amount"),
        "Difference": pages.money("difference_amount"),
        "Read": pages.day("read_at"),
    }
    mo.vstack(
        [
            mo.md("## 7 Account balance\nThe latest reading beside the open amounts of the documents read with it."),
            show.table(balances, _columns, empty="No balance was read."),
        ]
    )
    return (balances,)


@app.cell(hide_code=True)
def _(open_breaks, show):
    searchable = pages.searchable(open_breaks, show)
    mo.vstack(
        [
            mo.md(
                "## 8 All open breaks\nAll months, to search and to download. Add up `is_primary` rows of one currency "
                "only; `break_explorer.py` leads from each to its evidence."
            ),
            pages.searchable_table(searchable),
        ]
    )
    return (searchable,)


if __name__ == "__main__":
    app.run()
