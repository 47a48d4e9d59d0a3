"""Which lines of a document are gone or new since an earlier reading: exactly those, each where it lies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.document_readings import TOTALS, note_readings
from pipelines.landing import Landing, Manifest
from pipelines.line_changes import LINE_CHANGES, VERSION, note_line_changes
from pipelines.money import money_text
from pipelines.partner_center.source import DATASET

Line = Mapping[str, object]

HERE = {"invoice_id": "G1", "provider": "onetime", "line_item_type": "billing"}
BOOK: Line = {"customerId": "A-1", "orderId": "o1", "productId": "P", "skuId": "0001", "chargeType": "new"}
BOOK = {**BOOK, "currency": "EUR", "quantity": 1, "subtotal": 10, "taxTotal": "1.9", "totalForCustomer": 11.9}
PEN: Line = {**BOOK, "skuId": "0002", "subtotal": 2, "taxTotal": 0, "totalForCustomer": 2}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(f"create schema {DATASET}")
        yield opened


def land(
    landing: Landing,
    sequence: int,
    *pages: Sequence[Line],
    endpoint: str = "invoice_line_items",
    partition: Mapping[str, str] = HERE,
) -> str:
    """A complete reading of some pages of lines; its id."""
    walk = landing.open_walk(endpoint, partition)
    walk_id = f"{sequence:06d}-abcdef"
    lines = [line for page in pages for line in page]
    for page in pages:
        body = json.dumps({"totalCount": len(lines), "items": list(page)}).encode()
        walk.add_page(body, item_count=len(page), announced=len(lines), repeats_page=None, request_id=None)
    wire = {"azure_line_items": "postTaxTotal"}.get(endpoint, "totalForCustomer")
    total = sum((Decimal(str(line[wire])) for line in lines), Decimal(0))
    measures = {"rows": str(len(lines)), TOTALS[endpoint]: money_text(total)}
    walk.complete(
        Manifest(
            endpoint=endpoint,
            partition=dict(partition),
            partition_id="/".join([endpoint, *partition.values()]),
            walk_id=walk_id,
            sequence=sequence,
            read_at=f"2026-10-1{sequence}T09:00:00+00:00",
            source_api="v1",
            content_hash=str(sequence),
            item_count=len(lines),
            totals={endpoint: {"EUR": measures}},
            pages=walk.pages,
            correlation_id="",
        )
    )
    return walk_id


def noted(landing: Landing, connection: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[object, ...]]:
    note_readings(connection, landing, landing.partitions())
    note_line_changes(connection, landing, landing.partitions())
    return connection.execute(f"select {columns} from {DATASET}.{LINE_CHANGES} order by all").fetchall()


def test_a_line_that_is_gone_and_one_that_is_new_are_told_with_all_that_they_say(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    landing = Landing(tmp_path)
    first = land(landing, 1, [BOOK], [PEN, PEN])
    second = land(landing, 2, [PEN, {**BOOK, "orderId": "o2"}], [PEN])
    found = noted(
        landing,
        connection,
        "change, walk_id, page, item, former_walk_id, newest_walk_id, invoice_id, provider, line_item_type, endpoint",
    )
    about = ("G1", "onetime", "billing", "invoice_line_items")
    assert found == [
        ("added", second, 1, 2, first, second, *about),
        ("removed", first, 1, 1, first, second, *about),
    ]
    said = "customer_id, order_id, product_id, sku_id, charge_type, currency, quantity, subtotal, tax_total, total"
    amounts = (Decimal(1), Decimal(10), Decimal("1.9"), Decimal("11.9"))
    assert noted(landing, connection, said) == [
        ("A-1", order, "P", "0001", "new", "EUR", *amounts) for order in ("o1", "o2")
    ]


def test_of_equal_lines_only_as_many_are_gone_or_new_as_their_number_says(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    """The last of them, as none is more itself than the others."""
    landing = Landing(tmp_path)
    land(landing, 1, [PEN, BOOK, PEN], [PEN])
    land(landing, 2, [BOOK, PEN], [BOOK])
    assert noted(landing, connection, "change, page, item, sku_id") == [
        ("added", 2, 1, "0001"),
        ("removed", 1, 3, "0002"),
        ("removed", 2, 1, "0002"),
    ]


def test_order_spelling_and_the_cut_of_pages_make_no_line_new(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    landing = Landing(tmp_path)
    land(landing, 1, [BOOK], [PEN])
    respelt = {**BOOK, "customerId": "org:a-1", "chargeType": "New", "subtotal": "10.00", "productName": "A book"}
    land(landing, 2, [PEN, respelt])
    assert noted(landing, connection, "*") == []
    land(landing, 3, [respelt])
    # Against both former readings, so that either can be the one that a month was closed on.
    assert noted(landing, connection, "former_walk_id, change, page, item, sku_id") == [
        ("000001-abcdef", "removed", 2, 1, "0002"),
        ("000002-abcdef", "removed", 1, 1, "0002"),
    ]


def test_a_reading_without_lines_and_content_that_is_back_have_nothing_to_list(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    landing = Landing(tmp_path)
    land(landing, 1, [])
    land(landing, 2, [BOOK])
    assert noted(landing, connection, "*") == []
    land(landing, 3, [])
    assert noted(landing, connection, "former_walk_id, change") == [("000002-abcdef", "removed")]
    land(landing, 4, [BOOK])
    assert noted(landing, connection, "*") == []


def test_known_pairs_are_not_read_again_and_a_rebuild_and_an_earlier_moment_give_the_same(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    landing = Landing(tmp_path)
    land(landing, 1, [BOOK])
    land(landing, 2, [BOOK, PEN])
    then = noted(landing, connection, "*")
    land(landing, 3, [PEN])
    now = noted(landing, connection, "*")
    assert then != now
    with duckdb.connect() as anew:
        anew.execute(f"create schema {DATASET}")
        assert noted(landing, anew, "*") == now
    with duckdb.connect() as earlier:
        earlier.execute(f"create schema {DATASET}")
        known = Landing(tmp_path, known_at=datetime.fromisoformat("2026-10-12T10:00:00+00:00"))
        assert noted(known, earlier, "*") == then
    for page in landing.partition_folder("invoice_line_items", HERE).glob("*/page-*"):
        page.unlink()
    assert noted(landing, connection, "*") == now


@pytest.mark.parametrize(
    "older",
    [
        f"update {DATASET}.{LINE_CHANGES} set version = '0', order_id = 'x'",
        f"drop table {DATASET}.{LINE_CHANGES}",
        f"alter table {DATASET}.{LINE_CHANGES} drop column tax_total",
    ],
)
def test_what_another_version_wrote_is_made_again(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, older: str
) -> None:
    landing = Landing(tmp_path)
    land(landing, 1, [BOOK])
    land(landing, 2, [PEN])
    before = noted(landing, connection, "*")
    connection.execute(older)
    assert noted(landing, connection, "*") == before
    assert connection.execute(f"select distinct version from {DATASET}.{LINE_CHANGES}").fetchall() == [(VERSION,)]


LICENCE: Line = {
    "customerId": "A-1",
    "orderId": 567735045559164136,
    "offerId": "OF",
    "durableOfferId": "DU",
    "chargeType": "Purchase fee",
    "quantity": 3,
    "subtotal": 12,
    "tax": 1,
    "totalForCustomer": 13,
    "currency": "EUR",
}
USAGE: Line = {
    "customerId": "A-1",
    "orderId": "7",
    "resourceGuid": "RG",
    "sku": "7UD",
    "consumedQuantity": "2.5",
    "pretaxCharges": 12,
    "taxAmount": 1,
    "postTaxTotal": 13,
    "chargeType": "Usage",
    "currency": "EUR",
}


@pytest.mark.parametrize(
    ("endpoint", "provider", "line", "said"),
    [
        ("office_line_items", "office", LICENCE, ("567735045559164136", "DU", None, Decimal(3))),
        ("office_line_items", "office", {**LICENCE, "durableOfferId": ""}, ("567735045559164136", "OF", None, 3)),
        ("azure_line_items", "azure", USAGE, ("7", "RG", "7UD", Decimal("2.5"))),
    ],
)
def test_lines_of_the_former_platform_are_told_under_the_same_names(
    tmp_path: Path,
    connection: duckdb.DuckDBPyConnection,
    endpoint: str,
    provider: str,
    line: Line,
    said: tuple[object, ...],
) -> None:
    landing, partition = Landing(tmp_path), {**HERE, "provider": provider}
    land(landing, 1, [line, line], endpoint=endpoint, partition=partition)
    land(landing, 2, [line], endpoint=endpoint, partition=partition)
    assert noted(
        landing, connection, "change, item, order_id, product_id, sku_id, quantity, subtotal, tax_total, total"
    ) == [("removed", 2, *said, 12, 1, 13)]
