"""Two people who read the same rules: one wrote SQL, the other Polars. They have to come to the same rows.

Breaks are not counted again here: a line that is matched with a break counts as matched.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from pipelines.sandbox import build_world
from tests.end_to_end.desk import SCALE, open_desk
from tests.independent.matching import ITEM
from tests.independent.opinions import (
    CHARGES,
    DOCUMENT_COLUMNS,
    EXPECTATIONS,
    LINE_COLUMNS,
    WINDOWS,
    Opinions,
    differences,
    opinions_of,
    without_breaks,
)
from tests.independent.reading import ROW


@pytest.fixture(scope="module")
def opinions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opinions]:
    """Another business than that of the other tests, loaded and built by the real program."""
    world = build_world(seed=11, scale=SCALE)
    with open_desk(world, tmp_path_factory.mktemp("second_opinion")) as desk:
        done = desk.recon("run")
        assert done.returncode == 0, done.stdout + done.stderr
        yield opinions_of(desk)


@pytest.mark.parametrize("column", LINE_COLUMNS)
def test_lines_are_classed_and_matched_alike(opinions: Opinions, column: str) -> None:
    # What class a line of a void document is of changes nothing, and the rules leave it open.
    counted = opinions.lines[0].filter("is_counted")
    published = opinions.lines[1].join(counted.select(ROW), on=ROW, how="semi")
    assert differences((counted, published), ROW, [column]) == []


def test_every_line_is_in_the_same_bucket_but_for_breaks(opinions: Opinions) -> None:
    """A break on a line hides the window of its item, so such a line may be in a window or not."""
    assert differences(without_breaks(opinions.lines), ROW, ["bucket"]) == []
    mine, theirs = opinions.lines
    has_break = theirs.filter(pl.col("bucket") == "matched_with_break").select(ROW)
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
