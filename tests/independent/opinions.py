"""The two opinions of one business side by side, and where they differ."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from tests.end_to_end.desk import Desk, planted_breaks
from tests.independent.buckets import second_opinion
from tests.independent.matching import ITEM, documents
from tests.independent.reading import ROW, tables

Breaks = tuple[list[tuple[str, ...]], list[tuple[str, ...]]]
LINE_COLUMNS = ("line_class", "match_pass", "matched_order_id", "signed_quantity", "order_at")
EXPECTATIONS = ("customer_id", "created_at", "expected_quantity", "expected_amount", "entitled_quantity")
CHARGES = ("charged_quantity", "charged_currency", "charged_subtotal", "charged_total")
WINDOWS = ("reduced_at", "timing_code", "timing_due_at")
# Where each line stood: billed lines and daily usage get their ids apart.
NUMBERED = " union all ".join(
    f"select {', '.join(ROW)}, invoice_line_id from intermediate.{model}"
    for model in ("int_line_identities", "int_usage_lines")
)
DOCUMENT_COLUMNS = ("invoice_at", "is_counted", "open_amount", "amendment_amount")


@dataclass(frozen=True)
class Opinions:
    """Line, order item and document, each as found here and as published."""

    lines: tuple[pl.DataFrame, pl.DataFrame]
    items: tuple[pl.DataFrame, pl.DataFrame]
    documents: tuple[pl.DataFrame, pl.DataFrame]
    breaks: Breaks


def opinions_of(desk: Desk) -> Opinions:
    """What is published at a desk, and the same raw tables read a second time."""
    published = (desk.data / "published" / "warehouse.duckdb").resolve()
    with duckdb.connect(os.fspath(published), read_only=True) as connection:
        breaks = planted_breaks(desk.app.world, desk.as_of), desk.found_breaks()
        opinions = opinions_in(connection, desk.as_of.replace(tzinfo=None), breaks)
    # Two who were asked nothing agree about everything.
    assert all(frame.height for both in (opinions.lines, opinions.items, opinions.documents) for frame in both)
    return opinions


def opinions_in(connection: duckdb.DuckDBPyConnection, as_of: datetime, breaks: Breaks = ([], [])) -> Opinions:
    """The marts of a database, and its raw tables read a second time.

    Shape:   `breaks` are the planted and the found ones, where breaks were planted.
    """
    raw = tables(connection)
    lines, items = second_opinion(raw, as_of)
    return Opinions(
        lines=(
            lines,
            # The models number the rows; only that number is taken from them.
            connection.sql(
                "select i.* exclude (invoice_line_id), l.* from marts.fct_invoice_lines l "
                f"join ({NUMBERED}) i using (invoice_line_id)"
            ).pl(),
        ),
        items=(items, connection.sql("select * from marts.fct_order_items").pl()),
        documents=(documents(raw), connection.sql("select * from marts.fct_invoices").pl()),
        breaks=breaks,
    )


def disagreements(opinions: Opinions) -> Iterator[str]:
    """Every place where the two do not say the same, in one line each; nothing when they agree."""
    lines = opinions.lines
    # What class a line of a void document is of changes nothing, and the rules leave it open.
    counted = lines[0].filter("is_counted")
    published = lines[1].join(counted.select(ROW), on=ROW, how="semi")
    parts = (
        ("line", (counted, published), ROW, LINE_COLUMNS),
        ("line", without_breaks(lines), ROW, ("bucket",)),
        ("order item", opinions.items, ITEM, EXPECTATIONS + CHARGES + WINDOWS),
        ("document", opinions.documents, ["invoice_id"], DOCUMENT_COLUMNS),
    )
    for what, both, key, columns in parts:
        for row in differences(both, key, columns):
            yield f"{what} {row}"
    planted, found = opinions.breaks
    # Counted, as two breaks may say the same of one subject.
    yield from (f"planted and not found: {row}" for row in (Counter(planted) - Counter(found)).elements())
    yield from (f"found and not planted: {row}" for row in (Counter(found) - Counter(planted)).elements())


def without_breaks(lines: tuple[pl.DataFrame, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of both opinions without those that are matched with a break: the break hides their window."""
    has_break = lines[1].filter(pl.col("bucket") == "matched_with_break").select(ROW)
    mine, theirs = (frame.join(has_break, on=ROW, how="anti") for frame in lines)
    return mine, theirs


def differences(
    both: tuple[pl.DataFrame, pl.DataFrame], key: Sequence[str], columns: Sequence[str]
) -> list[tuple[object, ...]]:
    """(key, column, here, published) wherever the two do not say the same; a missing row differs in all."""
    mine, theirs = (frame.select(*key, *columns) for frame in both)
    joined = mine.join(theirs, on=list(key), how="full", suffix="_published", coalesce=True, nulls_equal=True)
    assert joined.height == mine.height == theirs.height
    return [
        (*row[:-2], column, *row[-2:])
        for column in columns
        for row in joined.filter(pl.col(column).ne_missing(pl.col(f"{column}_published")))
        .select(*key, column, f"{column}_published")
        .rows()
    ]
