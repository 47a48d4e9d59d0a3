"""Walking all pages, in every form and through every documented oddity of the links."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from scripted_api import API, Clock, ScriptedApi, client_of, reply

from pipelines.errors import NotFound, OriginRefused, PageContractBroken, RequestRefused, TokenRefused, Unavailable
from pipelines.partner_center.envelope import Envelope, read_envelope
from pipelines.partner_center.paging import Page, walk_pages

TOKEN = "d19617b8,0705c4a9_a4ayc/80/OGda4BO/1o/V0=,0d81"
LINES = "/v1/invoices/G1/lineitems/OneTime/BillingLineItems"


def page_of(
    *ids: str,
    token: str | None = None,
    uri: str | None = None,
    in_link: str | Mapping[str, str] | None = None,
    total: int | None = None,
) -> dict[str, Any]:
    """A page: the token in the envelope, and a next link with its headers."""
    page: dict[str, Any] = {
        "totalCount": len(ids) if total is None else total,
        "items": [{"id": name} for name in ids],
    }
    if token is not None:
        page["continuationToken"] = token
    headers = {"MS-ContinuationToken": in_link} if isinstance(in_link, str) else in_link or {}
    if uri is not None:
        pairs = [{"key": key, "value": value} for key, value in headers.items()]
        page["links"] = {"next": {"uri": uri, "method": "GET", "headers": pairs}}
    return page


def walk(api: ScriptedApi, form: Any = "token", path: str = LINES, size: int | None = 2, **more: Any) -> list[Page]:
    params = more.pop("params", {})
    return list(walk_pages(client_of(api), path, params, form=form, size=size, **more))


def ids_of(pages: list[Page]) -> list[str]:
    return [item["id"] for page in pages for item in json.loads(page.answer.body.decode("utf-8-sig"))["items"]]


def script(*pages: Any) -> ScriptedApi:
    return ScriptedApi(*[reply(page) for page in pages])


# The forms


def test_a_token_walk_repeats_the_query_with_the_token_in_the_header() -> None:
    api = script(page_of("A", "B", token=TOKEN), page_of("C"))
    pages = walk(api, params={"currencycode": "usd"})
    assert ids_of(pages) == ["A", "B", "C"]
    assert [page.number for page in pages] == [1, 2]
    assert api.queries == [
        {"currencycode": "usd", "size": "2"},
        {"currencycode": "usd", "size": "2", "seekOperation": "Next"},
    ]
    assert api.sent("MS-ContinuationToken") == [None, TOKEN]
    assert TOKEN not in str(api.requests[1].url)


def test_a_customers_walk_sends_the_size_once() -> None:
    api = script(page_of("A", token="t1"), page_of("B", token="t2"), page_of("C"))
    assert len(walk(api, "customers", "/v1/customers", 500, params={"filter": "f"})) == 3
    assert api.queries == [
        {"filter": "f", "size": "500"},
        {"filter": "f", "seekOperation": "Next"},
        {"filter": "f", "seekOperation": "Next"},
    ]
    assert api.sent("MS-ContinuationToken") == [None, "t1", "t2"]


def test_an_audit_walk_sends_the_token_without_a_seek_operation() -> None:
    api = script(page_of("A", token="t1"), page_of("B"))
    walk(api, "audit", "/v1/auditrecords", 50, params={"startDate": "2026-01-01"})
    assert api.queries == [{"startDate": "2026-01-01", "size": "50"}] * 2
    assert api.sent("MS-ContinuationToken") == [None, "t1"]


def test_an_offset_walk_goes_on_by_what_was_received_until_a_short_page() -> None:
    api = script(page_of("A", "B"), page_of("C", "D", "E"), page_of("F"))
    assert ids_of(walk(api, "offset", "/v1/invoices")) == list("ABCDEF")
    assert [query["offset"] for query in api.queries] == ["0", "2", "5"]


def test_an_offset_walk_ends_at_an_empty_page() -> None:
    api = script(page_of("A", "B"), page_of())
    assert ids_of(walk(api, "offset", "/v1/invoices")) == ["A", "B"]


def test_a_single_answer_is_the_whole_walk() -> None:
    api = script(page_of("A", "B", total=19))
    assert len(walk(api, "single", "/v1/customers/c/orders", None, params={"include_price": "true"})) == 1
    assert api.queries == [{"include_price": "true"}]


def test_a_single_answer_that_does_go_on_is_not_cut_off() -> None:
    api = script(page_of("A", token="t1"), page_of("B"))
    assert ids_of(walk(api, "single", "/v1/customers/c/orders", None)) == ["A", "B"]


def test_an_offset_walk_that_is_given_a_token_follows_the_token() -> None:
    api = script(page_of("A", "B", token="t1"), page_of("C"))
    assert ids_of(walk(api, "offset", "/v1/invoices")) == ["A", "B", "C"]
    assert api.queries[1] == {"size": "2", "seekOperation": "Next"}


def test_no_size_is_sent_when_none_is_asked() -> None:
    api = script(page_of("A"))
    walk(api, size=None)
    assert api.queries == [{}]


# The links


@pytest.mark.parametrize(
    "uri",
    [
        "/invoices/G1/lineitems?provider=OneTime&invoicelineitemtype=BillingLineItems&size=2?seekOperation=Next",
        "/invoices/G1/lineitems?provider=OneTime&nvoicelineitemtype=BillingLineItems&size=2?seekOperation=Next",
        "/v1/invoices/G1/lineitems?seekOperation=Next",
        "//v1/invoices/G1/lineitems?seekOperation=Next",
        "//invoices/G1/lineitems?at=x.y:z",
        "invoices/G1/lineitems",
        f"{API}/v1/invoices/G1/lineitems?seekOperation=Next",
        f"{API}:443/v1/other/path",
        "HTTPS://API.EXAMPLE.TEST/v1/invoices",
    ],
)
def test_a_follow_up_is_rebuilt_from_the_first_request_whatever_the_link_says(uri: str) -> None:
    api = script(page_of("A", "B", token=TOKEN, uri=uri, in_link=TOKEN), page_of("C"))
    walk(api)
    assert api.requests[1].url.path == LINES
    assert api.queries[1] == {"size": "2", "seekOperation": "Next"}


def test_a_token_only_in_the_links_headers_is_found() -> None:
    api = script(page_of("A", uri="/x?seekOperation=Next", in_link="AQAAAA=="), page_of("B"))
    assert ids_of(walk(api)) == ["A", "B"]
    assert api.sent("MS-ContinuationToken") == [None, "AQAAAA=="]


def test_the_links_token_wins_over_the_envelopes() -> None:
    api = script(page_of("A", token="envelope", uri="/x", in_link={"ms-continuationtoken": "link"}), page_of("B"))
    walk(api)
    assert api.sent("MS-ContinuationToken") == [None, "link"]


def test_other_headers_of_the_link_are_sent_along_but_never_the_clients_own() -> None:
    headers = {
        "MS-ContinuationToken": "t1",
        "MS-Shard": "7",
        "Authorization": "Bearer other",
        "Host": "evil.test",
        "MS-RequestId": "theirs",
        "X-Locale": "xx",
        "X-Split": "a\r\nb: c",
    }
    api = script(page_of("A", uri="/x", in_link=headers), page_of("B"))
    walk(api)
    second = api.requests[1].headers
    assert (second["MS-Shard"], second["Authorization"], second["X-Locale"]) == ("7", "Bearer token-1", "en-US")
    assert second["Host"] == "api.example.test"
    assert second["MS-RequestId"] != "theirs"
    assert "X-Split" not in second


@pytest.mark.parametrize("uri", ["/invoices/G1/lineitems?provider=office&size=2&offset=", "/x?offset=&size=2"])
def test_an_offset_without_a_value_is_computed(uri: str) -> None:
    api = script(page_of("A", "B", uri=uri), page_of("C", "D", uri=uri), page_of("E", uri=uri), page_of(uri=uri))
    assert ids_of(walk(api, "offset", "/v1/invoices/G1/lineitems", params={"provider": "office"})) == list("ABCDE")
    assert api.queries[2] == {"provider": "office", "size": "2", "offset": "4"}


def test_a_short_page_with_a_next_link_is_not_the_end() -> None:
    api = script(page_of("A", uri="/x?size=500&offset=1"), page_of("B"))
    assert ids_of(walk(api, "offset", "/v1/invoices", 500)) == ["A", "B"]
    assert api.queries[1]["offset"] == "1"


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.test/v1/invoices",
        "http://api.example.test/v1/invoices",
        "https://api.example.test:8443/v1",
        "https://api.example.test@evil.test/v1",
        "//evil.test/v1",
        "\\\\evil.test\\v1",
        "//api.example.test@evil/v1",
        "ftp://api.example.test/v1",
        "javascript:alert(1)",
        "https:evil.test/v1",
        " https://evil.test/v1",
    ],
)
@pytest.mark.parametrize("form", ["token", "offset"])
def test_a_link_to_another_host_is_refused(uri: str, form: str) -> None:
    api = script(page_of("A", "B", token="t1", uri=uri, in_link="t1"), page_of("C"))
    with pytest.raises(OriginRefused):
        walk(api, form)
    assert len(api.requests) == 1


def test_a_link_that_cannot_be_followed_is_an_error_not_an_end() -> None:
    with pytest.raises(PageContractBroken, match="neither token nor offset"):
        walk(script(page_of("A", uri="/x?cursor=7")))


@pytest.mark.parametrize("token", ["two\nlines", "tab\there", "ü", " edge"])
def test_a_token_that_cannot_stand_in_a_header_is_refused(token: str) -> None:
    with pytest.raises(PageContractBroken, match="cannot stand in a header"):
        walk(script(page_of("A", token=token)))


# The end


def test_total_count_decides_nothing() -> None:
    api = script(page_of("A", "B", token="t1", total=2), page_of("C", total=99))
    assert ids_of(walk(api)) == ["A", "B", "C"]


def test_an_empty_page_in_the_middle_goes_on() -> None:
    api = script(
        page_of("A", token="t1"), page_of(token="t2"), page_of(token="t3"), page_of("B", token="t4"), page_of()
    )
    assert ids_of(walk(api)) == ["A", "B"]
    assert len(api.requests) == 5


def test_three_empty_pages_in_a_row_that_promise_more_are_an_error() -> None:
    api = script(page_of("A", token="t0"), *[page_of(token=f"t{n}") for n in range(1, 9)])
    with pytest.raises(PageContractBroken, match="3 pages in a row are empty"):
        walk(api)
    assert len(api.requests) == 4


def test_a_token_that_comes_back_is_a_loop() -> None:
    api = script(page_of("A", token="t1"), page_of("B", token="t2"), page_of("C", token="t1"), page_of("D"))
    with pytest.raises(PageContractBroken, match=r"page 3 a continuation token comes back"):
        walk(api)
    assert len(api.requests) == 3


def test_the_same_link_with_another_token_is_no_loop() -> None:
    api = script(
        page_of("A", uri="/x?seekOperation=Next", in_link="t1"),
        page_of("B", uri="/x?seekOperation=Next", in_link="t2"),
        page_of("C"),
    )
    assert ids_of(walk(api)) == ["A", "B", "C"]


def test_an_offset_link_that_comes_back_is_a_loop() -> None:
    api = script(*[page_of(f"A{n}", f"B{n}", uri="/x?size=2&offset=2") for n in range(5)])
    with pytest.raises(PageContractBroken, match="a next link comes back"):
        walk(api, "offset")


def test_a_server_that_ignores_the_offset_is_noticed_without_ids() -> None:
    api = script(*[page_of("A", "B", uri="/x?offset=")] * 9)
    with pytest.raises(PageContractBroken, match="3 pages in a row are the same"):
        walk(api, "offset")
    assert len(api.requests) == 3


def test_invoices_that_ignore_size_and_offset_end_at_the_first_repetition() -> None:
    everything = page_of("A", "B", "C", uri="/invoices?size=2&offset=2")
    api = script(everything, everything, everything)
    assert ids_of(walk(api, "offset", "/v1/invoices", identity_key="id")) == ["A", "B", "C"]
    assert len(api.requests) == 2


def test_a_page_that_overlaps_but_brings_something_new_is_kept() -> None:
    api = script(page_of("A", "B"), page_of("B", "C"), page_of("C"))
    assert ids_of(walk(api, "offset", "/v1/invoices", identity_key="ID")) == ["A", "B", "B", "C"]


def test_ids_may_come_from_the_caller() -> None:
    api = script(page_of("A", "B"), page_of("A", "B"))

    def ids(body: bytes) -> list[str]:
        return [item["id"] for item in json.loads(body)["items"]]

    read: Callable[[bytes], Envelope] = lambda body: Envelope(items_count=2)  # noqa: E731
    assert len(walk(api, "offset", read=read, identities=ids)) == 1


def test_equal_ids_in_a_token_walk_end_nothing() -> None:
    api = script(page_of("A", token="t1"), page_of("A", token="t2"), page_of("B"))
    assert ids_of(walk(api, identity_key="id")) == ["A", "A", "B"]


def test_a_walk_has_a_last_page() -> None:
    api = script(*[page_of(str(n), token=f"t{n}") for n in range(20)])
    with pytest.raises(PageContractBroken, match="after 5 pages"):
        walk(api, max_pages=5)
    assert len(api.requests) == 5


def test_a_page_is_only_asked_for_when_the_one_before_was_taken() -> None:
    api = script(page_of("A", token="t1"), page_of("B"))
    pages = walk_pages(client_of(api), LINES, {}, form="token", size=2)
    next(pages)
    assert len(api.requests) == 1


# Refusals


def test_a_refused_token_says_that_the_walk_has_to_start_again() -> None:
    api = ScriptedApi(reply(page_of("A", token="t1")), reply({"code": 2000, "description": "token expired"}, 400))
    with pytest.raises(TokenRefused, match=r"token for page 2.*token expired") as caught:
        walk(api)
    assert (caught.value.status, caught.value.code) == (400, "2000")
    assert caught.value.request_id


def test_a_refused_first_page_is_an_ordinary_refusal() -> None:
    with pytest.raises(RequestRefused):
        walk(ScriptedApi(reply({"message": "bad"}, 400)))


def test_a_page_that_is_gone_is_not_a_refused_token() -> None:
    with pytest.raises(NotFound):
        walk(ScriptedApi(reply(page_of("A", token="t1")), reply({}, 404)))


# Bytes


def test_a_byte_order_mark_is_read_over() -> None:
    body = codecs.BOM_UTF8 + json.dumps(page_of("A", token="t1")).encode()
    api = ScriptedApi(reply(raw=body), reply(page_of("B")))
    pages = walk(api)
    assert pages[0].answer.body == body
    assert ids_of(pages) == ["A", "B"]


def test_a_cut_off_page_is_asked_for_again_in_its_place() -> None:
    whole = json.dumps(page_of("B")).encode()
    api = ScriptedApi(
        reply(page_of("A", token="t1")), reply(raw=whole[:-4]), httpx.ReadError("reset"), reply(raw=whole)
    )
    pages = walk(api)
    assert ids_of(pages) == ["A", "B"]
    assert pages[1].answer.attempts == 3


def test_a_page_that_is_never_json_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        list(walk_pages(client_of(ScriptedApi(*[reply(raw=b"<html>")] * 6), Clock()), LINES, form="token"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"items": [], "Items": []}',
        b'{"items": null}',
        b'{"items": {}}',
        b'{"totalCount": 1}',
        b"[]",
        b'{"items": [], "links": 7}',
        b'{"items": [], "continuationToken": 7}',
        b'{"items": [], "links": {"next": {"uri": 5}}}',
        b'{"items": [], "links": {"next": {"uri": "/x", "headers": {"a": "b"}}}}',
        b'{"items": [], "links": {"next": {"uri": "/x", "method": "POST"}}}',
    ],
)
def test_a_page_of_another_shape_is_refused_at_once(body: bytes) -> None:
    api = ScriptedApi(reply(raw=body))
    with pytest.raises(PageContractBroken):
        walk(api)
    assert len(api.requests) == 1


NOT_STRICT = [
    b'{"items": [{"amount": NaN}]}',
    b'{"items": [{"amount": -Infinity}]}',
    b'{"items": [], "items": [1]}',
    b'{"items": [{"a": 1, "a": 2}]}',
]


@pytest.mark.parametrize("body", NOT_STRICT)
def test_a_page_that_is_not_strict_json_is_asked_for_again(body: bytes) -> None:
    assert ids_of(walk(ScriptedApi(reply(raw=body), reply(page_of("A"))))) == ["A"]


@pytest.mark.parametrize("body", NOT_STRICT)
def test_a_page_that_is_never_strict_json_breaks_the_contract(body: bytes) -> None:
    with pytest.raises(PageContractBroken, match=r"NaN|Infinity|comes twice") as caught:
        walk(ScriptedApi(*[reply(raw=body) for _ in range(6)]))
    assert caught.value.request_id


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"Items": [1, 2], "TotalCount": "2", "ContinuationToken": ""}, Envelope(2, total_count=2)),
        ({"items": [], "continuationToken": None, "links": None}, Envelope(0)),
        ({"items": [], "links": {"self": {"uri": "/x"}}}, Envelope(0)),
        ({"items": [], "links": {"Next": {"Uri": "/y", "Headers": None}}}, Envelope(0, next_uri="/y")),
        ({"items": [], "links": {"next": {"uri": ""}}}, Envelope(0)),
    ],
)
def test_an_envelope_is_read_whatever_the_case_of_its_keys(page: dict[str, Any], expected: Envelope) -> None:
    assert read_envelope(json.dumps(page).encode()) == expected
