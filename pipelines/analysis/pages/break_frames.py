"""Breaks as pages look at them: with their words, by kind, by age, and as a list to search and download."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.analysis.desk import Warehouse
from pipelines.analysis.found import SEVERITIES
from pipelines.analysis.pages.tables import Show

AGE_BUCKETS = ("0-30", "31-60", "61-90", "90+", "no date", "all")
_LISTED = [
    *("currency", "at_risk_amount", "is_primary", "severity", "break_code", "explanation", "customer", "period"),
    *("invoice_id", "order_id", "status", "age_days", "next_step", "break_id"),
]


def breaks_in_words(warehouse: Warehouse, **only: Any) -> pl.LazyFrame:
    """`warehouse.breaks(…)` with `title`, `next_step`, `customer`, and `primary_amount`, the only one to add up."""
    rules = warehouse.break_codes().select("break_code", "title", "next_step")
    names = warehouse.customers().select("customer_id", "company_name")
    return (
        warehouse.breaks(**only)
        .join(rules, on="break_code", how="left", maintain_order="left")
        .join(names, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            title=pl.coalesce("title", "break_code"),
            customer=pl.coalesce("company_name", "customer_id"),
            primary_amount=pl.when("is_primary").then("at_risk_amount"),
        )
    )


def breaks_by_code(breaks: pl.DataFrame) -> pl.DataFrame:
    """One row per currency and kind of break, the greatest amount at risk first; `severity` is the worst."""
    worst = pl.col("severity").cast(pl.Enum(SEVERITIES)).min().cast(pl.String)
    return (
        breaks.group_by("currency", "break_code", "title", "next_step")
        .agg(
            break_count=pl.len(),
            unknown_count=pl.col("at_risk_amount").is_null().sum(),
            primary_amount=pl.col("primary_amount").sum(),
            severity=worst,
        )
        .sort(["currency", "primary_amount", "break_code"], descending=[False, True, False])
    )


def ageing(breaks: pl.DataFrame) -> pl.DataFrame:
    """One row per currency: at risk, and how many (`… count`), by days from the invoice date."""
    bucket = pl.col("age_bucket").fill_null("no date")
    mine = {name: pl.lit(True) if name == "all" else bucket == name for name in AGE_BUCKETS}
    return (
        breaks.filter(pl.col("currency").is_not_null())
        .group_by("currency")
        .agg(
            **{name: pl.col("primary_amount").filter(test).sum() for name, test in mine.items()},
            **{f"{name} count": test.sum() if name != "all" else pl.len() for name, test in mine.items()},
        )
        .sort("currency")
    )


def searchable(breaks: pl.DataFrame, show: Show) -> pl.DataFrame:
    """Breaks for a browser and a spreadsheet: amounts as text, as both would round them; no cell is a formula."""
    amounts = [show.money(row["at_risk_amount"], row["currency"]) for row in breaks.iter_rows(named=True)]
    return (
        breaks.select(_LISTED)
        .with_columns(pl.Series("at_risk_amount", amounts, dtype=pl.String))
        .with_columns(pl.col(pl.String).fill_null("").str.replace(r"^([=+\-@\t\r])", "'${1}"))
    )
