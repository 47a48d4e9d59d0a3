"""Disputes on a small published database: what leaves the house, with evidence, and what must not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.commands.disputes import remove_former_letters
from pipelines.errors import UsageError
from pipelines.reports.dispute_evidence import evidence_of
from pipelines.reports.dispute_letter import letter, letter_name
from pipelines.reports.dispute_sentences import OTHER, WORDINGS
from pipelines.reports.dispute_tables import evidence_csv, index_csv, totals
from pipelines.reports.disputes import Dispute, disputes
from pipelines.warehouse import Folders, open_published
from tests.published_marts import add_rows, publish_example

ROOT = Path(__file__).resolve().parents[2]
# Words of ours that mean nothing to the vendor.
OURS = re.compile(
    r"\b(?:breaks?|buckets?|passe?s?|primary|at risk|landing|marts?|suppressed|partitions?|exposure|tolerance)\b|_",
    re.IGNORECASE,
)


def finding(break_id: str, code: str, currency: str, amount: str | None, **more: object) -> dict[str, object]:
    return {
        "break_id": break_id,
        "break_code": code,
        "severity": "high",
        "direction": "over",
        "grain": "order_item",
        "status": "open",
        "is_primary": True,
        "customer_id": "c-kyoto",
        "order_id": "o7",
        "product_id": "p1",
        "sku_id": "0001",
        "currency": currency,
        "at_risk_amount": amount,
        "explanation": f"charged 3, ordered 2; {amount} {currency} at risk",
        **more,
    }


SUBJECT_OF_A_DOCUMENT = {
    "grain": "document",
    "invoice_id": "G-USD-9",
    "customer_id": None,
    "order_id": None,
    "product_id": None,
    "sku_id": None,
}
MORE = {
    "marts.fct_breaks": [
        finding(
            *("abc123def456-yen", "quantity_charged_vs_ordered", "JPY", "8700"),
            owner="Ana Lima",
            ticket="CASE-7",
            expected_at="2026-10-20 00:00:00",
            comment="=they always say no",
        ),
        finding("beside", "line_total", "EUR", "0.1", is_primary=False, grain="line", invoice_line_id="l2"),
        finding("taken", "price_charged_vs_ordered", "EUR", "0.2", status="accepted", annotated_by="Bo"),
        finding("generous", "over_credited", "EUR", "9", direction="under", explanation="refunded twice"),
        finding(
            *("restated", "closed_invoice_restated", "USD", "7"),
            **SUBJECT_OF_A_DOCUMENT,
            explanation="lines changed, seen 2026-09-20: were 1 line, are 2 lines; 7 at risk",
        ),
        finding("tiny", "credit_short", "EUR", "35.7942", explanation="credited 141.00, due 180.00; 35.7942 at risk"),
    ],
    "marts.fct_order_items": [
        {"order_item_id": "i7", "order_id": "o7", "customer_id": "c-kyoto", "product_id": "p1", "sku_id": "0001"}
        | {"order_currency": "JPY", "expected_quantity": "2", "expected_amount": "17400", "order_status": "completed"}
        | {"charged_quantity": "3", "charged_currency": "JPY", "entitled_quantity": "2", "billing_cycle": "one_time"}
        | {"created_at": "2026-08-04 10:00:00", "reconciliation_status": "break", "charged_subtotal": "26100"}
    ],
    "marts.fct_order_lines": [
        {"order_item_id": "i7", "order_id": "o7", "order_line_number": 0, "product_id": "p1", "sku_id": "0001"}
        | {"quantity": "2", "unit_price": "8700", "extended_amount": "17400", "currency": "JPY"}
    ],
    "marts.fct_invoice_lines": [
        {"invoice_line_id": "l70", "invoice_id": "G-JPY-9", "line_class": "one_time", "bucket": "matched_with_break"}
        | {"customer_id": "c-kyoto", "order_id": "o7", "product_id": "p1", "sku_id": "0001", "charge_type": "=new"}
        | {"currency": "JPY", "signed_quantity": "3", "subtotal": "26100", "tax_total": "2610", "total": "28710"}
        | {"unit_price": "8700", "matched_order_id": "o7", "match_pass": "1_order_id", "order_item_id": "i7"}
    ],
    "marts.fct_restated_lines": [
        {"restated_line_id": change, "invoice_id": "G-USD-9", "change": change, "charge_type": "new", "item": 1}
        | {"currency": "USD", "quantity": quantity, "subtotal": total, "tax_total": "0", "total": total}
        | {"product_id": "p1", "sku_id": "0001", "order_id": "o4", "is_closed": False, "page": 1}
        | {"partition_id": "invoice_line_items/G-USD-9/onetime/billing", "walk_id": "000001-abc"}
        for change, quantity, total in (("added", "2", "14"), ("removed", "1", "7"))
    ],
    "intermediate.int_breaks_found": [
        {"break_id": "abc123def456-yen", "order_item_id": "i7"},
        {"break_id": "loser", "break_code": "price_charged_vs_ordered", "order_item_id": "i7", "currency": "JPY"},
    ],
    "intermediate.int_breaks_suppressed": [
        {"break_id": "loser", "break_code": "price_charged_vs_ordered"}
        | {"suppressed_by_break_id": "abc123def456-yen", "suppressed_by": "quantity_charged_vs_ordered"}
    ],
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = publish_example(tmp_path_factory.mktemp("disputes") / "data")
    add_rows(data, MORE)
    with open_published(Folders(data)) as connection:
        yield connection


@pytest.fixture(scope="module")
def yen(published: duckdb.DuckDBPyConnection) -> Dispute:
    return disputes(published, ["abc123def456-yen"])[0]


def test_every_open_primary_break_that_asks_too_much_is_disputed_and_nothing_else(
    published: duckdb.DuckDBPyConnection,
) -> None:
    expected = published.execute(
        "select break_id from marts.fct_breaks where is_primary and direction = 'over' "
        "and status not in ('resolved', 'accepted')"
    ).fetchall()
    found = disputes(published)
    assert {one.found["break_id"] for one in found} == {row[0] for row in expected}
    assert {"taken", "generous", "beside"} & {one.found["break_id"] for one in found} == set()


def test_the_sums_are_those_of_the_mart_in_minor_units(published: duckdb.DuckDBPyConnection) -> None:
    found = totals(disputes(published))
    # 35.7942 is asked for as 35.79: nobody credits a part of a cent.
    assert found["EUR"][1] == Decimal("150.00") + Decimal("50.00") + Decimal("12.00") + Decimal("35.79")
    assert found["JPY"][1] == Decimal(128700)


def test_a_letter_says_what_was_charged_what_was_expected_and_what_is_asked_for(yen: Dispute) -> None:
    text = letter(yen)
    assert "Over all invoices 3 units were charged, but the order is for 2." in text
    assert "Invoice G-JPY-9, =new: 3 × p1:0001 at 8,700, order o7: 26,100 JPY before tax" in text
    assert "Order o7 of 2026-08-04 (completed): 2 × p1:0001: 17,400 JPY before tax" in text
    assert "Received by the customer: 2 × p1:0001" in text
    assert "Please credit the units charged beyond the order: 8,700 JPY." in text


def test_a_letter_names_the_ticket_and_the_contact_and_keeps_our_comment(yen: Dispute) -> None:
    text = letter(yen)
    assert "Our reference: CASE-7" in text
    assert "Our contact: Ana Lima" in text
    assert "by 2026-10-20" in text
    assert "always say no" not in text


def test_letters_use_no_word_of_ours(published: duckdb.DuckDBPyConnection) -> None:
    for one in disputes(published):
        assert OURS.search(re.sub(r"\S*\d\S*|o-unknown", "", letter(one))) is None


@pytest.mark.parametrize("code", [*WORDINGS, "other"])
def test_sentences_use_no_word_of_ours_and_only_known_figures(code: str) -> None:
    wording = WORDINGS.get(code, OTHER)
    known = dict.fromkeys(("amount", "charged", "ordered", "received", "invoice"), "X")
    for text in (wording.subject, wording.claim.format_map(known), wording.request.format_map(known)):
        assert OURS.search(text) is None, text


def test_every_wording_belongs_to_a_rule() -> None:
    lines = (ROOT / "dbt_project" / "seeds" / "break_catalogue.csv").read_text(encoding="utf-8").splitlines()
    assert set(WORDINGS) <= {line.split(",", 1)[0] for line in lines}


def test_the_evidence_is_every_row_with_exact_amounts(yen: Dispute) -> None:
    rows = list(csv.DictReader(io.StringIO(evidence_csv(yen))))
    assert [row["evidence"] for row in rows] == ["invoice line", "order line", "delivery"]
    assert (rows[0]["amount_before_tax"], rows[0]["total"], rows[0]["currency"]) == ("26100", "28710", "JPY")
    assert rows[0]["what"] == "'=new"


def test_a_letter_about_a_document_that_changed_names_the_lines(published: duckdb.DuckDBPyConnection) -> None:
    dispute = disputes(published, ["restated"])[0]
    part = letter(dispute).split("## What changed\n\n")[1].split("\n\n")[0].splitlines()
    assert part == [
        "- No longer on invoice G-USD-9, new: 1 × p1:0001, order o4: "
        "7.00 USD before tax, 0.00 USD tax, 7.00 USD in all",
        "- New on invoice G-USD-9, new: 2 × p1:0001, order o4: 14.00 USD before tax, 0.00 USD tax, 14.00 USD in all",
    ]
    rows = list(csv.DictReader(io.StringIO(evidence_csv(dispute))))
    assert [(row["evidence"], row["total"]) for row in rows if row["evidence"].startswith("line ")] == [
        ("line gone", "7.00"),
        ("line new", "14.00"),
    ]


def test_a_break_about_one_line_shows_that_line_only(published: duckdb.DuckDBPyConnection) -> None:
    evidence = disputes(published, ["beside"])[0].evidence
    assert [(one.kind, one.total) for one in evidence] == [("invoice line", Decimal(250))]


def test_the_index_is_for_us_and_names_owner_ticket_and_files(yen: Dispute) -> None:
    row = next(csv.DictReader(io.StringIO(index_csv([yen]))))
    assert (row["owner"], row["ticket"], row["amount"], row["currency"]) == ("Ana Lima", "CASE-7", "8700", "JPY")
    assert row["letter"] == "dispute-abc123def456.md"


def test_a_named_break_beside_a_greater_one_adds_nothing_to_the_sums(published: duckdb.DuckDBPyConnection) -> None:
    assert totals(disputes(published, ["beside"])) == {"EUR": (1, Decimal(0), 2)}


def line(break_id: str, code: str, amount: str, **more: object) -> dict[str, object]:
    """A finding about one line of the subject `s-CODE`, charged 4 where 1 was ordered."""
    about = {"grain": "line", "invoice_line_id": f"l-{break_id}", "order_id": "o8", "subject_key": f"s-{code}"}
    quantities = {"expected_quantity": "1", "actual_quantity": "4", "difference_amount": amount}
    return finding(break_id, code, "GBP", amount, **(about | quantities | more))


SEVERAL_LINES = {
    "marts.fct_breaks": [
        line("first", "duplicate_in_invoice", "120"),
        line("second", "duplicate_in_invoice", "120", is_primary=False),
        line("third", "duplicate_in_invoice", "110", is_primary=False),
        line("fourth", "duplicate_in_invoice", "100", is_primary=False),
        line("taken", "duplicate_across_invoices", "40", status="accepted", is_primary=False),
        line("sum", "line_total", "7"),
        line("other sum", "line_total", "5", is_primary=False),
        line("other fault", "tax_sign", "6", is_primary=False, subject_key="s-line_total"),
        finding("refund", "charge_without_order", "GBP", "50", difference_amount="-50", actual_amount="-50"),
    ],
    "marts.fct_invoice_lines": [
        {"invoice_line_id": f"l-{name}", "invoice_id": "G-GBP-9", "line_class": "one_time", "currency": "GBP"}
        | {"signed_quantity": "1", "total": "120", "order_id": "o8"}
        for name in ("first", "second", "third", "fourth", "sum", "other sum", "other fault")
    ],
}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = publish_example(tmp_path_factory.mktemp("several") / "data")
    add_rows(data, SEVERAL_LINES)
    with open_published(Folders(data)) as connection:
        yield connection


@pytest.mark.parametrize(("is_assumed", "told"), [(False, "Reduced to 1 on 2026-08-31"), (True, "Reduced to 1\n")])
def test_a_day_that_is_only_assumed_is_no_evidence(
    several: duckdb.DuckDBPyConnection, is_assumed: bool, told: str
) -> None:
    (one,) = [one for one in disputes(several) if one.found["break_id"] == "first"]
    item = {"order_id": "o8", "customer_id": "c", "product_id": "p", "sku_id": "1", "order_lines": []}
    reduced_at = datetime(2026, 8, 31)  # noqa: DTZ001 - the warehouse keeps UTC without zone
    item |= {"reduced_at": reduced_at, "is_reduction_assumed": is_assumed}
    item |= {"expected_quantity": Decimal(1), "entitled_quantity": Decimal(1)}
    item["sides"] = {key: {"quantity": Decimal(1)} for key in ("expected", "charged", "entitled")}
    story = one.story | {"items": [item]}
    assert told in letter(replace(one, story=story, evidence=tuple(evidence_of(several, story))))


def test_what_is_charged_more_than_once_is_asked_for_as_often_as_it_is_too_many(
    several: duckdb.DuckDBPyConnection,
) -> None:
    """Three units too many: the three greatest of the equal lines, and not a fourth."""
    (one,) = [one for one in disputes(several) if one.found["break_code"] == "duplicate_in_invoice"]
    assert (one.found["break_id"], one.found["at_risk_amount"]) == ("first", Decimal(350))
    assert "Please credit what was charged more than once: 350.00 GBP." in letter(one)


def test_the_same_fault_on_two_lines_of_a_subject_is_claimed_for_both(several: duckdb.DuckDBPyConnection) -> None:
    found = [one for one in disputes(several) if one.found["currency"] == "GBP"]
    assert {one.found["break_id"] for one in found} == {"first", "sum", "other sum"}
    assert totals(found)["GBP"] == (3, Decimal("362.00"), 2)


def test_letters_of_a_former_list_do_not_stay_beside_those_of_today(
    several: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """What was settled since would be asked for again; files that are not ours stay."""
    found = disputes(several)
    settled = ("dispute-0123456789ab.md", "dispute-0123456789ab-evidence.csv")
    kept = (letter_name(found[0]), "dispute-notes.md", "index.csv")
    for name in (*settled, *kept):
        (tmp_path / name).touch()
    remove_former_letters(tmp_path, found)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(kept)


def test_nobody_is_asked_to_credit_what_gives_money_back(several: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="refund is in our favour"):
        disputes(several, ["refund"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("b5", "was resolved on 2026-09-10"),
        ("taken", "was accepted by Bo"),
        ("generous", "is in our favour"),
        ("loser", "quantity_charged_vs_ordered"),
        ("nobody", "no break is called"),
    ],
)
def test_what_cannot_be_disputed_says_why(published: duckdb.DuckDBPyConnection, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        disputes(published, [name, "abc123def456-yen"])


def test_a_break_named_twice_is_disputed_once(published: duckdb.DuckDBPyConnection) -> None:
    assert len(disputes(published, ["abc123def456-yen", "abc123"])) == 1
