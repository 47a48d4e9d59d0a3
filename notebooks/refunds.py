"""Did every refund come, and was it enough?

A refund belongs to an order item, not to one reduction: an invoice does not say which reduction it pays back. Expected
and missing amounts are before tax and in the currency of the price; what came back is also shown as billed.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Refunds")

with app.setup:
    import marimo as mo
    import polars as pl

    from pipelines.analysis import pages

    TITLE = "Refunds"


@app.cell(hide_code=True)
def _():
    as_of_input = pages.as_of_input()
    return (as_of_input,)


@app.cell(hide_code=True)
def _(as_of_input):
    warehouse = pages.opened(TITLE, as_of_input.value)
    show = pages.Show(warehouse)
    choices = pages.choices(warehouse, "currency", "customer")
    return choices, show, warehouse


@app.cell(hide_code=True)
def _(as_of_input, choices, warehouse):
    chosen = pages.chosen(choices)
    pages.head(TITLE, "Did every refund come, and was it enough?", warehouse, as_of_input, choices)
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen, show, warehouse):
    refunds = pages.with_names(
        warehouse.refunds(currency=chosen.currency, customer_id=chosen.customer_id), warehouse
    ).collect()
    # What is missing is what the terms of refund promise and nobody has credited; more than promised is no comfort
    # for another refund, so it is never taken off. Without terms nobody knows how much is missing.
    _difference = pl.col("difference_pricing_amount")
    missing = pl.when(_difference < 0).then(-_difference).when(_difference >= 0).then(0)
    by_status = (
        refunds.group_by("currency", "pricing_currency", "refund_status")
        .agg(
            refund_count=pl.len(),
            unknown_count=pl.col("expected_pricing_amount").is_null().sum(),
            expected_pricing_amount=pl.col("expected_pricing_amount").sum(),
            refunded_pricing_amount=pl.col("refunded_pricing_amount").sum(),
            missing_pricing_amount=missing.sum(),
            refunded_total=pl.col("refunded_total").sum(),
        )
        .sort("currency", "refund_status", "pricing_currency")
    )
    open_statuses = ["late", "short", "due"]
    still_missing = (
        by_status.filter(pl.col("refund_status").is_in(open_statuses))
        .group_by("pricing_currency")
        .agg(pl.col("refund_count", "unknown_count", "missing_pricing_amount").sum())
        .sort("pricing_currency")
    )
    mo.vstack(
        [
            pages.facts(
                [
                    (
                        f"Still to come, {row['pricing_currency']}",
                        show.money(row["missing_pricing_amount"], row["pricing_currency"]),
                        pages.counted(row["refund_count"], "refund")
                        + (f", {row['unknown_count']} unknown" if row["unknown_count"] else "")
                        + ", before tax",
                    )
                    for row in still_missing.iter_rows(named=True)
                ]
            ),
            mo.md("## 1 By status"),
            show.table(
                by_status,
                {
                    "": pages.text("currency"),
                    "Status": pages.chip("refund_status"),
                    "Refunds": pages.number("refund_count"),
                    "No terms": pages.number("unknown_count"),
                    "Expected": pages.money("expected_pricing_amount", "pricing_currency", named=True),
                    "Came": pages.money("refunded_pricing_amount", "pricing_currency", named=True),
                    "Missing": pages.money("missing_pricing_amount", "pricing_currency", named=True),
                    "Came, with tax": pages.money("refunded_total"),
                },
                empty="No refund for this choice.",
            ),
            mo.md(
                "_due_: not late yet · _late_: the date has passed · _short_: came, but less than the terms say · "
                "_over_: more came than was charged · _unasked_: came without a reduction · _not judged_: see the "
                "reason. _No terms_: nobody said how much is right; where both sides are missing, units are counted."
            ),
        ]
    )
    return by_status, missing, open_statuses, refunds, still_missing


@app.cell(hide_code=True)
def _(missing, open_statuses, refunds, show):
    outstanding = (
        refunds.filter(pl.col("refund_status").is_in(open_statuses))
        .with_columns(missing_amount=missing)
        .sort(
            pl.col("refund_status").cast(pl.Enum(open_statuses)),
            "pricing_currency",
            "missing_amount",
            "refund_id",
            descending=[False, False, True, False],
        )
    )
    _charts = [
        pages.charts.bars(
            mine.filter(pl.col("missing_amount") > 0).with_columns(
                whose=pl.col("customer") + ", " + pl.col("order_id").str.head(6)
            ),
            show.money,
            label="whose",
            amount="missing_amount",
            title=f"Missing, {currency}",
            currency=currency,
            mood="refund_status",
        )
        for currency in outstanding["pricing_currency"].drop_nulls().unique().sort()
        if not (mine := outstanding.filter(pl.col("pricing_currency") == currency)).is_empty()
    ]
    mo.vstack(
        [
            mo.md("## 2 What is still to come"),
            mo.hstack(_charts, wrap=True, justify="start") if _charts else mo.md(""),
            show.table(
                outstanding,
                {
                    "Status": pages.chip("refund_status"),
                    "Due": pages.day("due_at"),
                    "Missing": pages.money("missing_amount", "pricing_currency", named=True),
                    "Expected": pages.money("expected_pricing_amount", "pricing_currency", named=True),
                    "Units": pages.number("expected_quantity"),
                    "Units back": pages.number("refunded_quantity"),
                    "Customer, order": pages.text("customer", "order_id"),
                    "Product": pages.text("product"),
                    "Reduced": pages.day("reduced_at"),
                    "Break": pages.Cell(lambda row, _: pages.escaped((row["break_id"] or "")[:10])),
                },
                empty="Nothing is outstanding.",
            ),
        ]
    )
    return (outstanding,)


@app.cell(hide_code=True)
def _(refunds, show):
    odd = refunds.filter(pl.col("refund_status").is_in(["over", "unasked", "not_judged"]))
    mo.vstack(
        [
            mo.md("## 3 What came, and ought not to have, or cannot be judged"),
            show.table(
                odd,
                {
                    "Status": pages.chip("refund_status"),
                    "Came": pages.money("refunded_pricing_amount", "pricing_currency", named=True),
                    "Customer, order": pages.text("customer", "order_id"),
                    "Product": pages.text("product"),
                    "First came": pages.day("first_refund_at"),
                    "Invoice": pages.text("first_invoice_id"),
                    "Why not judged": pages.text("not_judged_reason"),
                },
            ),
        ]
    )
    return (odd,)


@app.cell(hide_code=True)
def _(refunds, show):
    received_by_month = (
        refunds.filter(pl.col("first_refund_at").is_not_null())
        .group_by("currency", pl.col("first_refund_at").dt.strftime("%Y-%m").alias("period"), "refund_status")
        .agg(pl.col("refunded_total").sum(), refund_count=pl.len())
        .sort("currency", "period", "refund_status")
    )
    _charts = [
        pages.charts.columns_by_month(
            received_by_month.filter(pl.col("currency") == currency),
            show.money,
            amount="refunded_total",
            part="refund_status",
            title=f"Came back, with tax, {currency}",
            currency=currency,
        )
        for currency in received_by_month["currency"].unique().sort()
    ]
    mo.vstack(
        [mo.md("## 4 What came, by month"), mo.hstack(_charts, wrap=True, justify="start")]
    ) if _charts else None
    return (received_by_month,)


if __name__ == "__main__":
    app.run()
