"""Page bytes to Arrow: the fast and the strict way say the same, to the last digit."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PageContractBroken
from pipelines.partner_center.contract import Column, Endpoint, Kind, raw_schema
from pipelines.partner_center.endpoints import ENDPOINTS, INVOICE_LINE_ITEMS, INVOICES, ORDERS, TABLES
from pipelines.partner_center.fast_pages import read_flat_page
from pipelines.partner_center.pages import PageRows, read_page, read_page_strictly
from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, build_world
from pipelines.sandbox.replies import Call

LINES = INVOICE_LINE_ITEMS.tables[0]
LEAST = {"customerId": '"c-1"', "subtotal": "1", "totalForCustomer": "2"}


def body_of(rows: list[dict[str, str]], around: str = '"totalCount":1') -> bytes:
    """A page of rows whose values are JSON text already."""
    items = ",".join("{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in row.items()) + "}" for row in rows)
    return ("{" + f'"items":[{items}],{around}' + "}").encode("utf-8", "surrogatepass")


def line(**more: str) -> bytes:
    """A page of one least line and some more members."""
    return body_of([{**LEAST, **more}])


def outcome(body: bytes, read: Any) -> tuple[Any, ...]:
    """What a way of reading gives: everything that later steps use, or that it refuses."""
    try:
        page: PageRows = read(body, INVOICE_LINE_ITEMS)
    except (PageContractBroken, ValueError) as error:
        return ("refused", isinstance(error, PageContractBroken))
    table = page.tables[LINES.name]
    return (table.schema, table.to_pylist(), page.fingerprint(), page.unknown_fields, page.item_count)


def is_same_both_ways(body: bytes) -> None:
    assert outcome(body, read_page) == outcome(body, read_page_strictly)


# Values of the shapes that occur, and of some that do not.

texts = st.text(st.characters(exclude_categories=()), max_size=12).map(json.dumps) | st.text(
    st.characters(exclude_categories=("Cs", "Cc")), max_size=12
).map(lambda text: json.dumps(text, ensure_ascii=False))
ODD_TEXTS = ('""', '"a\\u0000b"', '"\\ud800"', '"\\ud83d\\ude00"', '"NaN"', '"£ €\u00a0®"', '"{\\"a\\":1}"')
odd_texts = st.sampled_from(ODD_TEXTS)
literals = st.from_regex(r"-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,14})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
digits_22 = st.from_regex(r"-?[0-9]\.[0-9]{21}", fullmatch=True)
numbers = literals | literals.map(json.dumps) | digits_22 | digits_22.map(json.dumps)
ODD = '"" null 0 -0 "+1" "007" ".5" "5." "1,5" "0x1" 1e40 1e-40 true "inf" 0e-40 "1_0" 123456789012345678901'
LONG = ("0.1999968000511991808131", "99999999999999999999999999.999999999999", '" 5"')
odd_numbers = st.sampled_from([*ODD.split(), *LONG])
ids = st.sampled_from(['"5000017"', "0", "-1", "5000017", '""', '"0"', "null", "1.0", "true", '"org:A"', "1e3"])
anything = st.recursive(
    st.sampled_from(["null", "true", "1", "1.5", '"x"', '"2020-01-01T00:00:00Z"', "[]", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda parts: "[" + ",".join(parts) + "]")
        | inner.map(lambda part: '{"a":' + part + "}")
    ),
    max_leaves=3,
)
VALUES = {
    Kind.TEXT: texts | odd_texts | st.just("null"),
    Kind.ID: ids | texts,
    Kind.MONEY: numbers | odd_numbers,
    Kind.RATE: numbers | odd_numbers,
    Kind.JSON: anything | st.sampled_from(['{"objectType":"OneTime"}', '["AddOn","Trial"]', '{"objectType":null}']),
}


def in_another_case(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, name, name, name[0].upper() + name[1:], name.upper(), name.lower()])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """A row: the least, some declared members in whatever case, and sometimes an unknown one."""
    row = dict(LEAST)
    for column in draw(st.lists(st.sampled_from(LINES.columns), max_size=6, unique=True)):
        row.pop(column.path, None)
        row[draw(in_another_case(column.path))] = draw(VALUES[column.kind])
    if draw(st.booleans()):
        row[draw(st.sampled_from(["newField", "NewField", "_own", "größe", "a/b", "x.y"]))] = draw(anything)
    return row


@settings(max_examples=200, deadline=None)
@given(st.lists(rows(), min_size=0, max_size=4), st.booleans())
def test_both_ways_of_reading_give_the_same_tables_fingerprints_and_unknown_fields(
    page: list[dict[str, str]], has_mark: bool
) -> None:
    is_same_both_ways((b"\xef\xbb\xbf" if has_mark else b"") + body_of(page))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([column for column in LINES.columns if column.kind in (Kind.MONEY, Kind.RATE)]),
    numbers | odd_numbers,
)
def test_a_single_number_is_read_the_same_or_refused_both_ways(column: Column, literal: str) -> None:
    is_same_both_ways(body_of([{**LEAST, column.path: literal}, LEAST]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"items":null}',
        b'{"items":{}}',
        b'{"items":[null]}',
        b'{"items":[1]}',
        b'{"items":[]}{"items":[]}',
        b'{"items":[],"items":[]}',
        b'{"items":[],"Items":[]}',
        line() + b"\x00",
        line()[:-1],
        line(productName='"\xff"').replace("\xff".encode(), b"\xff"),
        line(productName="NaN"),
        line(newField="NaN"),
        line(newField="Infinity"),
        line(newField="007"),
        line(subTotal="3"),
        line(newField='{"a":1,"A":2}'),
        line(newField='{"a":1,"a":2}'),
        line(newField="[" * 40 + "]" * 40),
        line(newField='{"a":' * 40 + "1" + "}" * 40),
        line(newField="[" * 200_000 + "]" * 200_000),
        line(newField="[[]," * 40 + "1" + "]" * 40),
        line(newField="[null,null]"),
        line(unitPrice="2000000000000000000"),
        line(unitPrice='"2e18"'),
        line(UnitPrice="0.02E20"),
        line(subtotal="100000000000000000000000000"),
        line(unitPrice="0").replace(b"unitPrice", b"unit\\u0050rice").replace(b":0", b":2000000000000000000"),
        line(productQualifiers="[1]"),
        line(attributes='"text"'),
        line(attributes='{"objectType":"x","etag":"y"}'),
        body_of([LEAST], '"links":{"Next":{"uri":"/x","method":"GET","headers":[]}}'),
        body_of([{"customerId": '""', "subtotal": "1", "totalForCustomer": "2"}]),
        body_of([{"customerId": '"c"', "totalForCustomer": "2"}]),
        body_of([{"customerId": '"c"', "subtotal": '""', "totalForCustomer": "2"}]),
        body_of([]),
    ],
)  # fmt: skip
def test_pages_of_odd_shapes_are_read_the_same_or_refused_both_ways(body: bytes) -> None:
    is_same_both_ways(body)


@pytest.fixture(scope="module")
def sandbox_pages() -> list[tuple[Endpoint, bytes]]:
    """Pages of every endpoint as the pretend API sends them."""
    app = SandboxApp(build_world(scale=0.02), clock=DEFAULT_CLOCK + timedelta(days=30))
    grant = (
        b"grant_type=refresh_token&refresh_token=sandbox-refresh&client_secret=sandbox-secret&client_id=a&resource=r"
    )
    token = json.loads(app.handle(Call("POST", "/t/oauth2/token", "", {}, grant)).body)["access_token"]

    def ask(path: str, query: str = "") -> bytes:
        reply = app.handle(Call("GET", path, query, {"authorization": f"Bearer {token}"}, b""))
        assert reply.status == 200, reply.body
        return bytes(reply.body)

    found = [(ENDPOINTS["customers"], ask("/v1/customers", "size=500")), (INVOICES, ask("/v1/invoices"))]
    query = "provider=onetime&invoicelineitemtype=billinglineitems&size=2000"
    for document in app.world.documents[:12]:
        found.append((INVOICE_LINE_ITEMS, ask(f"/v1/invoices/{document.id}/lineitems", query)))
        found.append((ENDPOINTS["invoices_by_id"], ask(f"/v1/invoices/{document.id}")))
    for customer_id in list(app.world.orders)[:10]:
        if customer_id in app.bodies.customers:
            found.append((ORDERS, ask(f"/v1/customers/{customer_id}/orders", "include_price=true")))
            found.append((ENDPOINTS["entitlements"], ask(f"/v1/customers/{customer_id}/entitlements")))
    return [*found, (ENDPOINTS["invoice_summaries"], ask("/v1/invoices/summaries"))]


def test_pages_of_the_sandbox_are_read_the_same_both_ways(sandbox_pages: list[tuple[Endpoint, bytes]]) -> None:
    for endpoint, body in sandbox_pages:
        fast, strict = read_page(body, endpoint), read_page_strictly(body, endpoint)
        assert fast.tables == strict.tables
        assert fast.fingerprint() == strict.fingerprint()
        assert fast.unknown_fields == strict.unknown_fields


def test_pages_of_the_sandbox_hold_nothing_unknown(sandbox_pages: list[tuple[Endpoint, bytes]]) -> None:
    unknown = {name for endpoint, body in sandbox_pages for name in read_page(body, endpoint).unknown_fields}
    assert unknown == set()


def test_most_line_pages_of_the_sandbox_take_the_fast_way(sandbox_pages: list[tuple[Endpoint, bytes]]) -> None:
    pages = [body for endpoint, body in sandbox_pages if endpoint is INVOICE_LINE_ITEMS]
    fast = [body for body in pages if read_flat_page(body, INVOICE_LINE_ITEMS) is not None]
    assert len(fast) > len(pages) / 2


@pytest.mark.parametrize("read", [read_page, read_page_strictly])
def test_22_digits_stay_22_digits(read: Any) -> None:
    for literal in ("0.1999968000511991808131", '"0.1999968000511991808131"'):
        page = read(line(unitPrice=literal), INVOICE_LINE_ITEMS)
        assert str(page.tables[LINES.name]["unit_price"][0].as_py()) == "0.199996800051199180813100"


@pytest.mark.parametrize(
    "literal", ["100000000000000", "2000000000000000000", "0.02E20", '"2e18"', "99999999999999999999"]
)
def test_a_number_larger_than_its_column_is_refused_and_never_another_number(literal: str) -> None:
    with pytest.raises(PageContractBroken, match="does not fit"):
        read_page(line(unitPrice=literal), INVOICE_LINE_ITEMS)


def test_no_column_is_a_float() -> None:
    for table in TABLES.values():
        for field in raw_schema(table):
            assert not pa.types.is_floating(field.type), (table.name, field.name)


def test_numbers_inside_json_columns_keep_their_digits() -> None:
    body = json.dumps({"items": [{"id": "o", "creationDate": "d", "client": {"n": 7}}]}).replace(
        "7", "0.10000000000000000000001"
    )
    page = read_page(body.encode(), ORDERS)
    assert page.tables["orders"]["client"].to_pylist() == ['{"n":0.10000000000000000000001}']


def test_null_and_empty_text_have_different_fingerprints() -> None:
    absent, null, empty = line(), line(skuName="null"), line(skuName='""')
    assert read_page(absent, INVOICE_LINE_ITEMS).fingerprint() == read_page(null, INVOICE_LINE_ITEMS).fingerprint()
    assert read_page(null, INVOICE_LINE_ITEMS).fingerprint() != read_page(empty, INVOICE_LINE_ITEMS).fingerprint()


def test_the_spelling_of_a_number_does_not_change_the_fingerprint() -> None:
    spellings = ("14.4", '"14.4"', "14.40", "1.44e1")
    prints = {read_page(line(unitPrice=one), INVOICE_LINE_ITEMS).fingerprint() for one in spellings}
    assert len(prints) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"unitPrice": "true"}, ("item 1", "`unitPrice`", "expected a number")),
        ({"unitPrice": "[]"}, ("item 1", "`unitPrice`", "expected a number")),
        ({"unitPrice": '"one"'}, ("item 1", "`unitPrice`", "not a number")),
        ({"taxTotal": "0.1234567890123"}, ("item 1", "`taxTotal`", "does not fit")),
        ({"taxTotal": "1e40"}, ("item 1", "`taxTotal`", "does not fit")),
        ({"skuId": "1"}, ("item 1", "`skuId`", "expected text")),
        ({"mpnId": "1.5"}, ("item 1", "`mpnId`", "expected an id")),
        ({"customerId": '""'}, ("item 1", "`customerId`", "required")),
        ({"subtotal": "null"}, ("item 1", "`subtotal`", "required")),
    ],
)
def test_a_value_that_is_not_as_declared_is_named_with_endpoint_item_and_field(
    more: dict[str, str], said: tuple[str, ...]
) -> None:
    with pytest.raises(PageContractBroken) as refused:
        read_page(line(**more), INVOICE_LINE_ITEMS)
    for part in ("invoice_line_items", *said):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (line(newField="NaN"), "NaN"),
        (line(newField="-Infinity"), "-Infinity"),
        (line(newField='{"a":1,"a":2}'), "`a` occurs twice"),
        (line(SubTotal="1"), "in another case"),
        (line(newField="1e99999999999999999999"), "beyond all numbers"),
        (line(newField="[" * 100_000 + "]" * 100_000), "nested too deeply"),
        (b'{"totalCount":0}', "`items` is missing"),
        (b"[]", "not a JSON object"),
    ],
)
def test_json_that_is_not_strict_breaks_the_contract(body: bytes, said: str) -> None:
    with pytest.raises(PageContractBroken, match=said):
        read_page(body, INVOICE_LINE_ITEMS)


@pytest.mark.parametrize("body", [b"", b"{", b'{"items":[}', b"\xff\xfe", line()[:-2]])
def test_bytes_that_are_not_json_are_damage_and_not_a_broken_contract(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is what matters: the page is asked for again
        read_page(body, INVOICE_LINE_ITEMS)


def test_an_object_that_comes_as_text_is_refused_and_not_read_as_nothing() -> None:
    order = {"id": "o", "creationDate": "d", "lineItems": [{"lineItemNumber": 0, "quantity": 1, "pricing": "none"}]}
    with pytest.raises(PageContractBroken, match=r"orders, item 1, field `pricing\.listPrice`: expected an object"):
        read_page(json.dumps({"items": [order]}).encode(), ORDERS)


@pytest.mark.parametrize("value", [2**63, "1_0", "1.0", True, 1.5])
def test_a_whole_number_is_whole_and_fits(value: object) -> None:
    order = {"id": "o", "creationDate": "d", "lineItems": [{"lineItemNumber": value, "quantity": 1}]}
    with pytest.raises(PageContractBroken, match="lineItemNumber"):
        read_page(json.dumps({"items": [order]}).encode(), ORDERS)


def test_unknown_fields_are_named_where_they_stand_with_an_example_of_their_type() -> None:
    order = {
        "id": "o",
        "creationDate": "d",
        "newOne": None,
        "lineItems": [{"lineItemNumber": 0, "quantity": 1, "_new": [1]}],
    }
    second = {**order, "newOne": "text", "client": {"free": 1}}
    page = read_page(json.dumps({"items": [order, second]}).encode(), ORDERS)
    assert page.unknown_fields == {"orders.newOne": "text", "order_line_items._new": "list"}


def test_text_that_no_database_keeps_is_made_visible() -> None:
    page = read_page(line(skuName='"a\\u0000b"', productName='"a\\ud800b"'), INVOICE_LINE_ITEMS)
    row = page.tables[LINES.name].to_pylist()[0]
    assert (row["sku_name"], row["product_name"]) == ("a␀b", "a?b")


def test_money_is_decimal_with_twelve_places_and_rates_with_twenty_four() -> None:
    row = read_page(line(unitPrice="1"), INVOICE_LINE_ITEMS).tables[LINES.name].to_pylist()[0]
    assert (row["subtotal"], str(row["unit_price"])) == (Decimal(1), "1." + "0" * 24)
