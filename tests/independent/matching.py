"""Which document counts, what class a line is of, and which order item a charge belongs to."""

from __future__ import annotations

import polars as pl

from tests.independent.reading import NOTHING, Raw, eleventh_after, filled, moment, word

CYCLES = ("monthly", "annual", "biennial", "triennial")
ITEM = ("order_id", "product_id", "sku_id")
# The line's ids beside the found order's, which may be another one.
SAME_ITEM = ("product_id", "sku_id")


def documents(raw: Raw) -> pl.DataFrame:
    """Every document once, however often it was shown; void ones and their notes do not count."""
    once = (
        raw.documents.sort(pl.col("endpoint") != "invoices", pl.col("nested_in").is_not_null())
        .group_by("id", maintain_order=True)
        .agg(pl.exclude("id").drop_nulls().first())
        .with_columns(word("document_type"), word("state"), word("invoice_type"), filled("amends_of"))
    )
    voided = once.filter(pl.col("document_type") == "voidnote")["amends_of"].drop_nulls().unique().to_list()
    is_void = (
        (pl.col("document_type") == "voidnote") | (pl.col("state") == "void") | pl.col("id").is_in(voided)
    )  # fmt: skip
    paid = pl.col("paid_amount").fill_null(NOTHING).abs()
    is_amendment_without_lines = pl.col("amends_of").is_not_null() & (pl.col("invoice_details_count") == 0)
    return once.select(
        pl.col("id").alias("invoice_id"),
        "invoice_type",
        pl.col("currency_code").str.to_uppercase().alias("document_currency"),
        moment("invoice_date").alias("invoice_at"),
        moment("billing_period_start_date").alias("period_start_at"),
        (~is_void).alias("is_counted"),
        pl.when(pl.col("total_charges") < NOTHING).then(pl.col("total_charges") + paid)
        .when(pl.col("total_charges") > NOTHING).then(pl.col("total_charges") - paid)
        .otherwise(pl.col("total_charges")).alias("open_amount"),
        pl.when(is_amendment_without_lines).then(pl.col("total_charges"))
        .otherwise(pl.lit(NOTHING, raw.documents.schema["total_charges"])).alias("amendment_amount"),
    )  # fmt: skip


def lines(raw: Raw) -> pl.DataFrame:
    """All lines with the order found, the class and the pass that tied them; suggestions not yet."""
    known = documents(raw).select("invoice_id", "invoice_at", "is_counted")
    # Lines whose document no list shows are not void, so they have to be explained too.
    every = raw.lines.join(known, on="invoice_id", how="left").with_columns(
        pl.col("is_counted").fill_null(value=True), signed_quantity()
    )
    found = _found(raw, every.filter("is_counted"))
    placed = every.join(found, on="line", how="left").with_columns(line_class())
    is_charge = (pl.col("line_class") == "one_time") & pl.col("is_counted")
    return placed.with_columns(
        is_charge.alias("is_charge"),
        *[pl.when(is_charge).then(pl.col(name)).alias(name) for name in ("match_pass", "matched_order_id")],
    )


def awaited(raw: Raw) -> pl.DataFrame:
    """Order items that the estimates list, and until when their invoice may take."""
    listed = raw.unbilled.with_columns(signed_quantity())
    listed = listed.join(_found(raw, listed), on="line", how="left").with_columns(line_class())
    items = listed.filter((pl.col("line_class") == "one_time") & pl.col("matched_order_id").is_not_null())
    months = items.group_by(pl.col("matched_order_id").alias("order_id"), *SAME_ITEM, "month_at", "currency").agg(
        pl.col("signed_quantity").sum().alias("units")
    )
    return (
        months.filter(pl.col("units") > NOTHING)
        .group_by(ITEM)
        .agg(eleventh_after(pl.col("month_at").max()).alias("estimated_until"))
    )


def signed_quantity() -> pl.Expr:
    """The quantity with the sign of the money; without money its own, else that of the charge type."""
    size = pl.col("quantity").abs()
    return (
        pl.when(pl.col("subtotal") > NOTHING).then(size)
        .when(pl.col("subtotal") < NOTHING).then(-size)
        .when(pl.col("quantity") < NOTHING).then(pl.col("quantity"))
        .when(pl.col("charge_type").str.starts_with("cancel")).then(-size)
        .otherwise(size).alias("signed_quantity")
    )  # fmt: skip


