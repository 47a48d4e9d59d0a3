"""Did prices or exchange rates move, and what did it cost?"""

from __future__ import annotations

from tests.notebooks.conftest import Open

NAME = "price_and_fx_drift"


def test_a_price_that_moved_is_shown_with_its_spread(open_page: Open) -> None:
    page = open_page(NAME, "--currency", "EUR")
    assert page.rows("moved", "pricing_currency", "first_price", "last_price", "spread_price") == [
        ("EUR", "80", "50", "650")
    ]
    assert page.rows("prices_by_month", "period", "lowest_price", "highest_price") == [
        ("2026-08", "80", "80"),
        ("2026-09", "50", "700"),
    ]


def test_charges_beside_the_list_and_why_some_have_none(open_page: Open) -> None:
    page = open_page(NAME)
    assert page.rows("beside_list", "currency", "price_status", "why", "differing_count", "difference_amount") == [
        ("EUR", "found", "", 1, "10"),
        ("JPY", "not_read", "the list of JP was refused", 0, "0"),
    ]
    assert "690.00 EUR 700.00 EUR" in page.text


def test_rates_beside_the_published_ones(open_page: Open) -> None:
    page = open_page(NAME, "--currency", "EUR")
    assert page.rows("fx_checks", "pair", "fx_rate", "deviation_usd_amount") == [
        ("USD to EUR", "0.92", "3.043478260869")
    ]
    assert "0.002800 3.04 yes" in page.text


def test_customer_and_currency_narrow_it(open_page: Open) -> None:
    assert open_page(NAME, "--customer", "Kyoto Tea").rows("price_checks", "invoice_line_id") == [("l6",)]
    page = open_page(NAME, "--currency", "JPY")
    assert page.rows("prices_by_month", "pricing_currency") == [("JPY",)]
    assert "No line was converted." in page.text


def test_an_earlier_moment_shows_what_was_known_then(open_page: Open) -> None:
    assert "Every order tells its price." in open_page(NAME, "--as-of", "2026-09-12").text
