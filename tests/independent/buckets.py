"""Suggestions, and the bucket that each line's money falls into."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from tests.independent.items import customers, order_items
from tests.independent.matching import ITEM, lines
from tests.independent.reading import Raw

OUT_OF_SCOPE = ("license", "legacy_usage", "usage", "recurring", "adjustment")


def second_opinion(raw: Raw, as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All lines with their bucket, and all order items."""
    placed = lines(raw)
    items = order_items(raw, placed.filter("is_charge"), as_of)
    suggested = _suggestions(placed, items)
    placed = placed.join(suggested, on="line", how="left").with_columns(
        pl.coalesce("match_pass", pl.when("is_suggested").then(pl.lit("5_suggested")))
    )
    windows = items.select(pl.col("order_id").alias("matched_order_id"), *ITEM[1:], "timing_code")
    placed = placed.join(windows, on=["matched_order_id", *ITEM[1:]], how="left")
    placed = placed.join(customers(raw), on="customer_id", how="left")
    return placed.with_columns(_bucket()), items


def _suggestions(placed: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Charges without an order that look like exactly one item without a charge, and it like them alone."""
    loose = placed.filter(pl.col("is_charge") & pl.col("resolved_order_id").is_null())
    # The charge of an order billed every month would be recurring, and this one is not.
    free = items.filter(pl.col("charges_count").is_null() & (pl.col("billing_cycle") == "onetime"))
    pairs = loose.join(
        free,
        left_on=["customer_id", "product_id", "sku_id", "currency", "signed_quantity"],
        right_on=["customer_id", "product_id", "sku_id", "order_currency", "expected_quantity"],
        suffix="_of_item",
    ).filter((pl.col("order_at") - pl.col("created_at")).abs() <= pl.duration(days=3))
    item = ["order_id_of_item", "product_id", "sku_id"]
    is_only = (pl.len().over("line") == 1) & (pl.len().over(item) == 1)
    return pairs.filter(is_only).select(
        "line", pl.lit(value=True).alias("is_suggested"), pl.col("order_id_of_item").alias("suggested_order_id")
    )


def _bucket() -> pl.Expr:
    """The first bucket that applies, with or without a break on it."""
    is_too_new = pl.col("resolved_order_id").is_null() & (
        pl.col("order_at") > pl.col("orders_read_at") - pl.duration(minutes=15)
    )
    is_matched = pl.col("matched_order_id").is_not_null()
    in_window = pl.col("timing_code").is_not_null() & (pl.col("timing_code") != "before_horizon")
    return (
        pl.when(~pl.col("is_counted")).then(pl.lit("not_counted"))
        .when(pl.col("line_class") == "daily_usage").then(pl.lit("detail"))
        .when(pl.col("line_class").is_in(OUT_OF_SCOPE)).then(pl.lit("out_of_scope"))
        # Whoever is in no list was not left unread either.
        .when(~pl.col("is_compared").fill_null(value=True)).then(pl.lit("not_compared"))
        .when(pl.col("match_pass") == "5_suggested").then(pl.lit("suggested"))
        .when(~is_matched & is_too_new.fill_null(value=False)).then(pl.lit("timing"))
        .when(~is_matched).then(pl.lit("unmatched"))
        .when(in_window).then(pl.lit("timing"))
        .otherwise(pl.lit("matched")).alias("bucket")
    )  # fmt: skip
