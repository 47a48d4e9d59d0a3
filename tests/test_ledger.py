"""Which walk counts, and that landing and raw tables hold the same rows and money."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines import ledger
from pipelines.errors import ControlTotalsDiffer
from pipelines.landing import Failure, Partition
from pipelines.partner_center.source import DATASET
from tests.raw_tables import add_rows, partition_of, raw_tables, walk_of

PLACE = {"invoice_id": "G1", "provider": "onetime", "line_item_type": "billing"}
LINE = {"customer_id": "c", "subtotal": Decimal(1), "total_for_customer": Decimal(1), "currency": "USD"}


def totals(rows: int = 1, amount: str = "1", currency: str = "USD") -> dict[str, dict[str, dict[str, str]]]:
    measures = {"rows": str(rows), "subtotal": amount, "total_for_customer": amount}
    return {"invoice_line_items": {currency: measures}}


@pytest.fixture
def raw() -> Iterator[duckdb.DuckDBPyConnection]:
    with raw_tables() as connection:
        yield connection


def rows(raw: duckdb.DuckDBPyConnection, columns: str, table: str) -> list[tuple[Any, ...]]:
    return raw.execute(f"select {columns} from {DATASET}.{table} order by all").fetchall()


def test_what_ties_is_written_into_the_ledger(raw: duckdb.DuckDBPyConnection) -> None:
    walk = walk_of("invoice_line_items", PLACE, totals=totals())
    add_rows(raw, "invoice_line_items", walk, [LINE])
    ledger.settle(raw, [partition_of(walk)], [walk])
    assert rows(raw, "invoice_id, walk_id, walk_sequence, status", "load_ledger") == [
        ("G1", "000001-x", 1, "complete")
    ]
    assert rows(raw, "currency, measure, amount", "load_control_totals") == [
        ("", "rows", Decimal(1)),
        ("USD", "subtotal", Decimal(1)),
        ("USD", "total_for_customer", Decimal(1)),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [LINE, LINE],
        [{**LINE, "subtotal": Decimal("1.000000000001")}],
        [{**LINE, "currency": "EUR"}],
        [{**LINE, "currency": None}],
        [LINE, {**LINE, "currency": None, "subtotal": Decimal(0), "total_for_customer": Decimal(0)}],
    ],
    ids=["lost", "doubled", "one digit off", "another currency", "no currency", "a row too many"],
)
def test_any_difference_stops_the_load_and_changes_nothing(
    raw: duckdb.DuckDBPyConnection, lines: list[dict[str, Any]]
) -> None:
    older = walk_of("invoice_line_items", PLACE, totals=totals())
    add_rows(raw, "invoice_line_items", older, [LINE])
    ledger.settle(raw, [partition_of(older)], [older])
    before = rows(raw, "* exclude (read_at)", "load_ledger")
    newer = walk_of("invoice_line_items", PLACE, 2, totals())
    add_rows(raw, "invoice_line_items", newer, lines)
    held = rows(raw, "*", "invoice_line_items")
    with pytest.raises(ControlTotalsDiffer, match=r"invoice_line_items/G1/onetime/billing.*recon load --rebuild"):
        ledger.settle(raw, [partition_of(older, newer)], [newer])
    assert rows(raw, "* exclude (read_at)", "load_ledger") == before
    assert rows(raw, "*", "invoice_line_items") == held


def test_rows_of_older_walks_are_removed_when_the_newer_one_is_settled(raw: duckdb.DuckDBPyConnection) -> None:
    older, newer = (walk_of("invoice_line_items", PLACE, number, totals()) for number in (1, 2))
    for walk in (older, newer):
        add_rows(raw, "invoice_line_items", walk, [LINE])
    ledger.settle(raw, [partition_of(older, newer)], [newer])
    assert rows(raw, "_walk_id", "invoice_line_items") == [("000002-x",)]


def test_a_partition_that_became_empty_leaves_no_rows(raw: duckdb.DuckDBPyConnection) -> None:
    older = walk_of("invoice_line_items", PLACE, totals=totals())
    add_rows(raw, "invoice_line_items", older, [LINE])
    ledger.settle(raw, [partition_of(older)], [older])
    empty = walk_of("invoice_line_items", PLACE, 2)
    ledger.settle(raw, [partition_of(older, empty)], [empty])
    assert rows(raw, "_walk_id", "invoice_line_items") == []
    assert rows(raw, "walk_sequence, row_count", "load_ledger") == [(2, 0)]


def test_rows_of_no_partition_are_removed(raw: duckdb.DuckDBPyConnection) -> None:
    add_rows(raw, "invoice_line_items", walk_of("invoice_line_items", {**PLACE, "invoice_id": "gone"}), [LINE])
    ledger.settle(raw, [], [])
    assert rows(raw, "_walk_id", "invoice_line_items") == []


def test_only_what_is_not_loaded_yet_is_pending(raw: duckdb.DuckDBPyConnection) -> None:
    lines = [walk_of("invoice_line_items", PLACE, number) for number in (1, 2, 3)]
    orders = [walk_of("orders", {"customer_id": "c"}, number) for number in (1, 2)]
    readings = [walk_of("invoice_summary", {}, number) for number in (1, 2)]
    everything = [partition_of(*walks) for walks in (lines, orders, readings)]
    pending = ledger.pending_walks(raw, everything)
    # Of lines the newest alone; of orders each reading in turn; of balances each for itself.
    assert [(walk.raw_partition, walk.manifest.sequence) for walk in pending] == [
        ("invoice_summary/000001-x", 1),
        ("orders/c", 1),
        ("invoice_summary/000002-x", 2),
        ("orders/c", 2),
        ("invoice_line_items/G1/onetime/billing", 3),
    ]
    ledger.settle(raw, everything, pending)
    assert ledger.pending_walks(raw, everything) == []


def test_every_reading_of_a_balance_stays(raw: duckdb.DuckDBPyConnection) -> None:
    readings = [walk_of("invoice_summary", {}, number) for number in (1, 2)]
    for walk in readings:
        add_rows(raw, "invoice_summaries", walk, [])
    ledger.settle(raw, [partition_of(*readings)], readings)
    assert [row[0] for row in rows(raw, "partition_id", "load_ledger")] == [walk.raw_partition for walk in readings]


def test_stale_and_missing_partitions_are_named_with_their_reason(raw: duckdb.DuckDBPyConnection) -> None:
    failure = Failure("2026-10-15T09:00:00+00:00", "refused", 403)
    stale = partition_of(walk_of("orders", {"customer_id": "c"}), failure=failure)
    missing = Partition("orders", {"customer_id": "d"}, "orders/d", failure=failure)
    ledger.settle(raw, [stale, missing], [])
    assert ledger.unread_partitions(raw) == [("orders/c", "stale", "refused"), ("orders/d", "missing", "refused")]


def test_an_order_that_the_list_shows_is_no_longer_missing(raw: duckdb.DuckDBPyConnection) -> None:
    failure = Failure("2026-10-15T09:00:00+00:00", "refused", 403)
    alone = {"customer_id": "c", "order_id": "o1"}
    missing = Partition("orders_by_id", alone, "orders_by_id/c/o1", failure=failure)
    stale = partition_of(walk_of("orders_by_id", {**alone, "order_id": "o2"}), failure=failure)
    ledger.settle(raw, [missing, stale], [])
    assert len(ledger.unread_partitions(raw)) == 2
    listed = walk_of("orders", {"customer_id": "c"}, totals={"orders": {"": {"rows": "2"}}})
    add_rows(raw, "orders", listed, [{"id": "o1"}, {"id": "o2"}])
    ledger.settle(raw, [partition_of(listed), missing, stale], [listed])
    assert ledger.unread_partitions(raw) == []


def test_the_digest_changes_with_content_and_state_and_not_with_time(raw: duckdb.DuckDBPyConnection) -> None:
    def digest(*walks: Any, failure: Failure | None = None) -> str:
        ledger.settle(raw, [partition_of(*walks, failure=failure)], [])
        return ledger.ledger_digest(raw)

    first, second = (walk_of("customers", {}, number) for number in (1, 2))
    later = walk_of("customers", {}, 1, read_at="2026-10-20T09:00:00+00:00")
    assert digest(first) == digest(later)
    assert len({digest(first), digest(first, second), digest(first, failure=Failure("t", "r"))}) == 3


def test_a_ledger_of_another_version_is_made_anew_so_that_everything_is_loaded_again() -> None:
    with raw_tables() as connection:
        connection.execute(f"alter table {DATASET}.load_ledger drop column period")
        connection.execute(f"insert into {DATASET}.load_ledger (partition_id, walk_sequence) values ('orders/c', 3)")
        ledger.make_tables(connection)
        assert rows(connection, "*", "load_ledger") == []
        connection.execute(f"select period from {DATASET}.load_ledger")


def test_a_ledger_of_this_version_stays(raw: duckdb.DuckDBPyConnection) -> None:
    raw.execute(f"insert into {DATASET}.load_ledger (partition_id) values ('orders/c')")
    ledger.make_tables(raw)
    assert rows(raw, "partition_id", "load_ledger") == [("orders/c",)]


def test_sums_of_daily_usage_are_compared_to_the_last_digit(raw: duckdb.DuckDBPyConnection) -> None:
    values = {"invoice_id": "G1", "provider": "onetime", "line_item_type": "usage", "currency": "EUR"}
    rated = "0.486031696515249100000001"
    measures = {"EUR": {"rows": "1", "billing_pre_tax_total": rated}}
    walk = walk_of("daily_rated_usage", values, totals={"daily_rated_usage": measures})
    day = {"billing_pre_tax_total": Decimal(rated), "billing_currency": "EUR"}
    add_rows(raw, "daily_rated_usage", walk, [day])
    ledger.settle(raw, [partition_of(walk)], [walk])
    assert ("EUR", "billing_pre_tax_total", Decimal(rated)) in rows(
        raw, "currency, measure, amount", "load_control_totals"
    )
    assert rows(raw, "invoice_id, currency", "load_ledger") == [("G1", "EUR")]
