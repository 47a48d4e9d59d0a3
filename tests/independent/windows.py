"""When an order item changed, and which window of time could still explain a difference."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from tests.independent.matching import ITEM, documents
from tests.independent.reading import NOTHING, Raw, eleventh_after, month_start, word


def own_quantity(status: str) -> pl.Expr:
    """What a line asks for: nothing in a cancelled order, nothing if it is a change of another line."""
    return pl.when((pl.col(status) != "cancelled") & pl.col("is_of_its_own")).then(pl.col("quantity"))


def changes(raw: Raw) -> pl.DataFrame:
    """When an item last grew or shrank, on record or as seen, and whether it was already down when first seen."""
    line = ["order_id", "line_number"]
    own = raw.order_lines.filter("is_of_its_own").select(*line, "product_id", "sku_id", "quantity")
    current = own.join(raw.orders.select("order_id", "status", "_read_at"), on="order_id")
    known = raw.states.select(
        "order_id",
        pl.col("line_item_number").alias("line_number"),
        word("order_status").alias("status"),
        *("quantity", "seen_at"),
    )
    # Without a history what is read now is the first that was seen.
    unseen = current.join(known, on=line, how="anti").rename({"_read_at": "seen_at"}).select(known.columns)
    seen = (
        pl.concat([known, unseen])
        .with_columns(pl.col("seen_at").min().over("order_id").alias("first_seen_at"), is_of_its_own=True)
        .with_columns(own_quantity("status").fill_null(NOTHING).alias("now"))
        .join(own.drop("quantity"), on=line)
        .sort(*line, "seen_at", maintain_order=True)
        .with_columns(pl.col("now").shift().over(line).alias("before"))
    )
    # The first reading of an order is no change; a line that joins it later comes from nothing.
    is_first = pl.col("before").is_null() & (pl.col("seen_at") == pl.col("first_seen_at"))
    seen = seen.join(_on_record(raw, seen), on=["order_id", "seen_at"], how="left")
    steps = seen.group_by(*ITEM, "seen_at").agg(
        pl.col("done_at").max(),
        (pl.col("now") - pl.col("before").fill_null(NOTHING)).filter(~is_first).sum().alias("step"),
        (is_first & (pl.col("now") == NOTHING)).any().alias("was_down"),
    )
    happened = pl.coalesce("done_at", "seen_at")
    return steps.group_by(ITEM).agg(
        happened.filter(pl.col("step") < NOTHING).max().alias("decreased_at"),
        happened.filter(pl.col("step") > NOTHING).max().alias("increased_at"),
        pl.col("was_down").any().alias("was_reduced_at_first"),
        pl.col("done_at").filter("was_down").max().alias("reduced_before_at"),
    )


def _on_record(raw: Raw, seen: pl.DataFrame) -> pl.DataFrame:
    """The last thing on record between two readings of an order; before the first one whatever is on record."""
    readings = seen.select("order_id", "seen_at").unique().sort("order_id", "seen_at")
    between = readings.with_columns(pl.col("seen_at").shift().over("order_id").alias("from_at")).join(
        raw.records, on="order_id"
    )
    is_later = pl.col("from_at").is_null() | (pl.col("done_at") > pl.col("from_at"))
    inside = between.filter(is_later & (pl.col("done_at") <= pl.col("seen_at")))
    return inside.group_by("order_id", "seen_at").agg(pl.col("done_at").max())


def horizons(raw: Raw) -> pl.DataFrame:
    """Per currency the start of the first billing period of a counted one-time document."""
    one_time = documents(raw).filter(pl.col("is_counted") & (pl.col("invoice_type") == "onetime"))
    month_before = month_start(pl.col("invoice_at")).dt.offset_by("-1mo")
    return one_time.group_by(pl.col("document_currency").alias("currency")).agg(
        pl.coalesce("period_start_at", month_before).min().alias("horizon_at")
    )


def window(as_of: datetime) -> tuple[pl.Expr, pl.Expr]:
    """The first running window, and when it closes."""
    day, grew = pl.duration(hours=24), pl.max_horizontal("increased_at", "created_at")
    # No first charge is awaited for what costs nothing, or for what the system bills by itself.
    is_awaited = (pl.col("charged_quantity") != NOTHING) | (
        pl.col("expected_amount").ne_missing(pl.lit(NOTHING)) & (pl.col("transaction_type") != "systembilling")
    )
    short = is_awaited & (pl.col("charged_quantity") < pl.col("expected_quantity"))
    fell_last = pl.col("reduced_at").is_not_null() & (
        pl.col("increased_at").is_null() | (pl.col("reduced_at") > pl.col("increased_at"))
    )
    # What was given is unknown where it could not be read.
    is_read = pl.col("is_entitled_read").fill_null(value=False)
    invoiced_by = eleventh_after(grew)
    pending_until = pl.when(pl.col("status") == "pending").then(pl.col("created_at") + pl.duration(days=60))
    windows = (
        ("on_unbilled", pl.col("charged_quantity") < pl.col("expected_quantity"), pl.col("estimated_until")),
        ("not_yet_invoiced", short, pl.max_horizontal(invoiced_by, pending_until)),
        (
            "credit_due",
            (pl.col("charged_quantity") > pl.col("expected_quantity")) & fell_last,
            eleventh_after(pl.col("reduced_at")),
        ),
        (
            "provisioning_pending",
            is_read & (pl.col("entitled_quantity") < pl.col("expected_quantity")),
            grew + day,
        ),
        (
            "deprovisioning_pending",
            is_read & (pl.col("entitled_quantity") > pl.col("expected_quantity")) & fell_last,
            pl.col("reduced_at") + day,
        ),
    )
    is_ours = pl.col("billing_cycle") == "onetime"
    is_early = pl.col("created_at") < pl.col("horizon_at")
    is_held = is_ours & ~is_early.fill_null(value=False)
    running = [(name, is_held & applies & (until > as_of), until) for name, applies, until in windows]
    codes = [pl.when(is_ours & is_early).then(pl.lit("before_horizon"))]
    codes += [pl.when(runs).then(pl.lit(name)) for name, runs, _ in running]
    dues = [pl.when(runs).then(until) for _, runs, until in running]
    return pl.coalesce(codes).alias("timing_code"), pl.coalesce(dues).alias("timing_due_at")
