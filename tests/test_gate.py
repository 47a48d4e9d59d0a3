"""What a walk must pass before it counts."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.errors import WalkRefused
from pipelines.gate import WalkGate
from pipelines.partner_center.contract import MONEY_TYPE


def lines(*rows: tuple[str | None, str | None]) -> dict[str, tuple[pa.Table, str | None, tuple[str, ...]]]:
    """One table of amounts by currency."""
    table = pa.table(
        {
            "currency": pa.array([currency for currency, _ in rows], pa.string()),
            "amount": pa.array([Decimal(amount) if amount else None for _, amount in rows], MONEY_TYPE),
        }
    )
    return {"lines": (table, "currency", ("amount",))}


def walk(*pages: tuple[int, int | None]) -> WalkGate:
    """A gate that has seen pages of (items, announced), all different."""
    gate = WalkGate("some/walk")
    for number, (items, announced) in enumerate(pages, start=1):
        gate.take(number, items, announced, f"page {number}", {})
    return gate


def test_fewer_items_than_announced_are_refused_and_the_message_counts_them() -> None:
    with pytest.raises(WalkRefused, match=r"some/walk: page 2 announces 3 items and holds 2 \(5 in all pages\)"):
        walk((3, 3), (2, 3)).verdict()


def test_more_items_than_announced_pass() -> None:
    walk((3, 2), (1, 1)).verdict()


def test_a_constant_number_is_read_as_the_total_of_the_walk() -> None:
    walk((2, 5), (2, 5), (1, 5)).verdict()


def test_a_constant_number_that_the_walk_does_not_reach_is_refused() -> None:
    with pytest.raises(WalkRefused):
        walk((2, 6), (2, 6), (1, 6)).verdict()


def test_a_total_only_on_the_first_page_does_not_excuse_it() -> None:
    with pytest.raises(WalkRefused):
        walk((2, 5), (3, 3)).verdict()


def test_a_walk_that_announces_nothing_passes() -> None:
    assert walk((2, None), (0, None)).item_count == 2


def test_a_page_that_comes_twice_is_noted_and_counted_once() -> None:
    gate = WalkGate("some/walk")
    first = gate.take(1, 1, 1, "same", lines(("USD", "10")))
    second = gate.take(2, 1, 1, "same", lines(("USD", "10")))
    assert (first.repeats_page, second.repeats_page, gate.item_count) == (None, 1, 1)
    assert gate.verdict() == {"lines": {"USD": {"rows": "1", "amount": "10"}, "": {"rows": "0"}}}


def test_two_empty_pages_are_not_a_repeated_page() -> None:
    gate = walk((0, 0))
    assert gate.take(2, 0, 0, "page 1", {}).repeats_page is None


def test_a_repeated_page_may_be_part_of_a_total_or_not() -> None:
    for total in (4, 2):
        gate = WalkGate("some/walk")
        gate.take(1, 2, total, "same", {})
        gate.take(2, 2, total, "same", {})
        gate.verdict()


def test_totals_are_per_currency_and_an_absent_currency_is_one_of_its_own() -> None:
    gate = WalkGate("some/walk")
    gate.take(1, 3, 3, "a", lines(("USD", "1.10"), (None, "5"), ("", None)))
    gate.take(2, 2, 2, "b", lines(("EUR", "-2"), ("USD", "0.000000000001")))
    assert gate.verdict()["lines"] == {
        "USD": {"rows": "2", "amount": "1.100000000001"},
        "": {"rows": "2", "amount": "5"},
        "EUR": {"rows": "1", "amount": "-2"},
    }


def test_totals_are_exact_where_28_digits_end() -> None:
    gate = WalkGate("some/walk")
    gate.take(1, 1, 1, "a", lines(("JPY", "99999999999999999999")))
    gate.take(2, 1, 1, "b", lines(("JPY", "0.000000000001")))
    assert gate.verdict()["lines"]["JPY"]["amount"] == "99999999999999999999.000000000001"
