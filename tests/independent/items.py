"""What an order item is expected to cost and to give, and what was charged and given."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import polars as pl

from tests.independent.matching import ITEM, awaited
from tests.independent.reading import NOTHING, Raw, month_start
from tests.independent.windows import changes, horizons, own_quantity, window


def order_items(raw: Raw, charges: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """One row per order, product and SKU. `charges` are the lines of class one_time that count."""
    orders = raw.orders.drop("_partition", "_read_at")
    items = _expected(raw).join(orders, on="order_id")
    items = items.join(_charged(charges), on=ITEM, how="left", nulls_equal=True)
    items = items.join(_entitled(raw), on=[*ITEM, "customer_id"], how="left", nulls_equal=True)
    items = items.join(awaited(raw), on=ITEM, how="left", nulls_equal=True)
    items = items.join(changes(raw), on=ITEM, how="left", nulls_equal=True).with_columns(
        pl.col("charged_quantity", "entitled_quantity", "charged_subtotal", "charged_total").fill_null(NOTHING)
    )
    # Already reduced when first read, and not on record: the end of the month in which it was last charged.
    assumed = month_start(pl.col("last_charged_at")).dt.offset_by("1mo").dt.offset_by("-1us")
    items = items.with_columns(
        reduced_at=pl.coalesce(
            "decreased_at", pl.when("was_reduced_at_first").then(pl.coalesce("reduced_before_at", assumed))
        )
    )
    items = items.join(customers(raw).select("customer_id", "is_entitled_read"), on="customer_id", how="left")
    # Of the bills that it is on; what was never charged is expected in the currency of its order.
    starts = horizons(raw)
    billed_in = pl.coalesce("charged_currency", "order_currency")
    items = items.join(starts, left_on=billed_in, right_on="currency", how="left").with_columns(
        horizon_at=pl.coalesce("horizon_at", pl.lit(starts["horizon_at"].min(), starts.schema["horizon_at"]))
    )
    return items.with_columns(*window(as_of))


def customers(raw: Raw) -> pl.DataFrame:
    """Whose orders and entitlements are as of their last reading, and when the orders were read."""
    is_entitled, is_ordered = (pl.col("endpoint") == name for name in ("entitlements", "orders"))
    asked = raw.ledger.filter(is_entitled | is_ordered)
    is_complete = pl.col("status") == "complete"
    return asked.group_by("customer_id").agg(
        (is_complete.sum() == 2).alias("is_compared"),
        (is_complete & is_entitled).any().alias("is_entitled_read"),
        pl.coalesce("checked_at", "read_at").filter(is_ordered).max().alias("orders_read_at"),
    )


def _expected(raw: Raw) -> pl.DataFrame:
    rows = raw.order_lines.join(raw.orders.select("order_id", "status"), on="order_id")
    own = pl.col("is_of_its_own") & (pl.col("quantity") != NOTHING)
    summed = rows.group_by(ITEM).agg(
        own_quantity("status").fill_null(NOTHING).sum().alias("expected_quantity"),
        (own & pl.col("extended_price").is_null()).any().alias("is_a_price_missing"),
        pl.col("extended_price").filter(own).sum().alias("amount"),
    )
    return summed.with_columns(
        pl.when(pl.col("expected_quantity") == NOTHING).then(pl.lit(NOTHING, summed.schema["amount"]))
        .when(~pl.col("is_a_price_missing")).then(pl.col("amount")).alias("expected_amount")
    ).drop("is_a_price_missing", "amount")  # fmt: skip


def _charged(charges: pl.DataFrame) -> pl.DataFrame:
    """Net charges per item; amounts of the currency with the greatest part, quantities of all."""
    mine = charges.filter(pl.col("matched_order_id").is_not_null() & (pl.col("match_pass") != "5_suggested"))
    mine = mine.with_columns(pl.col("matched_order_id").alias("order_id"))
    amounts = (
        mine.group_by(*ITEM, "currency")
        .agg(
            pl.col("subtotal").sum().alias("charged_subtotal"),
            pl.col("total_for_customer").sum().alias("charged_total"),
            pl.col("total_for_customer").abs().sum().alias("size"),
        )
        .sort("size", "currency", descending=[True, False])
        .unique(ITEM, keep="first", maintain_order=True)
        .rename({"currency": "charged_currency"})
        .drop("size")
    )
    # The sign of the money; without money that of the quantity.
    is_free = pl.col("subtotal") == NOTHING
    is_purchase = (pl.col("subtotal") > NOTHING) | (is_free & (pl.col("signed_quantity") > NOTHING))
    quantities = mine.group_by(ITEM).agg(
        pl.col("signed_quantity").sum().alias("charged_quantity"),
        pl.col("invoice_at").filter(is_purchase).max().alias("last_charged_at"),
        pl.len().alias("charges_count"),
    )
    return quantities.join(amounts, on=ITEM)


def _entitled(raw: Raw) -> pl.DataFrame:
    """Units given at top level; what the customer passed on was given too."""
    by_line = raw.order_lines.select("order_id", "line_number", "product_id", "sku_id")
    rows = raw.entitlements.filter(pl.col("parent_path").is_null()).join(
        by_line, on=["order_id", "line_number"], how="left", suffix="_of_line"
    )
    passed_on = rows["quantity_details"].map_elements(_transferred, return_dtype=rows.schema["quantity"])
    return (
        rows.with_columns(
            (pl.col("quantity") + passed_on.fill_null(NOTHING)).alias("units"),
            pl.coalesce("product_id_of_line", "product_id").alias("product_id"),
            pl.coalesce("sku_id_of_line", "sku_id").alias("sku_id"),
        )
        .group_by(*ITEM, "customer_id")
        .agg(pl.col("units").sum().alias("entitled_quantity"))
    )


def _transferred(details: str) -> Decimal:
    parts = [
        {key.casefold(): str(value) for key, value in part.items()}
        for part in json.loads(details, parse_float=Decimal, parse_int=Decimal)
    ]
    units = (Decimal(part["quantity"]) for part in parts if part.get("status", "").casefold() == "transferred")
    return sum(units, NOTHING)
