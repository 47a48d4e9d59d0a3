"""When the status of an order or the quantity of its line was seen to be another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pipelines.order_states import note_order_states
from pipelines.partner_center.source import DATASET, LandedWalk
from tests.raw_tables import add_rows, raw_tables, walk_of

# Each reading: a day of October, then (order, line, status, quantity) as seen.
Reading = tuple[int, Sequence[tuple[str, int, str, int]]]
HISTORY: list[Reading] = [
    (1, [("o1", 0, "pending", 3), ("o1", 1, "pending", 1)]),
    (2, [("o1", 0, "completed", 3), ("o1", 1, "completed", 1)]),
    (3, [("o1", 0, "completed", 3), ("o1", 1, "completed", 1), ("o2", 0, "completed", 5)]),
    (4, [("o1", 0, "completed", 0), ("o1", 1, "completed", 1), ("o2", 0, "completed", 5)]),
    (5, [("o2", 0, "cancelled", 5)]),
    (6, [("o1", 0, "completed", 3), ("o2", 0, "completed", 5)]),
]


def states(batches: Sequence[Sequence[Reading]]) -> list[tuple[Any, ...]]:
    """The notes after loads that each bring some readings at once."""
    with raw_tables() as raw:
        number = 0
        for batch in batches:
            walks: list[LandedWalk] = []
            for day, seen in batch:
                number += 1
                walk = walk_of("orders", {"customer_id": "c"}, number, read_at=f"2026-10-{day:02d}T09:00:00+00:00")
                order_rows = [{"id": order, "status": status} for order, _, status, _ in dict.fromkeys(seen)]
                add_rows(raw, "orders", walk, list({row["id"]: row for row in order_rows}.values()))
                add_rows(
                    raw,
                    "order_line_items",
                    walk,
                    [
                        {"order_id": order, "line_item_number": line, "quantity": count}
                        for order, line, _, count in seen
                    ],
                )
                walks.append(walk)
            note_order_states(raw, walks)
            note_order_states(raw, [])
        return raw.execute(
            "select order_id, line_item_number, order_status, cast(quantity as integer), day(seen_at), "
            f"is_first_reading from {DATASET}.order_line_states order by order_id, line_item_number, seen_at"
        ).fetchall()


EXPECTED = [
    ("o1", 0, "pending", 3, 1, True),
    ("o1", 0, "completed", 3, 2, False),
    ("o1", 0, "completed", 0, 4, False),
    ("o1", 0, "completed", 3, 6, False),
    ("o1", 1, "pending", 1, 1, True),
    ("o1", 1, "completed", 1, 2, False),
    ("o2", 0, "completed", 5, 3, True),
    ("o2", 0, "cancelled", 5, 5, False),
    ("o2", 0, "completed", 5, 6, False),
]


@pytest.mark.parametrize("size", [1, 2, 3, len(HISTORY)])
def test_one_row_per_change_however_many_readings_come_in_one_load(size: int) -> None:
    assert states([HISTORY[start : start + size] for start in range(0, len(HISTORY), size)]) == EXPECTED


def test_the_same_reading_twice_adds_nothing() -> None:
    assert states([HISTORY[:1], HISTORY[:1], HISTORY[:1]]) == states([HISTORY[:1]])


def test_a_line_that_comes_twice_in_one_reading_is_noted_once() -> None:
    twice = [(1, [("o1", 0, "pending", 3), ("o1", 0, "pending", 3)])]
    assert states([twice]) == [("o1", 0, "pending", 3, 1, True)]


def test_walks_of_other_endpoints_say_nothing_about_orders() -> None:
    with raw_tables() as raw:
        note_order_states(raw, [walk_of("customers", {})])
        assert raw.execute(f"select count(*) from {DATASET}.order_line_states").fetchone() == (0,)
