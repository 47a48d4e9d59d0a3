"""Two people who read the same rules: one wrote SQL, the other Polars. They have to come to the same rows.

Breaks are not counted again here: a line that is matched with a break counts as matched.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from pipelines.sandbox import build_world
from tests.dbt.compiled_models import CompiledModels
from tests.end_to_end.desk import SCALE, open_desk
from tests.independent.opinions import Opinions, disagreements, opinions_of
from tests.independent.reading import ROW


@pytest.fixture(scope="module")
def opinions(models: CompiledModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opinions]:
    """Another business than that of the other tests, loaded by the real program."""
    world = build_world(seed=11, scale=SCALE)
    with open_desk(world, tmp_path_factory.mktemp("second_opinion")) as desk:
        done = desk.recon("load")
        assert done.returncode == 0, done.stdout + done.stderr
        desk.build(models)
        yield opinions_of(desk)


def test_two_readers_of_the_same_rules_come_to_the_same_rows(opinions: Opinions) -> None:
    """One test, as each worker of the tests that had a part of it would load the whole business again."""
    assert_every_kind_of_answer_was_asked_for(opinions)
    assert list(disagreements(opinions)) == []
    # A break on a line hides the window of its item, so such a line may be in a window or not.
    mine, theirs = opinions.lines
    has_break = theirs.filter(pl.col("bucket") == "matched_with_break").select(ROW)
    assert set(mine.join(has_break, on=ROW, how="semi")["bucket"]) <= {"matched", "timing"}
    assert opinions.breaks[0]


def assert_every_kind_of_answer_was_asked_for(opinions: Opinions) -> None:
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
