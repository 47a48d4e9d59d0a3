"""When the total, the payments or the standing of a document were seen to be other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from pipelines.document_states import note_document_states
from pipelines.partner_center.source import DATASET, LandedWalk
from tests.raw_tables import add_rows, raw_tables, walk_of

# Each list of documents: a day of October, then (document, total, paid, type, amended or nested in) as seen.
Seen = tuple[str, int, int, str, str | None]
List = tuple[int, Sequence[Seen]]
NOTE: Seen = ("N1", -5, 0, "adjustment_note", "G2")
HISTORY: list[List] = [
    (1, [("G1", 100, 0, "invoice", None)]),
    (2, [("G1", 100, 0, "invoice", None), ("G2", 50, 0, "invoice", None)]),
    (3, [("G1", 100, -40, "invoice", None), ("G2", 50, 0, "invoice", None)]),
    (
        4,
        [("G1", 100, -40, "invoice", None), ("G2", 50, 0, "void_note", None), ("N1", -5, 0, "adjustment_note", "G2")],
    ),
    (
        5,
        [
            ("G1", 100, -100, "invoice", None),
            ("G2", 50, 0, "void_note", None),
            ("N1", -5, 0, "adjustment_note", "G2"),
        ],
    ),
]


def states(batches: Sequence[Sequence[List]]) -> list[tuple[Any, ...]]:
    """The notes after loads that each bring some lists at once."""
    with raw_tables() as raw:
        number = 0
        for batch in batches:
            walks: list[LandedWalk] = []
            for day, seen in batch:
                number += 1
                walk = walk_of("invoices", {}, number, read_at=f"2026-10-{day:02d}T09:00:00+00:00")
                add_rows(raw, "invoices", walk, [row_of(one) for one in seen])
                walks.append(walk)
            note_document_states(raw, walks)
            note_document_states(raw, [])
        return raw.execute(
            "select document_id, cast(total_charges as integer), cast(paid_amount as integer), document_type, "
            f"amends_of, day(seen_at), is_first_reading from {DATASET}.document_states order by document_id, seen_at"
        ).fetchall()


def row_of(seen: Seen) -> dict[str, Any]:
    document, total, paid, kind, base = seen
    return {
        "id": document,
        "total_charges": Decimal(total),
        "paid_amount": Decimal(paid),
        "document_type": kind,
        "amends_of": base,
        "currency_code": "USD",
    }


EXPECTED = [
    ("G1", 100, 0, "invoice", None, 1, True),
    ("G1", 100, -40, "invoice", None, 3, False),
    ("G1", 100, -100, "invoice", None, 5, False),
    ("G2", 50, 0, "invoice", None, 2, True),
    ("G2", 50, 0, "void_note", None, 4, False),
    ("N1", -5, 0, "adjustment_note", "G2", 4, True),
]


@pytest.mark.parametrize("size", [1, 2, len(HISTORY)])
def test_one_row_per_change_however_many_lists_come_in_one_load(size: int) -> None:
    assert states([HISTORY[start : start + size] for start in range(0, len(HISTORY), size)]) == EXPECTED


def test_the_same_list_twice_adds_nothing() -> None:
    assert states([HISTORY[:1], HISTORY[:1]]) == states([HISTORY[:1]])


def test_a_note_that_stands_in_its_base_as_well_is_one_document() -> None:
    """Its own row says the amounts; the nested one says what it amends."""
    with raw_tables() as raw:
        walk = walk_of("invoices", {}, read_at="2026-10-01T09:00:00+00:00")
        nested = row_of(("N1", -5, 0, "adjustment_note", None)) | {"nested_in": "G1", "paid_amount": Decimal(1)}
        add_rows(raw, "invoices", walk, [nested, row_of(("N1", -5, 0, "adjustment_note", None))])
        note_document_states(raw, [walk])
        found = raw.execute(f"select amends_of, paid_amount from {DATASET}.document_states").fetchall()
        assert found == [("G1", Decimal(0))]


def test_walks_of_other_endpoints_say_nothing_about_documents() -> None:
    with raw_tables() as raw:
        note_document_states(raw, [walk_of("customers", {})])
        assert raw.execute(f"select count(*) from {DATASET}.document_states").fetchone() == (0,)
