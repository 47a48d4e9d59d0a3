"""A rule is one model with its tests, one catalogue row, one list entry and plants, all under one name."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from pipelines.sandbox import DEFAULT_CLOCK, build_world
from pipelines.sandbox.restatements import RESTATED_AT
from pipelines.sandbox.scenarios import SCENARIOS, build_scenario

PROJECT = Path(__file__).parents[2] / "dbt_project"
RULES = PROJECT / "models/intermediate/breaks"
PREFIX = "int_breaks__"
# Read at first, and again after what had been sent was changed.
AFTERWARDS = RESTATED_AT + timedelta(days=1)


def catalogue() -> list[dict[str, str]]:
    with (PROJECT / "seeds/break_catalogue.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def catalogue_codes() -> list[str]:
    return [row["break_code"] for row in catalogue()]


def listed_codes() -> list[str]:
    macro = (PROJECT / "macros/breaks/break_rules.sql").read_text(encoding="utf-8")
    return re.findall(r'^ +"(\w+)",$', macro, flags=re.MULTILINE)


def model_codes() -> set[str]:
    return {path.stem.removeprefix(PREFIX) for path in RULES.glob(f"{PREFIX}*.sql")}


def test_every_catalogue_row_has_a_model() -> None:
    missing = [f"models/intermediate/breaks/{PREFIX}{code}.sql" for code in set(catalogue_codes()) - model_codes()]
    assert not missing, f"write {missing}"


def test_every_model_has_a_catalogue_row() -> None:
    assert not model_codes() - set(catalogue_codes()), "add a row to seeds/break_catalogue.csv"


def test_the_list_of_rules_is_the_catalogue_in_its_order() -> None:
    in_order = sorted(catalogue(), key=lambda row: int(row["catalogue_order"]))
    assert listed_codes() == [row["break_code"] for row in in_order], "edit macros/breaks/break_rules.sql"


@pytest.mark.parametrize("code", sorted(model_codes()))
def test_every_rule_is_described_and_has_unit_tests(code: str) -> None:
    """Which cases they have to be says `test_rule_cases.py`."""
    path = RULES / f"{PREFIX}{code}.yml"
    assert path.exists(), f"write {path.name} beside the model"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    model = f"{PREFIX}{code}"
    assert [entry["name"] for entry in content["models"] if entry["description"].strip()] == [model]
    assert {test["model"] for test in content["unit_tests"]} == {model}


def test_every_rule_is_planted_at_least_twice_beside_ordinary_business_or_in_a_scenario() -> None:
    ordinary = Counter(one.break_code for one in build_world(scale=0.05).planted)
    scenario = build_scenario()
    apart = Counter(one.break_code for one in scenario.truth(AFTERWARDS, read_at=DEFAULT_CLOCK))
    missing = [code for code in catalogue_codes() if ordinary[code] < 2 and apart[code] < 2]
    assert not missing, f"plant {missing} in pipelines/sandbox/plants, or tell a story in sandbox/scenarios"
    assert set(apart) == set(SCENARIOS), "a scenario has the name of the code that it plants"
    assert not set(ordinary) & set(apart), "what ordinary business can hold needs no scenario"
    assert set(ordinary) | set(apart) == set(catalogue_codes()), "these are planted and no rules"


@pytest.mark.parametrize("code", sorted(model_codes()))
def test_every_rule_opens_with_its_words_and_its_grain(code: str) -> None:
    lines = (RULES / f"{PREFIX}{code}.sql").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("-- Rule: ")
    assert lines[1].startswith("-- Grain: one row per ")
    assert len(lines) < 100


def test_a_rule_yields_its_own_code_and_grain() -> None:
    for row in catalogue():
        sql = (RULES / f"{PREFIX}{row['break_code']}.sql").read_text(encoding="utf-8")
        assert f"break_row('{row['break_code']}', '{row['grain']}'" in sql, row["break_code"]