def line_class() -> pl.Expr:
    """The first class that applies."""
    is_one_time = pl.col("billing_frequency").is_in(["", "onetime"])
    return (
        pl.when(pl.col("line_item_type") == "usage").then(pl.lit("daily_usage"))
        .when(pl.col("provider") == "office").then(pl.lit("license"))
        .when(pl.col("provider") == "azure").then(pl.lit("legacy_usage"))
        .when((pl.col("charge_type") == "customercredit") | pl.col("credit_reason_code").is_not_null())
        .then(pl.lit("adjustment"))
        .when(pl.col("resolved_cycle") == "onetime").then(pl.lit("one_time"))
        .when(pl.col("meter_description").is_not_null()).then(pl.lit("usage"))
        .when(pl.col("resolved_cycle").is_in(CYCLES)).then(pl.lit("recurring"))
        .when(is_one_time).then(pl.lit("one_time"))
        .otherwise(pl.lit("recurring")).alias("line_class")
    )  # fmt: skip


def _found(raw: Raw, counted: pl.DataFrame) -> pl.DataFrame:
    """Per line the order of the first pass that finds its product too, else of the first pass at all."""
    orders = raw.orders.select("order_id", "customer_id", "alternate_id", "billing_cycle")
    owner = orders.rename({"order_id": "found_order_id", "customer_id": "found_customer_id"})
    keyed = counted.select("line", "customer_id", "order_id", "folded_order_id", "alternate_id", "reservation")
    by_id = keyed.select("line", "customer_id", pl.col("order_id").alias("found_order_id")).join(
        owner, on="found_order_id"
    )
    is_own = pl.col("customer_id") == pl.col("found_customer_id")
    alternate = pl.concat(
        keyed.select("line", "customer_id", pl.col(key).alias("alternate_id"))
        for key in ("folded_order_id", "alternate_id")
    ).join(orders.rename({"order_id": "found_order_id"}), on=["customer_id", "alternate_id"])
    own_orders = owner.rename({"found_customer_id": "customer_id"})
    reserved = keyed.join(_behind_reservations(raw), on=["customer_id", "reservation"]).join(
        own_orders, on=["customer_id", "found_order_id"]
    )
    ways = {
        "1_order_id": by_id.filter(is_own),
        "2_alternate_id": alternate,
        "3_reservation": reserved,
        "4_other_customer": by_id.filter(~is_own),
    }
    tried = pl.concat(
        frame.select("line", "found_order_id", pl.lit(name).alias("match_pass")) for name, frame in ways.items()
    ).unique()
    items = raw.order_lines.select(pl.col("order_id").alias("found_order_id"), *SAME_ITEM, has_item=True).unique()
    best = (
        tried.join(counted.select("line", *SAME_ITEM), on="line")
        .join(items, on=["found_order_id", *SAME_ITEM], how="left")
        .sort(pl.col("has_item").is_null(), "match_pass", "found_order_id")
        .unique("line", keep="first", maintain_order=True)
    )
    cycles = owner.select("found_order_id", pl.col("billing_cycle").alias("resolved_cycle"))
    return best.join(cycles, on="found_order_id").select(
        "line",
        "resolved_cycle",
        pl.col("found_order_id").alias("resolved_order_id"),
        pl.when("has_item").then(pl.col("match_pass")),
        pl.when("has_item").then(pl.col("found_order_id")).alias("matched_order_id"),
    )


def _behind_reservations(raw: Raw) -> pl.DataFrame:
    """The order behind each reservation of a customer; a reservation of two orders tells nothing."""
    shown = raw.artifacts.filter(pl.col("reservation").is_not_null()).join(
        raw.entitlements.filter(pl.col("order_id").is_not_null()), on=["_partition", "path"]
    )
    return (
        shown.group_by("customer_id", "reservation")
        .agg(pl.col("order_id").unique().alias("orders"))
        .filter(pl.col("orders").list.len() == 1)
        .select("customer_id", "reservation", pl.col("orders").list.first().alias("found_order_id"))
    )
