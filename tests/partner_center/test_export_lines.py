"""JSON lines of an export: cut into pages without losing a byte, read fast and strictly alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_pages import LEAST, LINES, VALUES, anything, numbers, odd_numbers

from pipelines.errors import PageContractBroken
from pipelines.partner_center.contract import Kind
from pipelines.partner_center.endpoints import DAILY_RATED_USAGE, INVOICE_LINE_ITEMS
from pipelines.partner_center.exports import lines
from pipelines.partner_center.exports.fields import ALIASES
from pipelines.partner_center.exports.lines import cut_pages
from pipelines.partner_center.fast_lines import read_flat_lines
from pipelines.partner_center.pages import PageRows, read_page, read_page_strictly

PASCAL = {"CustomerId": '"c-1"', "Subtotal": "1", "Total": "2"}


def body_of(rows: list[dict[str, str]], end: str = "\n") -> bytes:
    """JSON lines of rows whose values are JSON text already."""
    texts = ("{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in row.items()) + "}" for row in rows)
    return ("\n".join(texts) + end).encode("utf-8", "surrogatepass")


def line(**more: str) -> bytes:
    return body_of([{**PASCAL, **more}])


def outcome(body: bytes, read: Any) -> tuple[Any, ...]:
    """What a way of reading gives: everything that later steps use, or that it refuses."""
    try:
        page: PageRows = read(body, INVOICE_LINE_ITEMS, "jsonl")
    except (PageContractBroken, ValueError) as error:
        return ("refused", isinstance(error, PageContractBroken))
    table = page.tables[LINES.name]
    return (table.schema, table.to_pylist(), page.unknown_fields, page.item_count)


def is_same_both_ways(body: bytes) -> None:
    assert outcome(body, read_page) == outcome(body, read_page_strictly)


def spellings(path: str) -> st.SearchStrategy[str]:
    pascal = path[0].upper() + path[1:]
    others = [key for key, column in ALIASES["invoice_line_items"].items() if column == path]
    return st.sampled_from([pascal, pascal, pascal, path, path.upper(), *others, *(one.title() for one in others)])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """A row of some declared members, in the export's spellings, and sometimes an unknown one."""
    row = {draw(spellings(path)): value for path, value in LEAST.items()}
    for column in draw(st.lists(st.sampled_from(LINES.columns), max_size=6, unique=True)):
        row = {key: value for key, value in row.items() if key.casefold() != column.path.casefold()}
        row[draw(spellings(column.path))] = draw(VALUES[column.kind])
    if draw(st.booleans()):
        row[draw(st.sampled_from(["BenefitId", "benefitID", "_own", "größe", "a/b", "x.y"]))] = draw(anything)
    return row


@settings(max_examples=250, deadline=None)
@given(st.lists(rows(), max_size=4), st.sampled_from(["\n", "", "\r\n", "\n\n"]), st.booleans())
def test_both_ways_of_reading_lines_give_the_same(page: list[dict[str, str]], end: str, has_mark: bool) -> None:
    is_same_both_ways((b"\xef\xbb\xbf" if has_mark else b"") + body_of(page, end))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([column for column in LINES.columns if column.kind in (Kind.MONEY, Kind.RATE)]),
    numbers | odd_numbers,
)
def test_a_single_number_of_a_line_is_read_the_same_or_refused_both_ways(column: Any, literal: str) -> None:
    pascal = column.path[0].upper() + column.path[1:]
    is_same_both_ways(body_of([{**PASCAL, pascal: literal}, PASCAL]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b"{",
        line()[:-2],
        line() + b"x",
        line() + b"{}\n",
        line().replace(b"}\n", b"}" + line()),
        line().replace(b',"Subtotal"', b'\n,"Subtotal"'),
        line() + b"\xff\n",
        line() + line(SubTotal="3"),
        line(subtotal="3"),
        line(TotalForCustomer="3"),
        line() + body_of([{**LEAST}]),
        body_of([PASCAL, {**PASCAL, "TotalForCustomer": "3"}]),
        line(UnitPrice="2e18") + line(),
        line() + line(unitprice="2000000000000000000"),
        line() + line(unitprice='"5"', Tier2MpnId="5000017"),
        line(Tier2MpnId="5", ResellerMpnId='"6"'),
        line(Attributes='{"objectType":"x","etag":"y"}'),
        line(ProductQualifiers='"[]"'),
        line(new='{"a":1,"A":2}'),
        line(new="NaN"),
        line(new="[" * 200_000 + "]" * 200_000),
        line(CustomerId='""'),
    ],
)  # fmt: skip
def test_lines_of_odd_shapes_are_read_the_same_or_refused_both_ways(body: bytes) -> None:
    is_same_both_ways(body)


def test_usual_lines_take_the_fast_way_also_when_ids_are_numbers_and_a_later_line_has_more() -> None:
    plain = body_of([PASCAL, {**PASCAL, "MpnId": "5000017", "UnitPrice": "1.5"}])
    found = read_flat_lines(plain, INVOICE_LINE_ITEMS)
    assert found is not None
    assert found[0]["mpn_id"].to_pylist() == [None, "5000017"]
    assert read_flat_lines(line() + line(pctobcexchangerate="1"), INVOICE_LINE_ITEMS) is not None


def test_what_the_export_calls_by_another_name_fills_the_same_column() -> None:
    usage = {
        "BillingPreTaxTotal": "0.1999968000511991808131",
        "Unit": '"1 Hour"',
        "Tier2MpnId": '"77"',
        "CreditPercentage": "100",
        "PartnerEarnedCreditPercentage": "15",
        "PCToBCExchangeRate": "1.25",
        "ResourceURI": '"/subscriptions/x"',
        "BenefitOrderId": '"b"',
    }
    for read in (read_page, read_page_strictly):
        page = read(body_of([usage]), DAILY_RATED_USAGE, "jsonl")
        row = page.tables["daily_rated_usage"].to_pylist()[0]
        assert str(row["billing_pre_tax_total"]) == "0.199996800051199180813100"
        assert (row["unit_of_measure"], row["reseller_mpn_id"]) == ("1 Hour", "77")
        assert (row["rate_of_credit"], row["rate_of_partner_earned_credit"]) == (100, 15)
        assert (str(row["pc_to_bc_exchange_rate"])[:4], row["resource_uri"]) == ("1.25", "/subscriptions/x")
        assert page.unknown_fields == {"daily_rated_usage.BenefitOrderId": "text"}


@given(st.lists(st.binary(max_size=30) | st.just(b"\n") | st.just(b"a\nb\n")), st.integers(1, 40))
def test_pages_joined_are_the_file_and_each_ends_at_a_line_end(pieces: list[bytes], size: int) -> None:
    pages = list(cut_pages(pieces, size))
    assert b"".join(pages) == b"".join(pieces)
    assert all(page.endswith(b"\n") for page in pages[:-1])
    assert all(pages)


def test_a_page_is_no_larger_than_asked_where_its_lines_are_short() -> None:
    pages = list(cut_pages([b"x" * 9 + b"\n"] * 100, 64))
    assert {len(page) for page in pages} == {60, 40}


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE_BYTES", 100)
    with pytest.raises(PageContractBroken, match="longer than 100 bytes"):
        list(cut_pages([b"x" * 60] * 3, 50))
