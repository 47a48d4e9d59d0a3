"""Is the month reconciled, and what is open?

Reads the published marts and nothing else. Every amount stays in its own currency; only rows of one currency are
ever added, and of the breaks only the primary ones.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Month-end review")


@app.cell(hide_code=True)
def _():
    import marimo as mo
    import polars as pl

    from pipelines.analysis import amount_text, open_warehouse

    return amount_text, mo, open_warehouse, pl


@app.cell(hide_code=True)
def _(mo):
    # From the command line: marimo run notebooks/month_end_review.py -- --period 2026-08 --currency EUR
    _asked = mo.cli_args()
    asked_period, asked_currency = _asked.get("period"), _asked.get("currency")
    data_dir_input = mo.ui.text(
        value=str(_asked.get("data-dir") or ""),
        placeholder="RECON_DATA_DIR, else data",
        label="Data directory",
        debounce=True,
    )
    return asked_currency, asked_period, data_dir_input


@app.cell(hide_code=True)
def _(data_dir_input, mo, open_warehouse):
    try:
        warehouse = open_warehouse(data_dir_input.value or None)
        problem = None
    except Exception as _error:  # whatever keeps the file from being read is shown to the reader in its own words
        warehouse, problem = None, str(_error)
    mo.stop(
        problem is not None,
        mo.vstack(
            [mo.md("# Month-end review"), data_dir_input, mo.callout(mo.plain_text(problem or ""), kind="danger")]
        ),
    )
    as_of = warehouse.as_of
    digits = warehouse.minor_digits()
    return as_of, digits, warehouse


@app.cell(hide_code=True)
def _(as_of, asked_currency, asked_period, mo, warehouse):
    verdicts = warehouse.reconciliation().collect()
    ALL_MONTHS, ALL_CURRENCIES = "all months", "all currencies"
    _periods = verdicts["period"].unique().sort(descending=True).to_list()
    # A month is due from its 11th on: its invoice comes by the 8th, its lines within three days.
    _due = [month for month in _periods if f"{month}-11" <= as_of.strftime("%Y-%m-%d")]
    _default = (_due or _periods or [ALL_MONTHS])[0]
    _currencies = verdicts["currency"].unique().sort().to_list()
    period_input = mo.ui.dropdown(
        [*_periods, ALL_MONTHS],
        value=asked_period if asked_period in (*_periods, ALL_MONTHS) else _default,
        label="Month",
    )
    currency_input = mo.ui.dropdown(
        [ALL_CURRENCIES, *_currencies],
        value=asked_currency if asked_currency in _currencies else ALL_CURRENCIES,
        label="Currency",
    )
    _unknown = [
        str(value)
        for value, known in ((asked_period, [*_periods, ALL_MONTHS]), (asked_currency, _currencies))
        if value and value not in known
    ]
    mo.stop(
        bool(_unknown),
        mo.callout(mo.plain_text(f"Nothing is published for {', '.join(_unknown)}."), kind="danger"),
    )
    return ALL_CURRENCIES, ALL_MONTHS, currency_input, period_input, verdicts


@app.cell(hide_code=True)
def _(ALL_CURRENCIES, ALL_MONTHS, currency_input, period_input):
    period = None if period_input.value == ALL_MONTHS else period_input.value
    currency = None if currency_input.value == ALL_CURRENCIES else currency_input.value
    return currency, period


@app.cell(hide_code=True)
def _(as_of, currency_input, data_dir_input, mo, period_input, warehouse):
    mo.vstack(
        [
            mo.md(
                f"# Month-end review\n**Is the month reconciled, and what is open?** As of "
                f"**{as_of:%-d %B %Y, %H:%M} UTC**, published generation {warehouse.generation}."
            ),
            mo.hstack([period_input, currency_input, data_dir_input], justify="start", gap=2),
        ]
    )
    return


@app.cell(hide_code=True)
def _(amount_text, digits, mo):
    STYLE = """<style>
    .recon {border-collapse: collapse; width: 100%; font-size: 0.85rem; font-variant-numeric: tabular-nums; margin: 0.2rem 0 0.8rem}
    .recon th {text-align: left; font-weight: 600; border-bottom: 2px solid rgba(120,120,120,.5); padding: .3rem .6rem; vertical-align: bottom}
    .recon td {border-bottom: 1px solid rgba(120,120,120,.25); padding: .3rem .6rem; vertical-align: top}
    .recon .right {text-align: right} .recon td.right {white-space: nowrap}
    .recon .strong td {font-weight: 600; border-top: 2px solid rgba(120,120,120,.5)}
    .recon .whole {white-space: nowrap}
    .recon small {opacity: .7; overflow-wrap: anywhere}
    .chip {border-radius: .6rem; padding: 0 .5rem; white-space: nowrap; font-weight: 600; font-size: .8rem}
    .chip.bad {background: #fde2e1; color: #9b1c1c} .chip.warn {background: #fdf0d0; color: #8a5300}
    .chip.good {background: #dcf3e1; color: #14632b} .chip.calm {background: #e8eaee; color: #444b57}
    </style>"""
    CHIPS = {
        **{"not_reconciled": "bad", "breaks": "warn", "clean": "good"},
        **{"critical": "bad", "high": "warn", "medium": "calm", "low": "calm"},
    }

    def escaped(value):
        """Text from the records, safe inside HTML."""
        text = "" if value is None else str(value)
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")

    def chip(word):
        return f'<span class="chip {CHIPS.get(word, "calm")}">{escaped(word.replace("_", " "))}</span>'

    def money(value, of_currency):
        """The amount with the digits of its currency, without its name."""
        return amount_text(value, digits.get(of_currency, 2))

    def quantity(value):
        return "" if value is None else amount_text(value, 0)

    def table(headers, rows, strong=(), widths=()):
        """Headers that start with > are right-aligned. Cells are HTML: escape what comes from the records."""
        sides = [' class="right"' if header.startswith(">") else "" for header in headers]
        columns = "".join(f'<col style="width: {width}">' for width in widths)
        head = "".join(f"<th{side}>{header.lstrip('>')}</th>" for header, side in zip(headers, sides))
        body = ""
        for index, row in enumerate(rows):
            cells = "".join(f"<td{side}>{cell}</td>" for cell, side in zip(row, sides))
            body += f"<tr{' class=strong' if index in strong else ''}>{cells}</tr>"
        inner = f"<colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return mo.Html(f'{STYLE}<table class="recon">{inner}</table>')

    def counted(number, noun):
        return f"{number:,} {noun}{'' if number == 1 else 's'}"

    return chip, counted, escaped, money, quantity, table


@app.cell(hide_code=True)
def _(currency, period, pl, verdicts, warehouse):
    # What all sections below read: the chosen month and currency, and all that is open in that currency.
    _of_month = pl.lit(True) if period is None else pl.col("period") == period
    _of_currency = pl.col("currency").is_not_null() if currency is None else pl.col("currency") == currency
    chosen = verdicts.filter(_of_month, _of_currency)
    charges = warehouse.charges(period=period, currency=currency).collect()
    documents = warehouse.invoices(period=period, currency=currency).collect()
    rules = warehouse.break_codes().select("break_code", "title", "next_step")
    names = warehouse.customers().select("customer_id", "company_name")
    open_breaks = (
        warehouse.breaks(currency=currency)
        .join(rules, on="break_code", how="left", maintain_order="left")
        .join(names, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("title", "break_code").alias("title"),
            pl.coalesce("company_name", "customer_id").alias("customer"),
            # The only column of breaks that may be added.
            pl.when("is_primary").then("at_risk_amount").alias("primary_amount"),
        )
        .collect()
    )
    month_breaks = open_breaks.filter(_of_month, pl.col("currency").is_not_null())
    shown = sorted({*chosen["currency"], *documents["currency"], *month_breaks["currency"]})
    return charges, chosen, documents, month_breaks, names, open_breaks, shown


@app.cell(hide_code=True)
def _(charges, chosen, chip, counted, documents, escaped, mo, money, open_breaks, period, pl, table):
    _words = {"clean": "clean", "breaks": "breaks are open", "not_reconciled": "not reconciled"}
    _kinds = {"clean": "success", "breaks": "warn", "not_reconciled": "danger"}
    _worst = max(chosen["verdict"].to_list(), key=list(_words).index, default=None)

    # Gross: refunds count as positive, so that a purchase and its refund do not hide each other.
    _gross = (
        charges.join(documents.select("invoice_id", month=pl.col("invoice_at").dt.strftime("%Y-%m")), on="invoice_id")
        .group_by("month", "currency")
        .agg(
            pl.col("total").abs().sum().alias("charged"),
            pl.col("total").abs().filter(pl.col("bucket") == "matched").sum().alias("matched"),
        )
    )
    _gross_of = {(row["month"], row["currency"]): row for row in _gross.iter_rows(named=True)}

    def _share(row):
        """Rounded down: 100 % means all of it."""
        gross = _gross_of.get((row["period"], row["currency"]))
        if gross is None or not gross["charged"]:
            return ""
        tenths = int(gross["matched"] * 1000 // gross["charged"])
        return f"{tenths // 10}.{tenths % 10} %"

    def _elsewhere(row):
        others = open_breaks.filter(pl.col("currency") == row["currency"], pl.col("period").ne_missing(row["period"]))
        return f"; {counted(others.height, 'open break')} outside this month" if period and others.height else ""

    _sentences = [
        f"**{row['currency']}{'' if period else ' ' + row['period']}**: {_words[row['verdict']]}"
        + (
            f", {counted(row['open_breaks_count'], 'open break')} with "
            f"{money(row['at_risk_amount'], row['currency'])} {row['currency']} at risk"
            if row["open_breaks_count"]
            else ""
        )
        + _elsewhere(row)
        for row in chosen.iter_rows(named=True)
    ]
    if _worst is None:
        _headline = mo.callout(
            mo.md("**Nothing was compared** for this choice. That is no clean result."), kind="danger"
        )
    else:
        _title = {"clean": "Reconciled, nothing is open", "breaks": "Compared, but breaks are open"}.get(
            _worst, "Not reconciled: something could not be compared"
        )
        _list = "\n".join(f"- {sentence}" for sentence in _sentences)
        _headline = mo.callout(mo.md(f"**{period or 'All months'}: {_title}**\n\n{_list}"), kind=_kinds[_worst])
    _rows = [
        [
            f"<b>{escaped(row['currency'])}</b>",
            f'<span class="whole">{row["period"]}</span>',
            chip(row["verdict"]),
            money(row["charges_amount"], row["currency"]),
            money(row["matched_amount"], row["currency"]),
            _share(row),
            money(row["not_compared_amount"], row["currency"]),
            money(row["unexplained_amount"], row["currency"]),
            money(row["at_risk_amount"], row["currency"]),
            f"{row['open_breaks_count']:,}",
            f"{row['charges_count']:,}",
            f"{row['order_items_count']:,}",
            f"{row['entitlements_count']:,}",
        ]
        for row in chosen.iter_rows(named=True)
    ]
    _headers = ["", "Month", "Verdict", ">Charged", ">Matched", ">Matched share", ">Not compared", ">Unexplained"]
    _headers += [">At risk", ">Open breaks", ">Charges", ">Order items", ">Entitlements"]
    mo.vstack(
        [
            _headline,
            mo.md("## 1 Verdict and coverage"),
            table(_headers, _rows),
            mo.md(
                "_Charged_ is what one-time lines bill, tax included. _Matched_ has an order, and no finding. The share is "
                "by gross amount, refunds counted as positive, rounded down. Each row is in its own currency."
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _(charges, documents, escaped, mo, money, pl, shown, table):
    _lines = (
        ("total_charges", "Billed on the document"),
        ("matched_amount", "matched to an order"),
        ("matched_with_break_amount", "matched, with an open break"),
        ("suggested_amount", "suggested match, to be confirmed"),
        ("timing_amount", "timing: not due yet"),
        ("unmatched_amount", "no order found"),
        ("not_compared_amount", "not compared: orders could not be read"),
        ("out_of_scope_amount", "not one-time (recurring, usage, adjustments)"),
        ("amendment_amount", "amendment without lines"),
        ("rounding_amount", "rounding"),
        ("unexplained_amount", "unexplained"),
    )
    _always = {"total_charges", "matched_amount", "unexplained_amount"}
    _parts = [name for name, _ in _lines[1:]]

    def _bridge(of_currency):
        mine = documents.filter(pl.col("currency") == of_currency, pl.col("is_counted")).with_columns(
            (pl.col("total_charges") - pl.sum_horizontal(_parts)).alias("left_over")
        )
        if mine.is_empty():
            return [mo.md(f"### {escaped(of_currency)}\nNo document in this month.")]
        pieces = [mo.md(f"### {escaped(of_currency)}")]
        amounts = [name for name, _ in _lines]
        everything = mine.select(pl.col([*amounts, "left_over"]).sum()).row(0, named=True)
        columns = [("All documents", everything)] if mine.height > 1 else []
        for row in mine.iter_rows(named=True):
            kind = row["document_type"].replace("_", " ") + ", " + row["invoice_type"].replace("_", "-")
            about = f"{escaped(row['invoice_id'])}<br><small>{escaped(kind)}<br>{row['invoice_at']:%Y-%m-%d}</small>"
            columns.append((about, row))
        used = [(name, words) for name, words in _lines if name in _always or mine[name].ne(0).any()]
        for start in range(0, len(columns), 5):
            part = columns[start : start + 5]
            rows = [
                [
                    ("" if name == "total_charges" else "&emsp;") + words,
                    *(money(row[name], of_currency) for _, row in part),
                ]
                for name, words in used
            ]
            rows.append(
                [
                    "Billed less all parts",
                    *(
                        f"{money(row['left_over'], of_currency)}{' ✓' if row['left_over'] == 0 else ' ✗'}"
                        for _, row in part
                    ),
                ]
            )
            pieces.append(table(["", *(f">{about}" for about, _ in part)], rows, strong={len(rows) - 1}))
        void = documents.filter(pl.col("currency") == of_currency, ~pl.col("is_counted"))["invoice_id"].to_list()
        if void:
            pieces.append(mo.md(f"Void, not counted: {', '.join(map(escaped, void))}."))
        return pieces

    mo.vstack(
        [
            mo.md(
                "## 2 From billed to explained\nEvery document, taken apart. _Unexplained_ is what its own lines do not add up to."
            ),
            *(piece for name in shown for piece in _bridge(name)),
        ]
    )
    return


@app.cell(hide_code=True)
def _(chip, counted, escaped, mo, money, month_breaks, open_breaks, pl, shown, table):
    _steps = ["low", "medium", "high", "critical"]

    def _by_code(of_currency):
        mine = month_breaks.filter(pl.col("currency") == of_currency)
        elsewhere = open_breaks.filter(pl.col("currency") == of_currency).height - mine.height
        pieces = [mo.md(f"### {escaped(of_currency)}")]
        if mine.is_empty():
            pieces.append(mo.md("No open break in this month."))
        else:
            groups = (
                mine.group_by("break_code", "title", "next_step")
                .agg(
                    pl.len().alias("count"),
                    pl.col("primary_amount").sum(),
                    pl.col("at_risk_amount").is_null().sum().alias("unknown"),
                    pl.col("severity"),
                )
                .sort(["primary_amount", "break_code"], descending=[True, False])
            )
            rows = [
                [
                    chip(max(row["severity"], key=_steps.index)),
                    f"{escaped(row['title'])}<br><small>{escaped(row['break_code'])}</small>",
                    f"{row['count']:,}",
                    money(row["primary_amount"], of_currency)
                    + (f"<br><small>{row['unknown']} unknown</small>" if row["unknown"] else ""),
                    escaped(row["next_step"]),
                ]
                for row in groups.iter_rows(named=True)
            ]
            total = mine.select(pl.col("primary_amount").sum()).item()
            rows.append(["", f"All open breaks, {of_currency}", f"{mine.height:,}", money(total, of_currency), ""])
            pieces.append(
                table(
                    ["Worst", "Break", ">Count", f">At risk, {of_currency}", "Next step"],
                    rows,
                    strong={len(rows) - 1},
                    widths=("7%", "33%", "6%", "14%", "40%"),
                )
            )
        if elsewhere:
            pieces.append(mo.md(f"Besides, {counted(elsewhere, 'open break')} outside this month: see ageing."))
        return pieces

    mo.vstack(
        [
            mo.md(
                "## 3 Open breaks by kind\nAll findings are counted; _at risk_ adds one per subject only, so that no money "
                "is counted twice."
            ),
            *(piece for name in shown for piece in _by_code(name)),
        ]
    )
    return


@app.cell(hide_code=True)
def _(chip, escaped, mo, money, month_breaks, pl, shown, table):
    TOP = 10

    def _age(days):
        return "no date" if days is None else f"{days} days"

    def _top(of_currency):
        mine = month_breaks.filter(pl.col("currency") == of_currency, pl.col("is_primary"))
        if mine.is_empty():
            return []
        rows = [
            [
                money(row["at_risk_amount"], of_currency),
                f"{chip(row['severity'])}<br><small>{escaped(row['status'])}, {_age(row['age_days'])}</small>",
                f"<b>{escaped(row['title'])}</b><br>{escaped(row['explanation'])}<br><small>break {escaped(row['break_id'])}</small>",
                "<br>".join(
                    [escaped(row["customer"])] * bool(row["customer"])
                    + [f"<small>{escaped(row[name])}</small>" for name in ("invoice_id", "order_id") if row[name]]
                ),
                escaped(row["next_step"]),
            ]
            for row in mine.head(TOP).iter_rows(named=True)
        ]
        more = f" (the first {TOP} of {mine.height:,})" if mine.height > TOP else ""
        return [
            mo.md(f"### {escaped(of_currency)}{more}"),
            table(
                [">At risk", "Severity", "What", "Customer, document, order", "Next step"],
                rows,
                widths=("9%", "9%", "42%", "20%", "20%"),
            ),
        ]

    _pieces = [piece for name in shown for piece in _top(name)]
    mo.vstack([mo.md("## 4 Greatest breaks"), *(_pieces or [mo.md("None.")])])
    return


@app.cell(hide_code=True)
def _(as_of, charges, currency, escaped, mo, money, names, pl, quantity, table, warehouse):
    # What is not due yet is no break. The words say what happens when the due date passes without it.
    _words = {
        "order_too_new": "charge is newer than the orders that were read",
        "on_unbilled": "on the unbilled lines; the next invoice should bill it",
        "not_yet_invoiced": "ordered, its invoice has not come yet",
        "credit_due": "cancelled or reduced, the credit has not come yet",
        "provisioning_pending": "ordered, delivery is under way",
        "deprovisioning_pending": "cancelled or reduced, withdrawal is under way",
    }
    _items = (
        warehouse.order_items(currency=currency)
        .filter(pl.col("timing_code").is_not_null(), pl.col("timing_code") != "before_horizon")
        .join(names, on="customer_id", how="left")
        .sort(["timing_due_at", "order_id"], nulls_last=True)
        .collect()
    )
    _LONGEST = 25

    def _row(item):
        due = item["timing_due_at"]
        ordered_in, charged_in = item["order_currency"], item["charged_currency"]
        return [
            f"{due:%Y-%m-%d}<br><small>in {(due.date() - as_of.date()).days} days</small>" if due else "next reading",
            escaped(_words.get(item["timing_code"], item["timing_code"])),
            f"{escaped(item['company_name'] or item['customer_id'])}<br><small>{escaped(item['order_id'])}</small>",
            quantity(item["expected_quantity"]),
            quantity(item["charged_quantity"]),
            quantity(item["entitled_quantity"]),
            f"{money(item['expected_amount'], ordered_in)} {escaped(ordered_in)}",
            f"{money(item['charged_total'], charged_in)} {escaped(charged_in)}" if charged_in else "",
        ]

    _headers = [
        "Due",
        "Why it waits",
        "Customer, order",
        ">Ordered",
        ">Charged",
        ">Entitled",
        ">Expected",
        ">Charged so far",
    ]
    _rows = [_row(item) for item in _items.head(_LONGEST).iter_rows(named=True)]
    _new = charges.filter(pl.col("bucket") == "timing", pl.col("match_pass").is_null())
    _notes = []
    if _items.height > _LONGEST:
        _notes.append(f"The first {_LONGEST} of {_items.height:,}, soonest first.")
    if _new.height:
        _notes.append(
            f"{_new.height:,} charges of this month wait for an order that is too new to be listed: next reading."
        )
    mo.vstack(
        [
            mo.md(
                "## 5 Timing: not due yet\nAll months. These become breaks when the due date passes and nothing has come."
            ),
            table(_headers, _rows) if _rows else mo.md("Nothing is waiting."),
            mo.md(" ".join(_notes)),
        ]
    )
    return


@app.cell(hide_code=True)
def _(counted, escaped, mo, money, open_breaks, pl, table):
    _buckets = ["0-30", "31-60", "61-90", "90+"]
    _dated = open_breaks.with_columns(pl.col("age_bucket").fill_null("no date"))
    if _dated["age_bucket"].eq("no date").any():
        _buckets.append("no date")

    def _cell(mine, of_currency):
        if mine.is_empty():
            return "none"
        at_risk = mine.select(pl.col("primary_amount").sum()).item()
        return f"{money(at_risk, of_currency)}<br><small>{counted(mine.height, 'break')}</small>"

    _rows = []
    for _name in sorted({name for name in _dated["currency"] if name}):
        _mine = _dated.filter(pl.col("currency") == _name)
        _cells = [_cell(_mine.filter(pl.col("age_bucket") == bucket), _name) for bucket in _buckets]
        _rows.append([f"<b>{escaped(_name)}</b>", *_cells, _cell(_mine, _name)])
    _without = _dated.filter(pl.col("currency").is_null())
    _notes = [
        f"<li>{escaped(row['title'])}: {escaped(row['explanation'])} <small>({escaped(row['customer'])})</small></li>"
        for row in _without.iter_rows(named=True)
    ]
    mo.vstack(
        [
            mo.md("## 6 Ageing of all open breaks\nAll months, days from the invoice date. At risk, and how many."),
            table(["", *(f">{name}" for name in _buckets), ">All"], _rows) if _rows else mo.md("No open break."),
            mo.Html(f"<p>Without an amount or a currency:</p><ul>{''.join(_notes)}</ul>") if _notes else mo.md(""),
        ]
    )
    return


@app.cell(hide_code=True)
def _(currency, escaped, mo, money, pl, table, warehouse):
    _balances = warehouse.balances(currency=currency).collect()
    _latest = _balances.filter(pl.col("read_at") == pl.col("read_at").max().over("currency", "invoice_type")).sort(
        ["currency", "invoice_type"]
    )
    _rows = [
        [
            f"<b>{escaped(row['currency'])}</b>",
            row["invoice_type"].replace("_", "-"),
            money(row["balance_amount"], row["currency"]),
            money(row["open_invoices_amount"], row["currency"]),
            money(row["difference_amount"], row["currency"]),
            f"{row['read_at']:%Y-%m-%d %H:%M}",
        ]
        for row in _latest.iter_rows(named=True)
    ]
    mo.vstack(
        [
            mo.md("## 7 Account balance\nThe latest reading beside the open amounts of the documents read with it."),
            table(["", "Invoices", ">Balance", ">Open documents", ">Difference", "Read (UTC)"], _rows)
            if _rows
            else mo.md("No balance was read."),
        ]
    )
    return


@app.cell(hide_code=True)
def _(mo, money, open_breaks, pl):
    _columns = [
        "currency",
        "at_risk_amount",
        "is_primary",
        "severity",
        "break_code",
        "explanation",
        "customer",
        "period",
    ]
    _columns += ["invoice_id", "order_id", "status", "age_days", "next_step", "break_id"]
    # Amounts as text: a browser would read them as floats. What a spreadsheet would run as a formula, as text too.
    _amounts = [money(row["at_risk_amount"], row["currency"]) for row in open_breaks.iter_rows(named=True)]
    searchable = (
        open_breaks.select(_columns)
        .with_columns(pl.Series("at_risk_amount", _amounts, dtype=pl.String))
        .with_columns(pl.col(pl.String).str.replace(r"^([=+\-@\t\r])", "'${1}"))
    )
    mo.vstack(
        [
            mo.md(
                "## 8 All open breaks\nAll months, to search and to download. Add up `is_primary` rows of one currency only."
            ),
            mo.ui.table(
                searchable, selection=None, page_size=10, show_data_types=False, wrapped_columns=["explanation"]
            ),
        ]
    )
    return (searchable,)


if __name__ == "__main__":
    app.run()
