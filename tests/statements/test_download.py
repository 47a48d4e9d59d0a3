"""Statements come once, whole, under names of our own; what cannot be had is named and the others go on."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import PageContractBroken, RequestRefused, SettingsError, UsageError
from pipelines.landing import Landing
from pipelines.load import apply_landing, rebuild
from pipelines.sandbox import Faults, SandboxApp, World, build_world
from pipelines.sandbox.facts import Document
from pipelines.sandbox.pdf import picture_page, text_page
from pipelines.sandbox.statements import misprint_of, receipts_of, statement_pdf, statement_truth
from pipelines.statements.download import Fetched, download
from pipelines.statements.kept import file_name, keep
from pipelines.statements.pdf_files import check_pdf, read_pdf
from pipelines.warehouse import Folders
from tests.sandboxed import DEFAULT_CLOCK, Silent, client_of, folders_in, rows_of


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.01)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return folders_in(tmp_path)


def fetch(folders: Folders, app: SandboxApp, *invoices: str, days: int = 0, user: bool = True) -> list[Fetched]:
    with client_of(app, user=user) as client:
        now = DEFAULT_CLOCK + timedelta(days=days)
        return download(client, Landing(folders.landing), folders.statements, now, Silent(), invoices)


def issued(world: World, currency: str = "USD") -> list[Document]:
    """Documents of a currency that the list shows."""
    return [one for one in world.documents if one.at <= DEFAULT_CLOCK and one.currency == currency]


def test_all_documents_come_newest_first_and_only_once(world: World, folders: Folders) -> None:
    app = SandboxApp(world)
    first, counted = fetch(folders, app), dict(app.counts)
    dates = {one.id: one.at.date() for one in world.documents}
    order = [dates[one.invoice_id] for one in first]
    assert order == sorted(order, reverse=True)
    assert {one.result for one in first} == {"new"}
    again = fetch(folders, app)
    assert {one.result for one in again} == {"same"}
    route = "invoices/{id}/documents/statement"
    assert app.counts[route] == counted[route] == len({one.invoice_id for one in first})


@pytest.mark.parametrize("quirks", [True, False])
def test_every_total_is_read_to_the_cent(world: World, folders: Folders, quirks: bool) -> None:
    fetched = {
        one.invoice_id: one.file for one in fetch(folders, SandboxApp(world, quirks=quirks)) if not one.receipt_id
    }
    for document in world.documents:
        if document.at <= DEFAULT_CLOCK:
            file = fetched[document.id]
            assert file is not None
            expected = document.total_charges + misprint_of(world, document)
            assert (file.printed_total, file.currency) == (expected, document.currency)


def test_the_totals_that_differ_are_those_that_the_sandbox_planted(world: World, folders: Folders) -> None:
    headers = {one.id: one.total_charges for one in world.documents}
    found = {}
    for one in fetch(folders, SandboxApp(world)):
        if one.file and one.file.printed_total is not None and one.file.printed_total != headers[one.invoice_id]:
            found[one.invoice_id] = abs(one.file.printed_total - headers[one.invoice_id])
    assert found == {one.invoice_id: one.at_risk_amount for one in statement_truth(world, DEFAULT_CLOCK)}


def test_files_are_named_by_us_and_readable_by_their_owner_only(world: World, folders: Folders) -> None:
    """The API claims JSON and suggests a path out of the folder."""
    document = issued(world, "JPY")[0]
    fetched = fetch(folders, SandboxApp(world), document.id)
    receipt = receipts_of(document)[0]
    assert sorted(os.listdir(folders.statements)) == sorted(
        [f"{document.id}.pdf", f"{document.id}.receipt-{receipt}.pdf"]
    )
    path = folders.statements / f"{document.id}.pdf"
    assert path.read_bytes() == statement_pdf(world, document, True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert folders.statements.stat().st_mode & 0o777 == 0o700
    kept = {one.receipt_id: one.file for one in fetched}
    assert kept[receipt] is not None
    assert kept[receipt].printed_total is None


@pytest.mark.parametrize("bad", ["../G1", "", "G/1", "G 1", ".hidden", "G" * 65, "G\x001"])
def test_an_id_that_could_leave_the_folder_is_no_file_name(bad: str) -> None:
    with pytest.raises(RequestRefused, match="file name"):
        file_name(bad, "", 1)


def test_a_document_that_changed_is_fetched_again_beside_the_old_file(world: World, folders: Folders) -> None:
    document = issued(world)[0]
    fetch(folders, SandboxApp(world), document.id)
    before = (folders.statements / f"{document.id}.pdf").read_bytes()
    newer = SandboxApp(_with_total(world, document))
    fetched = fetch(folders, newer, document.id)
    assert [one.file.file for one in fetched if one.file] == [f"{document.id}.v2.pdf"]
    assert (folders.statements / f"{document.id}.pdf").read_bytes() == before
    assert [one.result for one in fetch(folders, newer, document.id)] == ["same"]


def test_an_equal_file_is_no_new_version(folders: Folders) -> None:
    """A call that was killed between the file and its landing finds its own file again."""
    assert keep(folders.statements, b"one", "G1", "", 0) == ("G1.pdf", 1)
    assert keep(folders.statements, b"one", "G1", "", 0) == ("G1.pdf", 1)
    assert keep(folders.statements, b"two", "G1", "", 0) == ("G1.v2.pdf", 2)
    assert keep(folders.statements, b"two", "G1", "", 1) == ("G1.v2.pdf", 2)


def test_a_file_that_was_removed_or_cut_comes_again(world: World, folders: Folders) -> None:
    document = issued(world)[0]
    fetch(folders, SandboxApp(world), document.id)
    path = folders.statements / f"{document.id}.pdf"
    path.unlink()
    assert [one.result for one in fetch(folders, SandboxApp(world), document.id)] == ["new"]
    assert path.exists()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("truncated_statements", "no end"),
        ("html_statements", "Please sign in"),
        ("error_statements", "not ready"),
    ],
)
def test_what_is_no_whole_pdf_is_named_and_the_others_go_on(
    world: World, folders: Folders, fault: str, says: str
) -> None:
    bad, good = (one.id for one in issued(world)[:2])
    faults: dict[str, Any] = {fault: (bad,)}
    app = SandboxApp(world, faults=Faults(**faults))
    found = {one.invoice_id: one for one in fetch(folders, app, bad, good)}
    assert (found[bad].result, found[good].result) == ("failed", "new")
    assert says in (found[bad].reason or "")
    assert os.listdir(folders.statements) == [f"{good}.pdf"]
    # An error in JSON is an answer; damage is asked for again, since another attempt may mend it.
    calls = sum(f"/{bad}/documents/" in str(call["path"]) for call in app.recent)
    assert calls == (1 if fault == "error_statements" else 6)
    assert [one.result for one in fetch(folders, SandboxApp(world), bad)] == ["new"]


def test_a_picture_is_kept_and_not_read(world: World, folders: Folders) -> None:
    document = issued(world)[0]
    fetched = fetch(folders, SandboxApp(world, faults=Faults(picture_statements=(document.id,))), document.id)
    file = fetched[0].file
    assert file is not None
    assert (file.printed_total, file.page_count, file.not_read_reason) == (None, 1, "there is no text in the PDF")


def test_passing_faults_cost_attempts_and_no_document(world: World, folders: Folders) -> None:
    faults = Faults(
        throttle_every=7, server_error_every=5, reset_every=11, short_body_every=13, truncated_json_every=6
    )
    fetched = fetch(folders, SandboxApp(world, faults=faults))
    assert {one.result for one in fetched} == {"new"}


def test_the_reading_lands_and_the_database_is_made_again_from_it(world: World, folders: Folders) -> None:
    document = issued(world, "EUR")[0]
    fetch(folders, SandboxApp(world), document.id)
    apply_landing(folders, Landing(folders.landing))
    query = (
        "select invoice_id, file, version, printed_total, currency, sha256 from partner_center_raw.invoice_statements"
    )
    loaded = rows_of(folders, query)
    printed = document.total_charges + misprint_of(world, document)
    assert [row[:5] for row in loaded] == [(document.id, f"{document.id}.pdf", 1, printed, "EUR")]
    rebuild(folders)
    assert rows_of(folders, query) == loaded
    states = rows_of(folders, "select endpoint, status from partner_center_raw.load_ledger order by 1")
    assert ("invoice_statements", "complete") in states


def test_statements_need_a_signed_in_user(world: World, folders: Folders) -> None:
    with pytest.raises(SettingsError, match="REFRESH_TOKEN"):
        fetch(folders, SandboxApp(world), user=False)


def test_an_unknown_invoice_is_wrong_usage_and_nothing_is_asked_for(world: World, folders: Folders) -> None:
    app = SandboxApp(world)
    with pytest.raises(UsageError, match="G-none"):
        fetch(folders, app, "G-none", issued(world)[0].id)
    assert "invoices/{id}/documents/statement" not in app.counts


def test_a_pdf_is_known_by_its_ends_alone() -> None:
    whole = text_page(["Total USD 1.00"])
    check_pdf(whole)
    check_pdf(b"\xef\xbb\xbf\r\n" + whole + b"\r\n\0\0")
    for damaged in (b"", b"<html></html>", whole[:-20], b"%PD", whole[20:]):
        with pytest.raises(ValueError, match="PDF"):
            check_pdf(damaged)
    with pytest.raises(PageContractBroken, match="too new"):
        check_pdf(json.dumps({"code": 1000, "description": "too new"}).encode())
    with pytest.raises(RequestRefused, match="more than"):
        check_pdf(whole + bytes(64 * 1024 * 1024) + b"%%EOF")


def test_no_file_of_a_stranger_stops_the_reading() -> None:
    for body in (
        b"%PDF-1.7 nothing behind it %%EOF",
        picture_page()[:60] + b"%%EOF",
        b"%PDF-" + bytes(range(256)) * 40,
    ):
        assert read_pdf(body).total.total is None
        assert read_pdf(body).total.reason


def _with_total(world: World, document: Document) -> World:
    """The same world, with a document that asks for ten more."""
    changed = replace(document, total_charges=document.total_charges + Decimal(10))
    documents = tuple(changed if one.id == document.id else one for one in world.documents)
    return replace(world, documents=documents, _by_id={one.id: one for one in documents})
