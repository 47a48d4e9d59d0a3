"""Closing a month: what is refused, what is kept, and that closed numbers never change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.closed_months import closed_readings, closings, closings_digest, reopen
from pipelines.closing import Closed, close, closed_lines
from pipelines.errors import UsageError
from pipelines.files import sha256_of
from pipelines.history import offer_memory
from pipelines.warehouse import Folders, open_published
from tests.published_marts import LONG_AMOUNT, publish_example

NOW = datetime(2026, 9, 16, 9, tzinfo=UTC)
WHY = {"reason": "a credit came", "reopened_by": "ben", "reopened_at": NOW.isoformat()}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(publish_example(tmp_path / "data"))


def closed(folders: Folders, month: str = "2026-09", currency: str | None = "USD", **more: Any) -> Closed:
    return close(folders, month, currency, closed_by="ana", closed_at=NOW, **more)


def certificate(done: Closed) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((done.folder / "certificate.json").read_text())
    return found


def told(folders: Folders) -> list[str]:
    with open_published(folders) as connection:
        return list(closed_lines(folders, connection))


def change(folders: Folders, statement: str) -> None:
    with duckdb.connect(str(folders.published)) as connection:
        connection.execute(statement)


def test_a_certificate_says_who_when_and_what_to_the_last_digit(folders: Folders) -> None:
    found = certificate(closed(folders))
    assert (found["closed_by"], found["closed_at"], found["as_of"]) == (
        "ana",
        NOW.isoformat(),
        "2026-09-15T06:00:00Z",
    )
    assert (found["month"], found["currencies"], found["generation"]) == ("2026-09", ["USD"], 7)
    assert (found["objections"], found["reason"]) == ([], None)
    assert found["numbers"]["USD"]["verdict"] == "clean"
    assert Decimal(found["numbers"]["USD"]["documents_amount"]) == Decimal(LONG_AMOUNT)
    assert found["versions"]["program"]


def test_every_file_of_the_evidence_is_named_with_its_hash_and_rows(folders: Folders) -> None:
    done = closed(folders)
    named = certificate(done)["evidence"]
    assert {file.name for file in done.folder.iterdir()} == {"certificate.json", *named}
    for name, about in named.items():
        assert sha256_of((done.folder / name).read_bytes()) == about["sha256"]
    assert named["fct_invoice_lines.parquet"]["rows"] == 1
    assert pq.read_table(done.folder / "fct_order_items.parquet").column("order_id").to_pylist() == ["o4"]


def test_the_workbook_keeps_ids_as_text_and_amounts_to_the_last_digit(folders: Folders) -> None:
    change(folders, "update marts.fct_invoice_lines set order_id = '00012345' where invoice_line_id = 'l7'")
    done = closed(folders)
    with ZipFile(done.folder / "2026-09.xlsx") as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name)
    assert "<t>00012345</t>" in sheets
    assert f"<t>{LONG_AMOUNT}</t>" in sheets


@pytest.mark.parametrize(
    ("month", "currency", "reason"),
    [
        ("2026-09", "EUR", "EUR has 1 open charge_without_order; EUR has 1 open line_total; EUR has 1 open price_ch"),
        ("2026-09", "JPY", "JPY is not reconciled; JPY has 1 open not_compared"),
        ("2026-10", "EUR", "EUR is not due before 2026-10-11"),
        ("2026-09", None, "EUR has 1 open.*JPY is not reconciled"),
        ("2025-01", None, "there is nothing for 2025-01"),
        ("2026-09", "GBP", "there is nothing for 2026-09 in GBP"),
        ("2026-9", None, "`2026-9` is not a month"),
    ],
)
def test_a_month_that_is_not_finished_is_refused_with_what_speaks_against_it(
    folders: Folders, month: str, currency: str | None, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        closed(folders, month, currency)
    assert not folders.closed.exists()


def test_a_disputed_break_with_a_comment_lets_its_month_be_closed(folders: Folders) -> None:
    grave = "update marts.fct_breaks set status = 'disputed', comment = '{}' where period = '2026-09'"
    change(folders, grave.format(" "))
    with pytest.raises(UsageError, match="open line_total"):
        closed(folders, currency="EUR")
    change(folders, grave.format("asked the vendor"))
    assert closed(folders, currency="EUR").currencies == ("EUR",)


def test_a_reason_closes_it_all_the_same_and_is_kept_with_what_spoke_against_it(folders: Folders) -> None:
    found = certificate(closed(folders, currency="JPY", with_open_breaks="orders are unreadable until May"))
    assert found["reason"] == "orders are unreadable until May"
    assert found["objections"] == ["JPY is not reconciled", "JPY has 1 open not_compared"]


def test_a_closed_month_is_not_closed_again_until_it_was_reopened(folders: Folders) -> None:
    first = closed(folders)
    with pytest.raises(UsageError, match="2026-09 is closed in USD already; `recon reopen 2026-09`"):
        closed(folders)
    assert reopen(folders, "2026-09", None, WHY) == ["USD"]
    second = closed(folders)
    assert [first.folder.name, second.folder.name] == ["1", "2"]
    assert [one.reopened for one in closings(folders)] == [
        {"USD": {"month": "2026-09", "currency": "USD", **WHY}},
        {},
    ]


def test_what_is_not_closed_cannot_be_reopened(folders: Folders) -> None:
    with pytest.raises(UsageError, match="2026-09 is not closed"):
        reopen(folders, "2026-09", None, WHY)


def test_closed_numbers_stay_and_what_moved_since_is_named(folders: Folders) -> None:
    done = closed(folders)
    before = (done.folder / "certificate.json").read_bytes()
    assert told(folders) == [
        "USD 2026-09: closed 2026-09-16 by ana (generation 7); today's numbers equal the closed ones"
    ]
    change(folders, "update marts.fct_reconciliation set charges_count = 2 where currency = 'USD'")
    assert told(folders)[0].endswith("today's numbers differ from the closed ones: charges_count 1 -> 2")
    assert (done.folder / "certificate.json").read_bytes() == before


def test_what_is_new_since_a_closing_is_named_as_well(folders: Folders) -> None:
    """A break that was accepted since changes no count of what is open, and has no number of then."""
    closed(folders)
    change(
        folders,
        "insert into marts.fct_breaks by name select * replace ('b9' as break_id, 'USD' as currency, "
        "'accepted' as status, false as is_primary, 'closed_invoice_restated' as break_code) "
        "from marts.fct_breaks where break_id = 'b6'",
    )
    new = ("closed_invoice_restated_count none -> 1", "closed_invoice_restated_at_risk none -> 0")
    assert told(folders)[0].endswith(f"differ from the closed ones: {', '.join(new)}")


@pytest.fixture
def uncompared_for_months(folders: Folders) -> Folders:
    """Two months of a customer who could not be compared are one break, of no month."""
    change(folders, "update marts.fct_breaks set period = null, at_risk_amount = 150000 where break_id = 'b6'")
    # The other charges of the month are many, so that the verdict alone would not speak.
    change(folders, "update marts.fct_reconciliation set verdict = 'breaks' where currency = 'JPY'")
    return folders


def test_a_customer_uncompared_for_months_speaks_against_closing_each(uncompared_for_months: Folders) -> None:
    with pytest.raises(UsageError, match="JPY has 1 open not_compared"):
        closed(uncompared_for_months, currency="JPY")


def test_a_customer_uncompared_for_months_is_certified_with_the_charges_of_the_month(
    uncompared_for_months: Folders,
) -> None:
    done = closed(uncompared_for_months, currency="JPY", with_open_breaks="orders are unreadable until May")
    found = certificate(done)["numbers"]["JPY"]
    assert (found["not_compared_count"], found["not_compared_at_risk"]) == ("1", "120000")
    assert pq.read_table(done.folder / "fct_breaks.parquet").column("break_id").to_pylist().count("b6") == 1


def test_the_rules_are_given_the_readings_that_closed_numbers_stand_on(folders: Folders) -> None:
    closed(folders)
    with duckdb.connect() as connection:
        offer_memory(connection, folders)
        rows = connection.execute("select * from recon_memory.closed_readings").fetchall()
    assert rows == [
        ("invoice_line_items/G-USD-9/onetime/billing", "000001-abcdef", "2026-09", NOW.replace(tzinfo=None))
    ]
    digest = closings_digest(folders)
    reopen(folders, "2026-09", "USD", WHY)
    assert closed_readings(folders) == []
    assert closings_digest(folders) != digest


def test_everything_that_is_kept_is_for_its_owner_only(folders: Folders) -> None:
    done = closed(folders)
    assert all(not file.stat().st_mode & 0o077 for file in done.folder.iterdir())


def test_a_closing_that_was_stopped_does_not_exist(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.closing.write_workbook", stop)
        with pytest.raises(KeyboardInterrupt):
            closed(folders)
    assert list(folders.closed.iterdir()) == []
    assert closed(folders).folder.name == "1"
