"""What is reserved, for whom, until when, and was it charged as ordered?

A reservation is read only where somebody was signed in; without one this page is empty, and that is no proof that
nothing is reserved.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Reservations")

with app.setup:
    from datetime import timedelta

    import marimo as mo
    import polars as pl

    from pipelines.analysis import pages

    TITLE = "Reservations"
    SOON_DAYS = 90


@app.cell(hide_code=True)
def _():
    as_of_input = pages.as_of_input()
    return (as_of_input,)


@app.cell(hide_code=True)
def _(as_of_input):
    warehouse = pages.opened(TITLE, as_of_input.value)
    show = pages.Show(warehouse)
    choices = pages.choices(warehouse, "customer", "currency")
    return choices, show, warehouse


@app.cell(hide_code=True)
def _(as_of_input, choices, warehouse):
    chosen = pages.chosen(choices)
    _question = "What is reserved, for whom, until when, and was it charged as ordered?"
    pages.head(TITLE, _question, warehouse, as_of_input, choices)
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen, warehouse):
    _item = ["order_id", "product_id", "sku_id"]
    _ordered = warehouse.order_items(currency=chosen.currency, customer_id=chosen.customer_id).select(
        *_item,
        *("order_currency", "expected_amount", "charged_currency", "charged_total", "reconciliation_status"),
    )
    reservations = (
        pages.with_names(warehouse.reservations(customer_id=chosen.customer_id), warehouse)
        # Of one currency only those whose order item is in it; of all currencies also those without an order item.
        .join(_ordered, on=_item, how="left" if chosen.currency is None else "inner", maintain_order="left")
        .with_columns(
            ends=pl.when(pl.col("expires_at") <= warehouse.as_of)
            .then(pl.lit("expired"))
            .when(pl.col("expires_at") <= warehouse.as_of + timedelta(days=SOON_DAYS))
            .then(pl.lit("soon"))
            .otherwise(pl.lit("later")),
        )
        .collect()
    )
    return (reservations,)


@app.cell(hide_code=True)
def _(reservations, show, warehouse):
    by_end = reservations.group_by("ends").agg(
        reservation_count=pl.len(),
        unit_count=pl.col("quantity").sum(),
        customer_count=pl.col("customer_id").n_unique(),
    )
    # One order item can be behind several reservations; its amount counts once.
    by_status = (
        reservations.unique(["order_id", "product_id", "sku_id"], maintain_order=True)
        .group_by("charged_currency", pl.col("reconciliation_status").fill_null("no order item was read"))
        .agg(item_count=pl.len(), charged_total=pl.col("charged_total").sum())
        .sort("charged_currency", "reconciliation_status", nulls_last=True)
    )
    _words = {"expired": "Expired", "soon": f"Ends within {SOON_DAYS} days", "later": "Ends later"}
    _counts = {row["ends"]: row for row in by_end.iter_rows(named=True)}
    mo.stop(
        reservations.is_empty(),
        mo.callout(
            mo.md("No reservation was read for this choice. That is no proof that there is none."), kind="info"
        ),
    )
    mo.vstack(
        [
            pages.facts(
                [
                    (
                        _words[ends],
                        f"{_counts[ends]['reservation_count']:,}" if ends in _counts else "0",
                        pages.counted(_counts[ends]["customer_count"], "customer") if ends in _counts else "",
                    )
                    for ends in _words
                ]
            ),
            mo.md("## 1 Charged as ordered?"),
            show.table(
                by_status,
                {
                    "": pages.text("charged_currency"),
                    "Verdict": pages.chip("reconciliation_status"),
                    "Order items": pages.number("item_count"),
                    "Charged, tax included": pages.money("charged_total", "charged_currency"),
                },
                narrow=True,
            ),
        ]
    )
    return by_end, by_status


@app.cell(hide_code=True)
def _(reservations):
    expiries = (
        reservations.filter(pl.col("expires_at").is_not_null())
        .group_by(pl.col("expires_at").dt.strftime("%Y-%m").alias("month"))
        .agg(reservation_count=pl.len())
        .sort("month")
    )
    mo.vstack(
        [
            mo.md("## 2 When they end"),
            pages.charts.counts_by_month(expiries, count="reservation_count", title="Reservations that end"),
        ]
    ) if expiries.height else None
    return (expiries,)


@app.cell(hide_code=True)
def _(reservations, show):
    next_to_end = reservations.filter(pl.col("ends") != "expired")
    mo.vstack(
        [
            mo.md("## 3 The next to end"),
            show.table(
                next_to_end,
                {
                    "Until": pages.day("expires_at", "no end"),
                    "": pages.chip("ends"),
                    "Customer": pages.text("customer"),
                    "Reservation": pages.text("display_name", "reservation_id", otherwise="product"),
                    "Units": pages.number("quantity"),
                    "Scope": pages.words("scope_type"),
                    "Order": pages.text("order_id"),
                    "Order item charged": pages.money("charged_total", "charged_currency", named=True, unknown=""),
                },
            ),
        ]
    )
    return (next_to_end,)


if __name__ == "__main__":
    app.run()
