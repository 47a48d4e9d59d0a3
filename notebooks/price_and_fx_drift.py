"""Did prices or exchange rates move, and what did it cost?

For information: a price beside the price list, and a rate beside the month's published one, are no breaks. A list
holds no promotions, no proration and no negotiated discount, and a bill's rate is its own.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Price and FX drift")

with app.setup:
    import marimo as mo
    import polars as pl

    from pipelines.analysis import pages

    TITLE = "Price and FX drift"


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
    pages.head(TITLE, "Did prices or exchange rates move, and what did it cost?", warehouse, as_of_input, choices)
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen, show, warehouse):
    # The list price of a purchase, by month: refunds pay back an old price and say nothing about today's.
    prices_by_month = (
        pages.with_names(warehouse.charges(currency=chosen.currency, customer_id=chosen.customer_id), warehouse)
        .filter(pl.col("unit_price").is_not_null(), pl.col("total") > 0)
        .group_by("product_id", "sku_id", "product", "pricing_currency", "period")
        .agg(
            lowest_price=pl.col("unit_price").min(),
            highest_price=pl.col("unit_price").max(),
            charge_count=pl.len(),
        )
        .sort("product_id", "sku_id", "pricing_currency", "period")
        .collect()
    )
    smallest_coin = pages.smallest_coin(show, "pricing_currency")
    _sku = ["product_id", "sku_id", "product", "pricing_currency"]
    moved = (
        prices_by_month.group_by(*_sku, maintain_order=True)
        .agg(
            month_count=pl.len(),
            charge_count=pl.col("charge_count").sum(),
            first_price=pl.col("lowest_price").first(),
            last_price=pl.col("lowest_price").last(),
            lowest_price=pl.col("lowest_price").min(),
            highest_price=pl.col("highest_price").max(),
        )
        .with_columns(spread_price=pl.col("highest_price") - pl.col("lowest_price"))
        # The API sends up to twenty digits: what is less than the smallest coin is no other price.
        .filter(pl.col("spread_price") >= smallest_coin)
        .sort("pricing_currency", "spread_price", "product_id", descending=[False, True, False])
    )
    sku_count = prices_by_month.select(_sku).n_unique()
    return moved, prices_by_month, sku_count


@app.cell(hide_code=True)
def _(moved, prices_by_month, show, sku_count):
    _top = moved.group_by("pricing_currency", maintain_order=True).head(4)
    _charts = [
        pages.charts.line_by_month(
            prices_by_month.join(mine, on=["product_id", "sku_id", "pricing_currency"], how="semi"),
            value="highest_price",
            series="product",
            title=f"Highest unit price, {currency}",
            unit=currency,
        )
        for currency in _top["pricing_currency"].unique().sort()
        if not (mine := _top.filter(pl.col("pricing_currency") == currency)).is_empty()
    ]
    mo.vstack(
        [
            mo.md(
                f"## 1 Prices on the bills\n{pages.counted(sku_count, 'SKU')} charged, {len(moved):,} of them at more than "
                "one unit price. Unit prices are shown to six digits."
            ),
            mo.hstack(_charts, wrap=True, justify="start") if _charts else mo.md(""),
            show.table(
                moved,
                {
                    "Product": pages.text("product", "product_id"),
                    "First month": pages.price("first_price", "pricing_currency"),
                    "Last month": pages.price("last_price", "pricing_currency"),
                    "Lowest": pages.price("lowest_price", "pricing_currency"),
                    "Highest": pages.price("highest_price", "pricing_currency"),
                    "Spread": pages.price("spread_price", "pricing_currency", named=True),
                    "Months": pages.number("month_count"),
                    "Charges": pages.number("charge_count"),
                },
                longest=15,
                empty="No price moved by the smallest coin or more.",
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _(chosen, show, warehouse):
    price_checks = (
        pages.with_names(warehouse.price_checks(currency=chosen.currency, customer_id=chosen.customer_id), warehouse)
        .with_columns(why=pl.coalesce("failure_reason", pl.lit("differs by ") + pl.col("differs_by"), pl.lit("")))
        .sort("currency", "invoice_line_id")
        .collect()
    )
    beside_list = (
        price_checks.group_by("currency", "price_status", "why")
        .agg(
            charge_count=pl.len(),
            charged_amount=pl.col("charged_amount").sum(),
            difference_amount=pl.col("difference_amount").sum(),
            differing_count=(~pl.col("is_within_tolerance")).sum(),
        )
        .sort("currency", "price_status", "why")
    )
    mo.vstack(
        [
            mo.md(
                "## 2 Charges beside the price list\nCharges whose order tells no price. _Difference_ is charged less "
                "listed: positive means we paid more than the list says."
            ),
            show.table(
                beside_list,
                {
                    "": pages.text("currency"),
                    "List": pages.words("price_status"),
                    "Why not": pages.text("why"),
                    "Charges": pages.number("charge_count"),
                    "Charged": pages.money("charged_amount"),
                    "Differ": pages.number("differing_count"),
                    "Difference": pages.money("difference_amount"),
                },
                empty="Every order tells its price.",
                narrow=True,
            ),
            show.table(
                price_checks.filter(~pl.col("is_within_tolerance")),
                {
                    "Customer": pages.text("customer", "invoice_line_id"),
                    "Product": pages.text("product"),
                    "List price": pages.price("list_unit_price", "list_currency", named=True),
                    "Charged price": pages.price("effective_unit_price", "pricing_currency", named=True),
                    "Quantity": pages.number("billed_quantity"),
                    "Difference": pages.money("difference_amount", named=True),
                },
                empty="No charge differs from its list.",
            ),
        ]
    )
    return beside_list, price_checks


@app.cell(hide_code=True)
def _(chosen, show, warehouse):
    fx_checks = (
        warehouse.fx_checks(currency=chosen.currency)
        .with_columns(pair=pl.col("pricing_currency") + " to " + pl.col("currency"))
        .sort("rate_month", "pair", "fx_rate")
        .collect()
    )
    # A month has one rate for most lines; the others are what the rule about rates looks at.
    main_rates = fx_checks.sort("line_count", descending=True).group_by("rate_month", "pair").first()
    _charts = (
        [
            pages.charts.line_by_month(
                main_rates.sort("rate_month"),
                value="fx_rate",
                series="pair",
                title="Rate of most lines",
                unit="rate",
                month="rate_month",
            )
        ]
        if main_rates.height
        else []
    )
    mo.vstack(
        [
            mo.md(
                "## 3 Exchange rates beside the published ones\n_Deviation_ is dollars for one unit as billed less as "
                "published; what it cost is for all lines of the rate, in dollars. All customers."
            ),
            *_charts,
            show.table(
                fx_checks,
                {
                    "Month": pages.text("rate_month"),
                    "Pair": pages.text("pair"),
                    "Rate": pages.number("fx_rate"),
                    "Lines": pages.number("line_count"),
                    "Billed": pages.money("billed_amount", named=True),
                    "Benchmark": pages.words("benchmark_status"),
                    "Deviation": pages.Cell(
                        lambda row, _: (
                            "" if row["deviation_usd_per_unit"] is None else f"{row['deviation_usd_per_unit']:.6f}"
                        ),
                        right=True,
                    ),
                    "It cost, USD": pages.Cell(
                        lambda row, _: (
                            "unknown"
                            if row["deviation_usd_amount"] is None
                            else f"{row['deviation_usd_amount']:,.2f}"
                        ),
                        right=True,
                    ),
                    "Near": pages.Cell(lambda row, _: {True: "yes", False: "no", None: ""}[row["is_near_benchmark"]]),
                },
                empty="No line was converted.",
            ),
        ]
    )
    return fx_checks, main_rates


if __name__ == "__main__":
    app.run()
