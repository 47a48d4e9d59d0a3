"""What earlier readings of a document's lines held, and that only business makes two of them differ."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.document_readings import READINGS, fingerprint, note_readings
from pipelines.gate import Totals
from pipelines.landing import Landing, Manifest
from pipelines.partner_center.contract import MONEY_TYPE
from pipelines.partner_center.source import DATASET

HERE = {"invoice_id": "G1", "provider": "onetime", "line_item_type": "billing"}
NAME = "invoice_line_items/G1/onetime/billing"


def lines(*rows: dict[str, object]) -> pa.Table:
    schema = pa.schema(
        [
            *((name, pa.string()) for name in ("customer_id", "charge_type", "charge_start_date", "product_name")),
            ("subtotal", MONEY_TYPE),
            ("tax_total", MONEY_TYPE),
        ]
    )
    return pa.Table.from_pylist([{**ROW, **row} for row in rows], schema=schema)


ROW: dict[str, object] = {
    "customer_id": "A-1",
    "charge_type": "cancelImmediate",
    "charge_start_date": "2026-08-01T00:00:00Z",
    "subtotal": Decimal("10.50"),
    "tax_total": Decimal(0),
}


@pytest.mark.parametrize(
    "row",
    [
        {"customer_id": "org:a-1"},
        {"charge_type": "Cancel_Immediate"},
        {"charge_start_date": "2026-08-01T00:00:00.0000000Z"},
        {"charge_start_date": "2026-08-01T02:00:00+02:00"},
        {"subtotal": Decimal("10.5000")},
        {"tax_total": None},
        {"product_name": "called otherwise now"},
    ],
)
def test_another_spelling_is_the_same_content(row: dict[str, object]) -> None:
    with duckdb.connect() as connection:
        assert fingerprint(connection, lines(row)) == fingerprint(connection, lines({}))


@pytest.mark.parametrize(
    "row", [{"subtotal": Decimal("10.51")}, {"customer_id": "a-2"}, {"charge_start_date": "2026-08-02T00:00:00Z"}]
)
def test_another_amount_customer_or_day_is_another_content(row: dict[str, object]) -> None:
    with duckdb.connect() as connection:
        assert fingerprint(connection, lines(row)) != fingerprint(connection, lines({}))


def test_the_order_of_lines_says_nothing_and_their_number_does() -> None:
    one, other = {"subtotal": Decimal(1)}, {"subtotal": Decimal(2)}
    with duckdb.connect() as connection:
        assert fingerprint(connection, lines(one, other)) == fingerprint(connection, lines(other, one))
        assert fingerprint(connection, lines(one, one)) != fingerprint(connection, lines(one))


def read(landing: Landing, sequence: int, subtotal: str) -> None:
    """A reading of one line."""
    walk = landing.open_walk("invoice_line_items", HERE)
    row = f'{{"customerId": "a", "subtotal": {subtotal}, "totalForCustomer": {subtotal}, "currency": "EUR"}}'
    body = f'{{"totalCount": 1, "items": [{row}]}}'.encode()
    walk.add_page(body, item_count=1, announced=1, repeats_page=None, request_id=None)
    totals: Totals = {"invoice_line_items": {"EUR": {"rows": "1", "total_for_customer": subtotal}}}
    walk.complete(
        Manifest(
            endpoint="invoice_line_items",
            partition=HERE,
            partition_id=NAME,
            walk_id=f"{sequence:06d}-abcdef",
            sequence=sequence,
            read_at=f"2026-10-1{sequence}T09:00:00+00:00",
            source_api="v1",
            content_hash=str(sequence),
            item_count=1,
            totals=totals,
            pages=walk.pages,
            correlation_id="",
        )
    )


def noted(landing: Landing, connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    connection.execute(f"create schema if not exists {DATASET}")
    note_readings(connection, landing, landing.partitions())
    return connection.execute(
        f"select walk_sequence, currency, row_count, cast(total_amount as varchar), fingerprint is not null "
        f"from {DATASET}.{READINGS} order by 1"
    ).fetchall()


def test_every_reading_is_kept_and_pages_are_read_only_where_two_can_be_compared(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    with duckdb.connect() as connection:
        read(landing, 1, "5.00")
        assert noted(landing, connection) == [(1, "EUR", 1, "5.000000000000", False)]
        read(landing, 2, "6.00")
        both = [(1, "EUR", 1, "5.000000000000", True), (2, "EUR", 1, "6.000000000000", True)]
        assert noted(landing, connection) == both
        # The second time nothing has to be read.
        for page in landing.partition_folder("invoice_line_items", HERE).glob("*/page-*"):
            page.unlink()
        assert noted(landing, connection) == both
