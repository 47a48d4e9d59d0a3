"""With --json every command of a real desk prints one document on stdout, exact to the last digit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.sandbox import World
from tests.end_to_end.desk import Desk, copy_of, open_desk

MONTH = "2026-09"
# Names of amounts: what stands under them is text, or null where it is not known.
MONEY = re.compile(r"(^|_)(amount|total|price|subtotal|debits|credits|booked|rounding)$")


@pytest.fixture(scope="module")
def desk(finished: Desk, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(world, copy_of(finished, tmp_path_factory.mktemp("documents"))) as mine:
        yield mine


def document(desk: Desk, *arguments: str, code: int | None = 0, **settings: str) -> dict[str, Any]:
    """The one document that a command prints."""
    done = desk.recon(*arguments, "--json", **settings)
    found: dict[str, Any] = json.loads(done.stdout, parse_float=_no_float)
    assert list(found)[:2] == ["command", "exit_code"]
    assert found["exit_code"] == done.returncode
    assert code is None or done.returncode == code, done.stderr
    assert found["command"] == " ".join(arguments[:2] if arguments[0] == "catalog" else arguments[:1])
    assert list(inexact(found)) == []
    return found


def _no_float(text: str) -> float:
    raise AssertionError(f"{text} is a number with a fraction: it lost digits")


def inexact(value: Any, name: str = "") -> Iterator[str]:
    """Amounts that are no exact text."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from inexact(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from inexact(one, name)
    elif MONEY.search(name) and not (value is None or (isinstance(value, str) and Decimal(value).is_finite())):
        yield f"{name}={value!r}"


def test_looking_at_the_published_result(desk: Desk) -> None:
    checked = document(desk, "check", code=1)
    assert {row["currency"] for row in checked["periods"]} >= {"USD", "EUR", "JPY"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", checked["as_of"])
    break_id = desk.published("select break_id from marts.fct_breaks where at_risk_amount > 0 order by 1 limit 1")[0][
        0
    ]
    assert document(desk, "explain", break_id)["explanations"]
    asked = document(desk, "sql", "select invoice_id, total_charges from marts.fct_invoices order by 1 limit 2")
    assert asked["columns"] == ["invoice_id", "total_charges"]
    assert all(isinstance(cell, str) for row in asked["rows"] for cell in row)
    assert document(desk, "doctor", "--offline", code=None)["findings"]


def test_the_end_of_a_month(desk: Desk, tmp_path: Path) -> None:
    accrued = document(desk, "accruals")
    assert Path(accrued["journal"]).exists()
    assert accrued["totals"]
    disputed = document(desk, "disputes", "--out", str(tmp_path / "disputes"))
    assert all(Path(letter).exists() for letter in disputed["letters"])
    assert sum(one["count"] for one in disputed["totals"]) == len(disputed["letters"])
    note = tmp_path / "notes.csv"
    break_id = desk.published("select break_id from marts.fct_breaks order by 1 limit 1")[0][0]
    note.write_text(f"break_id,status,comment\n{break_id},acknowledged,seen\n")
    assert document(desk, "annotate", str(note))["noted"] == 1
    closed = document(desk, "close", MONTH, "--currency", "JPY", "--with-open-breaks", "for this test")
    assert closed["currencies"] == ["JPY"]
    assert Path(closed["folder"]).is_dir()
    assert document(desk, "reopen", MONTH, "--reason", "for this test")["currencies"] == ["JPY"]


def test_reading_the_api(desk: Desk) -> None:
    loaded = document(desk, "load", "customers", code=None)
    assert loaded["read"]["failed_count"] == 0
    listed = document(desk, "catalog", "products", "--country", "US", "--view", "Azure")
    assert listed["items"]
    assert document(desk, "statements", desk.published("select min(invoice_id) from marts.fct_invoices")[0][0])[
        "documents"
    ]


def test_a_failure_is_a_document_too(desk: Desk) -> None:
    for arguments, kind, code in (
        (["explain", "no-such-thing"], "UsageError", 4),
        (["close", "2031-01"], "UsageError", 4),
        (["sql", "select nothing"], "UsageError", 4),
    ):
        error = document(desk, *arguments, code=code)["error"]
        assert error["kind"] == kind
        assert error["message"]
        assert error["next_step"]
    refused = document(desk, "load", code=3, SOURCES__PARTNER_CENTER__CLIENT_SECRET="wrong-secret")["error"]
    assert refused["kind"] == "NotAuthorized"
    assert "recon doctor" in refused["next_step"]
