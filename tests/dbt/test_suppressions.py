"""The suppressions are an order of causes: no circle, no typing mistake, no chain longer than is worked through."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "dbt_project"

# Rules that suppressions already name and that no model finds yet. A rule leaves this list when it is built.
NOT_YET_BUILT: set[str] = set()


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs() -> set[tuple[str, str]]:
    """(winner, loser) with each family of the catalogue spelt out, as the model does."""
    members: dict[str, list[str]] = {}
    for rule in seed("break_catalogue"):
        members.setdefault(f"family:{rule['family']}", []).append(rule["break_code"])
    return {
        (row["winner"], loser)
        for row in seed("suppressions")
        for loser in members.get(row["loser"], [row["loser"]])
        if loser != row["winner"]
    }


def losers_of() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for winner, loser in sorted(pairs()):
        found.setdefault(winner, []).append(loser)
    return found


def longest_chain() -> int:
    """Links of the longest chain of suppressions; raises when a rule suppresses itself over others."""
    losers = losers_of()
    on_the_way: list[str] = []

    @cache
    def links_below(code: str) -> int:
        assert code not in on_the_way, f"circle: {' > '.join([*on_the_way, code])}"
        on_the_way.append(code)
        links = max((1 + links_below(loser) for loser in losers.get(code, [])), default=0)
        on_the_way.pop()
        return links

    return max(links_below(winner) for winner in losers)


def test_no_rule_suppresses_itself_over_others() -> None:
    assert longest_chain() > 0


def test_the_model_works_through_the_longest_chain() -> None:
    """Each link needs a round, see `suppression_rounds()`."""
    macro = (PROJECT / "macros/breaks/suppression.sql").read_text(encoding="utf-8")
    rounds = re.search(r"macro suppression_rounds\(\) -%} {{ return\((\d+)\) }}", macro)
    assert rounds is not None
    assert longest_chain() <= int(rounds.group(1))


def test_every_name_is_a_rule_a_family_or_the_suggested_match() -> None:
    catalogue = seed("break_catalogue")
    built = {rule["break_code"] for rule in catalogue}
    families = {f"family:{rule['family']}" for rule in catalogue}
    for row in seed("suppressions"):
        assert row["winner"] in built | NOT_YET_BUILT | {"suggested_match"}, row
        assert row["loser"] in built | NOT_YET_BUILT | families, row


def test_a_rule_that_is_built_is_no_longer_waited_for() -> None:
    built = {rule["break_code"] for rule in seed("break_catalogue")}
    assert not built & NOT_YET_BUILT, "take these out of NOT_YET_BUILT"


def test_no_pair_is_written_twice() -> None:
    rows = [(row["winner"], row["loser"], row["scope"]) for row in seed("suppressions")]
    assert len(rows) == len(set(rows))


def test_what_is_not_compared_silences_every_rule_that_needs_orders() -> None:
    rows = {(row["winner"], row["loser"]) for row in seed("suppressions")}
    for winner in ("not_compared", "nothing_compared"):
        assert {(winner, "family:existence"), (winner, "family:order_item")} <= rows
