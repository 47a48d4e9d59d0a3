"""Documents that change after they were sent: the same for a first reader, another for who had read them before."""

from __future__ import annotations

from datetime import timedelta

from pipelines.sandbox import DEFAULT_CLOCK, World
from pipelines.sandbox.restatements import RESTATED_AT

BEFORE = RESTATED_AT - timedelta(seconds=1)


def test_a_reader_of_before_finds_lines_that_came_lines_that_went_and_a_total_that_moved(world: World) -> None:
    found = [one for one in world.truth_since(DEFAULT_CLOCK, RESTATED_AT) if one not in world.truth(RESTATED_AT)]
    assert sorted(str(one.currency) for one in found) == ["GBP", "JPY", "USD"]
    for one in found:
        document = world.document(str(one.invoice_id))
        assert document is not None
        later = world.shown(document, RESTATED_AT)
        assert document.total_charges == document.lines_total
        moved = later.total_charges - document.total_charges
        assert abs(moved) == one.at_risk_amount
        assert (moved > 0) == (one.currency != "USD")
        assert later.lines_total - document.lines_total == (0 if one.currency == "GBP" else moved)


def test_who_reads_first_afterwards_or_not_again_finds_nothing_of_it(world: World) -> None:
    assert world.truth_since(RESTATED_AT, RESTATED_AT) == world.truth(RESTATED_AT)
    assert world.truth_since(DEFAULT_CLOCK, BEFORE) == world.truth(BEFORE)


def test_before_the_change_every_document_is_what_it_was(world: World) -> None:
    assert all(world.shown(document, BEFORE) is document for document in world.documents)


def test_lines_in_another_order_are_the_same_document(world: World) -> None:
    """Nobody finds anything of it: a look-alike."""
    changed = [document for document in world.documents if world.is_restated(document.id, RESTATED_AT)]
    shuffled = [one for one in changed if one.currency == "EUR"]
    assert len(shuffled) == 1
    later = world.shown(shuffled[0], RESTATED_AT)
    assert later.charges != shuffled[0].charges
    assert later.total_charges == shuffled[0].total_charges
    assert sorted(map(repr, later.charges)) == sorted(map(repr, shuffled[0].charges))
