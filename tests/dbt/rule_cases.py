"""The unit tests of the rules as cases: what each shows, by its tags, and what it must hold to show it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
RULES = PROJECT / "models/intermediate/breaks"
PREFIX = "int_breaks__"
CURRENCY_COLUMNS = (
    *("currency", "billing_currency", "charged_currency", "document_currency", "order_currency"),
    *("pricing_currency", "statement_currency"),
)

Row = Mapping[str, Any]


def seed(name: str) -> list[dict[str, str]]:
    """A seed as it is."""
    with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Case:
    """One unit test. `given` leaves out seeds, which only say what the words of the rows mean."""

    code: str
    name: str
    tags: frozenset[str]
    given: Mapping[str, list[Row]]
    seeds_as_they_are: frozenset[str]
    expected: list[Row]

    def given_rows(self) -> Iterator[Row]:
        """All rows that the rule is given."""
        for rows in self.given.values():
            yield from rows

    def expected_text(self) -> set[str]:
        """The words of the expected rows."""
        told = " ".join(str(value) for row in self.expected for value in row.values() if isinstance(value, str))
        return set(told.replace(";", " ").replace("|", " ").replace(")", " ").replace("(", " ").split())


def cases_of(path: Path) -> list[Case]:
    """The unit tests of one file."""
    seeds = {file.stem for file in (PROJECT / "seeds").glob("*.csv")}
    found = []
    for test in yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"]:
        given = {one["input"].split("'")[1]: one.get("rows") for one in test["given"]}
        found.append(
            Case(
                code=test["model"].removeprefix(PREFIX),
                name=test["name"],
                tags=frozenset(test.get("config", {}).get("tags", ())),
                given={name: rows for name, rows in given.items() if name not in seeds and rows},
                seeds_as_they_are=frozenset(name for name, rows in given.items() if name in seeds and rows is None),
                expected=test["expect"]["rows"],
            )
        )
    return found


def cases_by_code() -> dict[str, list[Case]]:
    """The cases of every rule."""
    return {path.stem.removeprefix(PREFIX): cases_of(path) for path in sorted(RULES.glob(f"{PREFIX}*.yml"))}


def currencies(row: Row) -> set[str]:
    """The currencies that one row names."""
    return {row[column] for column in CURRENCY_COLUMNS if row.get(column)}


def distance(one: Row, other: Row) -> int:
    """In how many columns two rows differ, ids apart."""
    names = {name for name in {*one, *other} if not name.endswith("_id")}
    return sum(one.get(name) != other.get(name) for name in names)
