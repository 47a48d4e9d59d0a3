"""Why is this break there, and what is being done about it?

Filter the breaks, pick one, walk from it to the page that the API sent, and note what was decided. A note goes the
same way as `recon annotate`; the published result shows it after the next `recon run`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Break explorer")

with app.setup:
    import marimo as mo
    import polars as pl

    from pipelines.analysis import notes_csv, pages

    TITLE = "Break explorer"


@app.cell(hide_code=True)
def _():
    as_of_input = pages.as_of_input()
    return (as_of_input,)


@app.cell(hide_code=True)
def _(as_of_input):
    warehouse = pages.opened(TITLE, as_of_input.value)
    show = pages.Show(warehouse)
    choices = pages.choices(warehouse, "period", "currency", "customer", "code", "severity", "status")
    return choices, show, warehouse


@app.cell(hide_code=True)
def _(as_of_input, choices, warehouse):
    chosen = pages.chosen(choices)
    question = "Why is this break there, and what is being done about it?"
    pages.head(TITLE, question, warehouse, as_of_input, choices)
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen, show, warehouse):
    # Worst first, and within one currency the greatest: amounts of two currencies have no order.
    found = (
        pages.breaks_in_words(
            warehouse,
            status=chosen.status or "unresolved",
            code=chosen.code,
            currency=chosen.currency,
            period=chosen.period,
            customer_id=chosen.customer_id,
        )
        .filter(pl.lit(True) if chosen.severity is None else pl.col("severity") == chosen.severity)
        .sort(
            pl.col("severity").cast(pl.Enum(pages.SEVERITIES)),
            "currency",
            "at_risk_amount",
            "break_id",
            descending=[False, False, True, False],
            nulls_last=True,
        )
        .collect()
    )
    at_risk = (
        found.filter(pl.col("currency").is_not_null())
        .group_by("currency")
        .agg(break_count=pl.len(), primary_amount=pl.col("primary_amount").sum())
        .sort("currency")
    )
    pages.facts(
        [
            (
                f"At risk, {row['currency']}",
                show.money(row["primary_amount"], row["currency"]),
                pages.counted(row["break_count"], "break"),
            )
            for row in at_risk.iter_rows(named=True)
        ]
    )
    return at_risk, found


@app.cell(hide_code=True)
def _(found, show):
    mo.stop(found.is_empty(), mo.callout(mo.md("No break for this choice."), kind="success"))
    # As many letters as tell all breaks apart, as `recon explain` takes them.
    _SHORT = 10
    # The break of `--break`, else the first.
    _wanted = pages.asked("break")
    _places = [place for place, one in enumerate(found["break_id"]) if _wanted and one.startswith(_wanted)]
    _columns = ["break_id", "at_risk_amount", "currency", "severity", "status", "customer", "explanation"]
    listed = pages.searchable_table(
        pages.searchable(found, show).select(_columns).with_columns(pl.col("break_id").str.head(_SHORT)),
        selection="single",
        initial_selection=_places[:1] or [0],
        column_widths={"break_id": 100, "currency": 70, "severity": 75, "status": 75, "explanation": 385},
    )
    mo.vstack([mo.md("## 1 Pick a break"), listed])
    return (listed,)


@app.cell(hide_code=True)
def _(found, listed, show):
    mo.stop(listed.value.is_empty(), mo.md("Pick a break above."))
    picked = found.row(by_predicate=pl.col("break_id").str.starts_with(listed.value["break_id"].item(0)), named=True)
    break_id = picked["break_id"]
    _DIRECTIONS = {
        "over": "we may have overpaid",
        "under": "we may have underpaid",
        "exposure": "neither over nor under",
    }
    _at_risk = show.money(picked["at_risk_amount"], picked["currency"])
    mo.vstack(
        [
            mo.md(f"## 2 {pages.escaped(picked['title'])}"),
            pages.facts(
                [
                    ("At risk", f"{_at_risk} {picked['currency'] or ''}", _DIRECTIONS[picked["direction"]]),
                    ("Severity", pages.in_words(picked["severity"]), pages.in_words(picked["break_code"])),
                    ("Status", pages.in_words(picked["status"]), picked["owner"] or "nobody owns it"),
                    (
                        "Age",
                        "no date" if picked["age_days"] is None else pages.counted(picked["age_days"], "day"),
                        f"first seen {picked['first_seen_at']:%Y-%m-%d}",
                    ),
                ]
            ),
            mo.callout(
                mo.md(
                    f"**{pages.escaped(picked['explanation'])}**\n\nNext: {pages.escaped(picked['next_step'])}\n\n"
                    f"{pages.escaped(picked['customer'])}"
                ),
                kind="warn",
            ),
        ]
    )
    return break_id, picked


@app.cell(hide_code=True)
def _(picked, show, warehouse):
    # What the break is about: the lines of its order item, else its own line, else nothing.
    if picked["order_id"]:
        _of_break = [
            pl.coalesce("matched_order_id", "order_id") == picked["order_id"],
            pl.col("product_id").eq_missing(picked["product_id"]) | pl.lit(picked["product_id"] is None),
        ]
    else:
        _of_break = [pl.col("invoice_line_id") == (picked["invoice_line_id"] or "")]
    charges_behind = pages.with_names(
        warehouse.charges(customer_id=picked["customer_id"]).filter(*_of_break), warehouse
    ).collect()
    items_behind = pages.with_names(
        warehouse.order_items(customer_id=picked["customer_id"]).filter(
            pl.col("order_id") == (picked["order_id"] or ""), pl.col("product_id").eq_missing(picked["product_id"])
        ),
        warehouse,
    ).collect()
    mo.vstack(
        [
            mo.md("### Charges"),
            show.table(
                charges_behind,
                {
                    "Invoice": pages.text("invoice_id", "invoice_line_id"),
                    "Date": pages.day("invoice_at"),
                    "Charge": pages.words("charge_type"),
                    "Product": pages.text("product", "sku_id"),
                    "Quantity": pages.number("signed_quantity"),
                    "Total": pages.money("total", named=True),
                    "Bucket": pages.words("bucket"),
                },
                empty="No charge is behind it.",
            ),
            mo.md("### Order items"),
            show.table(
                items_behind,
                {
                    "Order": pages.text("order_id"),
                    "Created": pages.day("created_at"),
                    "Product": pages.text("product", "sku_id"),
                    "Ordered": pages.number("expected_quantity"),
                    "Charged": pages.number("charged_quantity"),
                    "Entitled": pages.number("entitled_quantity"),
                    "Expected": pages.money("expected_amount", "order_currency", named=True),
                    "Charged, tax included": pages.money("charged_total", "charged_currency", named=True),
                },
                empty="No order item is behind it.",
            ),
        ]
    )
    return charges_behind, items_behind


@app.cell(hide_code=True)
def _(break_id, warehouse):
    walk = warehouse.explain(break_id)
    mo.vstack([mo.md("## 3 From the verdict to the bytes"), pages.told(walk)])
    return (walk,)


@app.cell(hide_code=True)
def _(picked, warehouse):
    note_input = pages.note_form(warehouse, picked)
    by_input = mo.ui.text(label="Your name")
    record_button = mo.ui.run_button(label="Record", kind="success", disabled=warehouse.is_enquiry)
    return by_input, note_input, record_button


@app.cell(hide_code=True)
def _(break_id, by_input, note_input, record_button):
    note = {name: value or "" for name, value in note_input.value.items()}
    notes_file = notes_csv([{"break_id": break_id, **note}])
    _short = [one for name, one in note_input.elements.items() if name != "comment"]
    mo.vstack(
        [
            mo.md("## 4 Note what was decided"),
            mo.hstack(_short, justify="start", gap=1.5, wrap=True),
            note_input.elements["comment"],
            mo.hstack(
                [
                    by_input,
                    record_button,
                    mo.download(notes_file.encode(), filename=f"notes-{break_id[:8]}.csv", label="As a file"),
                    mo.md("for `recon annotate`"),
                ],
                justify="start",
                align="center",
                gap=1.5,
            ),
        ]
    )
    return note, notes_file


@app.cell(hide_code=True)
def _(break_id, by_input, note, record_button, warehouse):
    mo.stop(not record_button.value)
    mo.stop(not by_input.value.strip(), mo.callout(mo.md("Say who you are first."), kind="warn"))
    pages.recorded(warehouse, break_id, note, by_input.value.strip())
    return


if __name__ == "__main__":
    app.run()
