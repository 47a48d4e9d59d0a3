"""Two people who read the same rules: one wrote SQL, the other Polars. They have to come to the same rows.

Breaks are not counted again here: a line that is matched with a break counts as matched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl
import pytest

from pipelines.sandbox import build_world
from tests.end_to_end.desk import SCALE, open_desk, planted_breaks
from tests.independent.buckets import second_opinion
from tests.independent.matching import ITEM, documents
from tests.independent.reading import ROW, tables

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
    breaks: tuple[list[tuple[str, ...]], list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def opinions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opinions]:
    """Another business than that of the other tests, loaded and built by the real program."""
    world = build_world(seed=11, scale=SCALE)
    with open_desk(world, tmp_path_factory.mktemp("second_opinion")) as desk:
        done = desk.recon("run")
        assert done.returncode == 0, done.stdout + done.stderr
        published = (desk.data / "published" / "warehouse.duckdb").resolve()
        with duckdb.connect(os.fspath(published), read_only=True) as connection:
            raw = tables(connection)
            lines, items = second_opinion(raw, desk.as_of.replace(tzinfo=None))
            yield Opinions(
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
                breaks=(planted_breaks(world, desk.as_of), desk.found_breaks()),
            )


def differences(
    both: tuple[pl.DataFrame, pl.DataFrame], key: Sequence[str], columns: Sequence[str]
) -> list[tuple[object, ...]]:
    """(key, column, here, published) wherever the two do not say the same; a missing row differs in all."""
    mine, theirs = (frame.select(*key, *columns) for frame in both)
    joined = mine.join(theirs, on=list(key), how="full", suffix="_published", coalesce=True, nulls_equal=True)
    assert joined.height == mine.height == theirs.height > 0
    return [
        (*row[:-2], column, *row[-2:])
        for column in columns
        for row in joined.filter(pl.col(column).ne_missing(pl.col(f"{column}_published")))
        .select(*key, column, f"{column}_published")
        .rows()
    ]


@pytest.mark.parametrize("column", LINE_COLUMNS)
def test_lines_are_classed_and_matched_alike(opinions: Opinions, column: str) -> None:
    # What class a line of a void document is of changes nothing, and the rules leave it open.
    counted = opinions.lines[0].filter("is_counted")
    published = opinions.lines[1].join(counted.select(ROW), on=ROW, how="semi")
    assert differences((counted, published), ROW, [column]) == []


def test_every_line_is_in_the_same_bucket_but_for_breaks(opinions: Opinions) -> None:
    """A break on a line hides the window of its item, so such a line may be in a window or not."""
    mine, theirs = opinions.lines
    has_break = theirs.filter(pl.col("bucket") == "matched_with_break").select(ROW)
    without = tuple(frame.join(has_break, on=ROW, how="anti") for frame in (mine, theirs))
    assert differences((without[0], without[1]), ROW, ["bucket"]) == []
    with_break = mine.join(has_break, on=ROW, how="semi")
    assert set(with_break["bucket"]) <= {"matched", "timing"}


@pytest.mark.parametrize("column", EXPECTATIONS + CHARGES + WINDOWS)
def test_order_items_expect_and_show_the_same(opinions: Opinions, column: str) -> None:
    assert differences(opinions.items, ITEM, [column]) == []


@pytest.mark.parametrize("column", DOCUMENT_COLUMNS)
def test_documents_count_alike(opinions: Opinions, column: str) -> None:
    assert differences(opinions.documents, ["invoice_id"], [column]) == []


def test_the_world_asks_for_every_kind_of_answer(opinions: Opinions) -> None:
    """Two who agree about nothing but the ordinary have not been asked much."""
    lines, items = opinions.lines[0], opinions.items[0]
    passes = {"1_order_id", "2_alternate_id", "3_reservation", "4_other_customer", "5_suggested"}
    assert passes <= set(lines["match_pass"])
    assert {"one_time", "usage", "recurring", "adjustment"} <= set(lines["line_class"])
    assert {"daily_usage", "license", "legacy_usage"} <= set(lines["line_class"])
    assert {"not_counted", "detail", "out_of_scope", "suggested", "unmatched", "timing", "matched"} <= set(
        lines["bucket"]
    )
    assert {"before_horizon", "on_unbilled", "not_yet_invoiced", "credit_due"} <= set(items["timing_code"])
    assert not opinions.documents[0]["is_counted"].all()


def test_the_breaks_of_this_business_are_the_planted_ones(opinions: Opinions) -> None:
    planted, found = opinions.breaks
    assert planted
    assert found == planted
