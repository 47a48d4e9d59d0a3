"""A total is read in every manner of printing it, or not at all: never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.statements.currencies import CODES, MINOR_DIGITS
from pipelines.statements.numbers import Unreadable, read_number
from pipelines.statements.printed_total import find_printed_total
from tests.dbt.test_break_catalogue import PROJECT

READ = {
    "Total (including Tax) USD 1,234.56": ("1234.56", "USD"),
    "Total amount 1.234,56 EUR": ("1234.56", "EUR"),
    "Total Amount: 1 234,56 €": ("1234.56", "EUR"),
    "Total amount 12\u202f345\u202f678,90 EUR": ("12345678.90", "EUR"),
    "Total amount 1'234.50 CHF": ("1234.50", "CHF"),
    "Total (INR): 1,23,456.78": ("123456.78", "INR"),
    "Total amount USD1,234.56": ("1234.56", "USD"),
    "Total amount ¥1,234\nAll amounts are in JPY.": ("1234", "JPY"),
    "Total amount \uff11\uff0c\uff12\uff13\uff14 JPY": ("1234", "JPY"),
    "Total charges US$5.00": ("5.00", "USD"),
    "Total KWD 1,234.567": ("1234.567", "KWD"),
    "Total EUR 1.234": ("1234", "EUR"),
    "Total USD 0.125": ("0.125", "USD"),
    "Total (including Tax)\nUSD 12.00": ("12.00", "USD"),
    "Charges USD 7.00": ("7.00", "USD"),
    "Charges 100.00 USD\nTax 20.00 USD\nTotal (including Tax) 120.00 USD": ("120.00", "USD"),
    "Total tax USD 4.00\nTotal USD 24.00": ("24.00", "USD"),
    "Total amount USD 5.00\nTotal (including Tax) 5.00 USD": ("5.00", "USD"),
}
NEGATIVE = (
    "Total amount USD -1,234.56",
    "Total amount -$1,234.56\nAll amounts in USD",
    "Total amount \u22121.234,56 USD",
    "Total amount 1,234.56- USD",
    "Total amount (1,234.56) USD",
    "Total amount (USD 1,234.56)",
)
UNREAD = {
    "": "no text",
    "Thank you": "labelled as the total",
    "Subtotal USD 5.00\nTax USD 1.00\nCharges USD 5.00": "labelled as the total",
    "Total amount USD 5.00\nGrand total USD 6.00": "several totals",
    "Total amount 5.00 of 6.00 USD": "several numbers",
    "Total (including Tax) for all USD 5.00\nTotal USD 7.00": "more than an amount",
    "Total amount ¥1,234": "currency is not clear",
    "Total amount $5.00": "currency is not clear",
    "Total amount 5.00": "currency is not clear",
    "Total USD 5.00 EUR": "currency is not clear",
    "Total amount KWD 1.234": "three decimals",
    "Total amount USD 1.234.56": "separated thousands",
    "Total amount USD 5.00 CR": "marked as a credit",
    "Total amount - USD 5.00": "may be a minus",
    f"Total amount USD {'9' * 40}.00": "no amount",
}


@pytest.mark.parametrize("text", READ)
def test_a_total_is_read_as_it_is_printed(text: str) -> None:
    found = find_printed_total(f"Statement\nInvoice number G000\n{text}\nThank you")
    amount, currency = READ[text]
    assert (found.total, found.currency, found.reason) == (Decimal(amount), currency, None)


@pytest.mark.parametrize("text", NEGATIVE)
def test_a_credit_is_negative_however_it_is_marked(text: str) -> None:
    assert find_printed_total(text).total == Decimal("-1234.56")


@pytest.mark.parametrize("text", UNREAD)
def test_what_could_mean_two_things_is_not_read_and_says_why(text: str) -> None:
    found = find_printed_total(text)
    assert found.total is None
    assert UNREAD[text] in (found.reason or "")


@pytest.mark.parametrize("printed", ["1,2,3", "0,123,456", "1 23", "1,234 567", "12.34.567,8"])
def test_digits_that_are_grouped_by_no_rule_are_no_number(printed: str) -> None:
    assert isinstance(read_number(printed, 2), Unreadable)


def test_the_reader_knows_the_minor_units_of_the_warehouse() -> None:
    """Where both name a currency, they agree on its decimals."""
    rows = (PROJECT / "seeds/currencies.csv").read_text(encoding="utf-8").splitlines()[1:]
    seeded = {code: int(digits) for code, digits, _ in (row.split(",") for row in rows)}
    assert set(seeded) <= CODES
    assert {code: MINOR_DIGITS.get(code, 2) for code in seeded} == seeded
