"""PDFs of the sandbox: valid, of the documented oddness, and wrong in exactly two places."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from conftest import TOKEN_FORM, Caller

from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, World
from pipelines.sandbox.pdf import picture_page, text_page
from pipelines.sandbox.statements import misprint_of, receipts_of, statement_truth


def statement(invoice_id: str) -> str:
    return f"/v1/invoices/{invoice_id}/documents/statement"


def test_a_page_of_text_can_be_read_again() -> None:
    lines = ["Total (including Tax)", "12.345,67 €", "£1.00 ¥2", "back\\slash (brackets)"]
    text = pypdf.PdfReader(io.BytesIO(text_page(lines)), strict=True).pages[0].extract_text()
    assert text.split("\n")[: len(lines)] == lines


def test_a_picture_has_no_text() -> None:
    page = pypdf.PdfReader(io.BytesIO(picture_page()), strict=True).pages[0]
    assert page.extract_text() == ""
    assert len(page.images) == 1


def test_every_object_stands_where_the_table_says() -> None:
    body = text_page(["a"])
    starts = [int(found) for found in re.findall(rb"^(\d{10}) 00000 n ", body, re.MULTILINE)]
    assert [body[start : start + 7] for start in starts] == [b"%d 0 obj" % number for number in range(1, 6)]


def test_a_statement_claims_to_be_json_and_suggests_a_dangerous_name(world: World, caller: Caller) -> None:
    answer = caller.get(statement(world.documents[0].id))
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "../" in answer.headers["Content-Disposition"]


def test_without_quirks_it_says_what_it_is(world: World, plain_caller: Caller) -> None:
    document = world.documents[0]
    answer = plain_caller.get(statement(document.id))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{document.id}.pdf"'


def test_only_a_signed_in_user_may_have_them(world: World) -> None:
    form = {**TOKEN_FORM, "grant_type": "client_credentials"}
    refused = Caller(SandboxApp(world), form).get(statement(world.documents[0].id))
    assert (refused.status_code, refused.json()["code"]) == (403, 900329)


@pytest.mark.parametrize(
    "path", [statement("G-none"), statement("OneTime-{id}"), "/v1/invoices/{id}/receipts/x/documents/statement"]
)
def test_what_does_not_exist_is_not_found(world: World, caller: Caller, path: str) -> None:
    assert caller.get(path.format(id=world.documents[0].id)).status_code == 404


def test_receipts_are_named_by_their_document(world: World, caller: Caller) -> None:
    document = next(one for one in world.documents if receipts_of(one))
    named = caller.json(f"/v1/invoices/{document.id}")["taxReceipts"]
    assert [one["id"] for one in named] == list(receipts_of(document))
    assert caller.get(f"/v1{named[0]['taxReceiptPdfDownloadLink']}").content.startswith(b"%PDF-")


def test_exactly_two_statements_print_another_total(world: World) -> None:
    gaps = {one.id: misprint_of(world, one) for one in world.documents if misprint_of(world, one)}
    truth = {one.invoice_id: one.at_risk_amount for one in statement_truth(world, DEFAULT_CLOCK)}
    assert truth == {invoice_id: abs(gap) for invoice_id, gap in gaps.items()}
    assert len(truth) == 2
    assert {gap > 0 for gap in gaps.values()} == {True, False}
    # Who downloads nothing finds nothing of them.
    assert not any(one.break_code == "statement_vs_invoice" for one in world.truth(DEFAULT_CLOCK))
