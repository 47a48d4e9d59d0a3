"""Scenarios: one kind of trouble each, twice and in two currencies, and what only looks like it."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest

from pipelines.sandbox import DEFAULT_CLOCK
from pipelines.sandbox.restatements import RESTATED_AT
from pipelines.sandbox.scenarios import SCENARIOS, build_scenario

AFTERWARDS = RESTATED_AT + timedelta(days=1)
ALWAYS = {"closed_invoice_restated", "statement_vs_invoice"}


@pytest.mark.parametrize("code", SCENARIOS)
def test_a_scenario_alone_plants_its_code_and_what_every_world_holds(code: str) -> None:
    found = {one.break_code for one in build_scenario(code).truth(AFTERWARDS, read_at=DEFAULT_CLOCK)}
    assert found == {code} | ALWAYS


def test_every_code_is_planted_in_two_currencies_one_of_them_without_decimals() -> None:
    currencies: dict[str, set[str | None]] = defaultdict(set)
    for one in build_scenario().truth(AFTERWARDS, read_at=DEFAULT_CLOCK):
        currencies[one.break_code].add(one.currency)
    assert set(currencies) == set(SCENARIOS)
    for code, seen in currencies.items():
        assert len(seen) >= 2, code
        assert "JPY" in seen, code


def test_every_story_says_what_is_no_break() -> None:
    stories = build_scenario().world.look_alikes
    assert all("No break: " in story for _, story in stories)
    assert len(stories) == len(set(SCENARIOS.values()))


def test_the_same_seed_tells_the_same_story() -> None:
    assert build_scenario(seed=3) == build_scenario(seed=3)
    assert build_scenario(seed=3).world.documents != build_scenario(seed=4).world.documents


def test_an_unknown_scenario_names_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="no such scenario: flood; there are all, invoice_missing"):
        build_scenario("flood")


def test_a_document_that_vanished_is_neither_listed_nor_known_by_its_id() -> None:
    world = build_scenario("unclassified").world
    gone = [document for document in world.documents if document.withdrawn_at is not None]
    assert [document.is_shown_at(DEFAULT_CLOCK) for document in gone] == [True] * 3
    assert not any(document.is_shown_at(AFTERWARDS) for document in gone)
    assert sorted((document.currency, document.is_known_by_id) for document in gone) == [
        ("EUR", True),
        ("JPY", False),
        ("USD", False),
    ]
