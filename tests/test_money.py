"""The one door for decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.money import add_exactly, exact_decimal, money_text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**25), max_value=10**25, places=12))
def test_an_amount_that_fits_comes_back_to_the_last_digit(amount: Decimal) -> None:
    assert exact_decimal(str(amount), 38, 12) == amount
    assert exact_decimal(amount, 38, 12) == amount


@pytest.mark.parametrize("text", ["14.4", "-3.87", "+5", "5.", ".5", "1E-3", "1e+2", "007", "0.000000000001"])
def test_a_number_sent_as_text_is_a_number(text: str) -> None:
    assert exact_decimal(text, 38, 12) == Decimal(text)


@pytest.mark.parametrize(
    "value", ["", " 5", "5 ", "1_0", "1,5", "NaN", "inf", "0x10", "\uff11\uff12", "1e", ".", "-"]
)
def test_what_only_looks_like_a_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        exact_decimal(value, 38, 12)


@pytest.mark.parametrize("value", [True, 1.5, None, [], {}])
def test_neither_a_float_nor_a_bool_nor_nothing_is_an_amount(value: object) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        exact_decimal(value, 38, 12)


@pytest.mark.parametrize(
    "value", ["1e40", "123456789012345678901234567", "1e-13", "0.1234567890123", Decimal("1E+999999")]
)
def test_an_amount_that_does_not_fit_exactly_is_refused_and_never_rounded_or_nan(value: object) -> None:
    with pytest.raises(ValueError, match="does not fit DECIMAL"):
        exact_decimal(value, 38, 12)


def test_an_exponent_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        exact_decimal("1e99999999999999999999", 38, 12)


def test_zeros_behind_the_last_place_change_nothing() -> None:
    assert exact_decimal("1." + "0" * 30, 38, 12) == 1


def test_sums_keep_more_digits_than_the_usual_context() -> None:
    large, small = Decimal("99999999999999999999999999.000000000000"), Decimal("0.000000000001")
    assert str(add_exactly(large, small)) == "99999999999999999999999999.000000000001"


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0E-12", "0"), ("-0.00", "0"), ("720.000000000000", "720"), ("1E+3", "1000"), ("-3.8700", "-3.87")],
)
def test_equal_amounts_have_one_text(amount: str, text: str) -> None:
    assert money_text(Decimal(amount)) == text
