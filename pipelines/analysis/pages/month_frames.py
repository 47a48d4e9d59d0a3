"""A month as pages look at it: what each document is made of, and what only waits for its date."""

from __future__ import annotations

import polars as pl

from pipelines.analysis.desk import Warehouse

# Column of `invoices()`, in words, and as the head of a column.
DOCUMENT_PARTS = {
    "matched_amount": ("matched to an order", "Matched"),
    "matched_with_break_amount": ("matched, with an open break", "With a break"),
    "suggested_amount": ("suggested match, to be confirmed", "Suggested"),
    "timing_amount": ("timing: not due yet", "Timing"),
    "unmatched_amount": ("no order found", "No order"),
    "not_compared_amount": ("not compared: orders could not be read", "Not compared"),
    "out_of_scope_amount": ("not one-time (recurring, usage, adjustments)", "Out of scope"),
    "amendment_amount": ("amendment without lines", "Amendment"),
    "rounding_amount": ("rounding", "Rounding"),
    "unexplained_amount": ("unexplained", "Unexplained"),
}
_BRIDGE_WORDS = {
    "total_charges": "Billed on the documents",
    **{part: words for part, (words, _) in DOCUMENT_PARTS.items()},
    "left_over_amount": "Billed less all parts",
}
_ALWAYS = ("total_charges", "matched_amount", "unexplained_amount", "left_over_amount")
# The words say what happens when the due date passes without it.
_WHY = {
    "order_too_new": "charge is newer than the orders that were read",
    "on_unbilled": "on the unbilled lines; the next invoice should bill it",
    "not_yet_invoiced": "ordered, its invoice has not come yet",
    "credit_due": "cancelled or reduced, the credit has not come yet",
    "provisioning_pending": "ordered, delivery is under way",
    "deprovisioning_pending": "cancelled or reduced, withdrawal is under way",
}


def counted_documents(documents: pl.DataFrame) -> pl.DataFrame:
    """The documents that count; `left_over_amount` is what their parts do not explain, and is to be 0."""
    return documents.filter(pl.col("is_counted")).with_columns(
        left_over_amount=pl.col("total_charges") - pl.sum_horizontal(*DOCUMENT_PARTS)
    )


def bridge(counted: pl.DataFrame) -> pl.DataFrame:
    """One row per currency and part of what was billed, in `words`; a part that no document has is left out."""
    shown = list(_BRIDGE_WORDS)
    # A part that two documents have with opposite signs is there, though its sum is nothing.
    there = (
        counted.unpivot(shown, index="currency", variable_name="part", value_name="amount")
        .group_by("currency", "part")
        .agg(is_there=(pl.col("amount") != 0).any())
    )
    return (
        counted.group_by("currency", maintain_order=True)
        .agg(pl.col(shown).sum())
        .unpivot(index="currency", variable_name="part", value_name="amount")
        .join(there, on=["currency", "part"], how="left", maintain_order="left")
        .filter(pl.col("part").is_in(_ALWAYS) | pl.col("is_there"))
        .with_columns(words=pl.col("part").replace(_BRIDGE_WORDS))
    )


def waiting(warehouse: Warehouse, currency: str | None) -> pl.DataFrame:
    """Order items that are not due yet, the next one first, and `why` each of them waits."""
    names = warehouse.customers().select("customer_id", "company_name")
    return (
        warehouse.order_items(currency=currency)
        .filter(pl.col("timing_code").is_not_null(), pl.col("timing_code") != "before_horizon")
        .join(names, on="customer_id", how="left")
        .with_columns(why=pl.col("timing_code").replace(_WHY))
        .sort("timing_due_at", "order_id", nulls_last=True)
        .collect()
    )


def waiting_by_reason(items: pl.DataFrame) -> pl.DataFrame:
    """One row per reason and currency of the order, with what is still to come.

    Shape:   what is expected beyond the charges, or charged beyond what is expected; amounts of two currencies have
             no difference and are counted as unknown.
    """
    same_currency = pl.col("charged_currency").fill_null(pl.col("order_currency")) == pl.col("order_currency")
    to_come = pl.when(same_currency).then(pl.col("expected_amount") - pl.col("charged_subtotal").fill_null(0))
    return (
        items.group_by("why", pl.col("order_currency").alias("currency"))
        .agg(
            item_count=pl.len(),
            to_come_amount=to_come.sum(),
            unknown_count=to_come.is_null().sum(),
            first_due_at=pl.col("timing_due_at").min(),
        )
        .sort("why", "currency")
    )
