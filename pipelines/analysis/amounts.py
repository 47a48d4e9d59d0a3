"""Amounts for reading: text, as a browser and a spreadsheet would round numbers."""

from __future__ import annotations

from decimal import Decimal


def amount_text(amount: Decimal | None, digits: int = 2) -> str:
    """An amount for reading: thousands apart and the currency's digits; more digits only where there are more.

    >>> amount_text(Decimal("1234.5")), amount_text(Decimal("-120000"), 0), amount_text(None)
    ('1,234.50', '-120,000', 'unknown')
    """
    if amount is None:
        return "unknown"
    exact = format(amount, "f")
    behind_point = len(exact.partition(".")[2].rstrip("0"))
    return f"{amount:,.{max(digits, behind_point)}f}"
