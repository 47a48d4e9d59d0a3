"""What were we billed for this customer, what did they receive, and what is open?

One customer, every currency apart. Amounts are what the vendor bills us, tax included unless a column says otherwise.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Customer statement")

with app.setup:
    import marimo as mo
    import polars as pl

    from pipelines.analysis import pages

    TITLE = "Customer statement"


@app.cell(hide_code=True)
def _():
    as_of_input = pages.as_of_input()
    return (as_of_input,)


@app.cell(hide_code=True)
def _(as_of_input):
    warehouse = pages.opened(TITLE, as_of_input.value)
    show = pages.Show(warehouse)
    # Opens with the customer of the greatest open break on an invoice: the one who is asked about.
    _asked_about = warehouse.breaks().filter(pl.col("customer_id").is_not_null(), pl.col("invoice_id").is_not_null())
    choices = pages.choices(
        warehouse,
        "customer",
        "currency",
        "period",
        customer=next(iter(_asked_about.head(1).collect()["customer_id"]), None),
    )
    return choices, show, warehouse


@app.cell(hide_code=True)
def _(as_of_input, choices, warehouse):
    chosen = pages.chosen(choices)
    _question = "What were we billed for this customer, what did they receive, and what is open?"
    pages.head(TITLE, _question, warehouse, as_of_input, choices)
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen, warehouse):
    mo.stop(chosen.customer_id is None, mo.callout(mo.md("Choose a customer above."), kind="info"))
    _of_choice = {"currency": chosen.currency, "period": chosen.period, "customer_id": chosen.customer_id}
    customer = warehouse.customers().filter(pl.col("customer_id") == chosen.customer_id).collect().row(0, named=True)
    charges = (
        pages.with_names(warehouse.charges(**_of_choice), warehouse).sort("invoice_at", "invoice_line_id").collect()
    )
    other_lines = (
        warehouse.invoice_lines(**_of_choice)
        .filter(~pl.col("line_class").is_in(["one_time", "daily_usage"]), pl.col("bucket") != "not_counted")
        .group_by("currency", "line_class")
        .agg(line_count=pl.len(), total=pl.col("total").sum())
        .sort("currency", "line_class")
        .collect()
    )
    items = pages.with_names(warehouse.order_items(**_of_choice), warehouse).sort("created_at", "order_id").collect()
    open_breaks = pages.breaks_in_words(warehouse, **_of_choice).collect()
    entitlements = (
        pages.with_names(warehouse.entitlements(customer_id=chosen.customer_id), warehouse)
        .filter(pl.col("parent_entitlement_id").is_null())
        .sort("expires_at", "entitlement_id", nulls_last=True)
        .collect()
    )
    return charges, customer, entitlements, items, open_breaks, other_lines


@app.cell(hide_code=True)
def _(charges, customer, open_breaks, show):
    by_month = (
        charges.group_by("currency", "period")
        .agg(
            charge_count=pl.len(),
            charged_amount=pl.col("total").filter(pl.col("total") >= 0).sum(),
            refunded_amount=pl.col("total").filter(pl.col("total") < 0).sum(),
            subtotal=pl.col("subtotal").sum(),
            tax_total=pl.col("tax_total").sum(),
            total=pl.col("total").sum(),
            open_amount=pl.col("total").filter(~pl.col("bucket").is_in(["matched", "timing"])).sum(),
        )
        .sort("currency", "period")
    )
    net = by_month.group_by("currency", maintain_order=True).agg(pl.col("charge_count", "total").sum())
    at_risk = open_breaks.group_by("currency").agg(break_count=pl.len(), at_risk=pl.col("primary_amount").sum())
    _facts = [
        (
            f"Charged, {row['currency']}",
            show.money(row["total"], row["currency"]),
            f"net, {pages.counted(row['charge_count'], 'charge')}",
        )
        for row in net.iter_rows(named=True)
    ] + [
        (
            f"At risk, {row['currency']}",
            show.money(row["at_risk"], row["currency"]),
            pages.counted(row["break_count"], "open break"),
        )
        for row in at_risk.drop_nulls("currency").sort("currency").iter_rows(named=True)
    ]
    _name = pages.escaped(customer["company_name"] or customer["customer_id"])
    _columns = {
        "": pages.text("currency"),
        "Month": pages.text("period"),
        "Charges": pages.number("charge_count"),
        "Charged": pages.money("charged_amount"),
        "Refunded": pages.money("refunded_amount"),
        "Before tax": pages.money("subtotal"),
        "Tax": pages.money("tax_total"),
        "Net": pages.money("total"),
        "Of it not clear": pages.money("open_amount"),
    }
    mo.vstack(
        [
            mo.md(
                f"## {_name}\n{pages.escaped(customer['country'])}, customer {pages.escaped(customer['customer_id'])}"
            ),
            pages.facts(_facts),
            mo.md("## 1 Charged by month"),
            show.table(by_month, _columns, empty="No charge for this choice."),
            mo.md("_Not clear_: no order was found, a break is open, or orders could not be read."),
        ]
    )
    return at_risk, by_month, net


@app.cell(hide_code=True)
def _(charges, other_lines, show):
    by_product = (
        charges.group_by("currency", "product")
        .agg(quantity=pl.col("signed_quantity").sum(), total=pl.col("total").sum())
        .sort(["currency", "total", "product"], descending=[False, True, False])
    )
    _charts = [
        pages.charts.bars(
            by_product.filter(pl.col("currency") == currency, pl.col("total") != 0).head(10),
            show.money,
            label="product",
            amount="total",
            title=f"Charged by product, net, {currency}",
            currency=currency,
        )
        for currency in by_product["currency"].unique().sort()
    ]
    _other = {
        "": pages.text("currency"),
        "Kind": pages.words("line_class"),
        "Lines": pages.number("line_count"),
        "Total": pages.money("total"),
    }
    mo.vstack(
        [
            mo.md("## 2 Charged by product"),
            *_charts,
            show.table(
                by_product,
                {
                    "": pages.text("currency"),
                    "Product": pages.text("product"),
                    "Quantity": pages.number("quantity"),
                    "Net": pages.money("total"),
                },
                longest=15,
            ),
            mo.md("Besides one-time charges, for which no order is looked up:"),
            show.table(other_lines, _other, narrow=True),
        ]
    )
    return (by_product,)


@app.cell(hide_code=True)
def _(items, open_breaks, show):
    mo.vstack(
        [
            mo.md("## 3 What is open"),
            show.table(
                open_breaks,
                {
                    "At risk": pages.money("at_risk_amount", named=True),
                    "Severity": pages.chip("severity"),
                    "Status": pages.words("status"),
                    "What": pages.text("title", "break_id", said="explanation", width="45%"),
                    "Next step": pages.text("next_step", width="25%"),
                },
                empty="No open break.",
            ),
            mo.md("## 4 Ordered, charged, received\nThe newest first."),
            show.table(
                items.reverse(),
                {
                    "Order": pages.text("order_id"),
                    "Created": pages.day("created_at"),
                    "Product": pages.text("product"),
                    "Ordered": pages.number("expected_quantity"),
                    "Charged": pages.number("charged_quantity"),
                    "Entitled": pages.number("entitled_quantity"),
                    "Expected": pages.money("expected_amount", "order_currency", named=True),
                    "Charged, tax included": pages.money("charged_total", "charged_currency", named=True),
                    "Verdict": pages.chip("reconciliation_status"),
                },
                empty="No order item for this choice.",
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _(entitlements, show):
    mo.vstack(
        [
            mo.md(
                "## 5 Entitlements\nAll currencies and months: an entitlement has neither. The first to expire first."
            ),
            show.table(
                entitlements,
                {
                    "Product": pages.text("product"),
                    "Kind": pages.words("entitlement_type"),
                    "Quantity": pages.number("quantity"),
                    "Until": pages.day("expires_at", "no end"),
                    "Order": pages.text("order_id"),
                },
                longest=15,
                empty="No entitlement was read.",
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
