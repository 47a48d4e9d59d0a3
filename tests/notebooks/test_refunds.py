"""Did every refund come, and was it enough?"""

from __future__ import annotations

from tests.notebooks.conftest import Open

NAME = "refunds"


def test_what_is_still_to_come_is_what_the_terms_promise(open_page: Open) -> None:
    page = open_page(NAME)
    assert page.rows("still_missing", "pricing_currency", "refund_count", "missing_pricing_amount") == [
        ("EUR", 1, "20"),
        ("JPY", 1, "0"),
        ("USD", 1, "7.5"),
    ]
    assert "Still to come, EUR 20.00 1 refund, before tax" in page.text


def test_each_status_is_counted_in_its_currency(open_page: Open) -> None:
    page = open_page(NAME)
    assert page.rows("by_status", "currency", "refund_status", "refund_count", "refunded_total") == [
        ("EUR", "late", 1, "0"),
        ("EUR", "received", 1, "100"),
        ("JPY", "late", 1, "0"),
        ("JPY", "received", 1, "5000"),
        ("USD", "due", 1, "0"),
    ]


def test_the_outstanding_ones_are_named(open_page: Open) -> None:
    page = open_page(NAME)
    assert page.rows("outstanding", "refund_id", "missing_amount") == [("r2", "20"), ("r5", None), ("r3", "7.5")]
    assert "Alpine &lt;Ski&gt; House" in page.text


def test_more_than_promised_never_pays_for_another_refund(open_page: Open) -> None:
    page = open_page(NAME, "--currency", "EUR", "--customer", "c-alpine")
    # r1 came with 5 too many; the 20 of r2 are missing all the same.
    assert page.rows("refunds", "refund_id", "difference_pricing_amount") == [("r1", "5"), ("r2", "-20")]
    assert page.rows("still_missing", "missing_pricing_amount") == [("20",)]


def test_without_terms_it_is_not_known_what_is_missing(open_page: Open) -> None:
    page = open_page(NAME, "--currency", "JPY")
    assert "Still to come, JPY 0 1 refund, 1 unknown, before tax" in page.text
    assert "late 2026-09-11 unknown unknown" in page.text


def test_customer_and_currency_narrow_it(open_page: Open) -> None:
    assert open_page(NAME, "--customer", "Kyoto Tea").rows("refunds", "refund_id") == [("r4",), ("r5",)]
    assert open_page(NAME, "--currency", "USD").rows("refunds", "refund_id") == [("r3",)]


def test_an_earlier_moment_shows_what_was_known_then(open_page: Open) -> None:
    page = open_page(NAME, "--currency", "EUR", "--as-of", "2026-09-12")
    assert page.rows("refunds", "refund_id") == [("r1",)]
    assert "Nothing is outstanding." in page.text
