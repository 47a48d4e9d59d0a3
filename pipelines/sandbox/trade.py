"""Countries, currencies, taxes, exchange rates and arithmetic of the pretend business.

The line formulas are written here a second time on purpose, from the same public description as the rules that
check them: a mistake in one of them shows as a difference.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=60)
MINOR_UNITS = {"USD": 2, "EUR": 2, "GBP": 2, "JPY": 0}
STEP = {currency: Decimal(1).scaleb(-digits) for currency, digits in MINOR_UNITS.items()}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
PRICE_FACTORS = {"USD": Decimal(1), "EUR": Decimal("0.95"), "GBP": Decimal("0.8"), "JPY": Decimal(150)}
# One USD in EUR for the bills of a month, by month number modulo three.
EUR_PER_USD = (Decimal("0.9235"), Decimal("0.9312"), Decimal("0.9178"))


@dataclass(frozen=True, slots=True)
class Country:
    """A market. `pricing_currency` differs from `billing_currency` where prices are in dollars."""

    code: str
    culture: str
    billing_currency: str
    pricing_currency: str
    tax_rate: Decimal


COUNTRIES = {
    "US": Country("US", "en-US", "USD", "USD", Decimal("0.0825")),
    "DE": Country("DE", "de-DE", "EUR", "EUR", Decimal("0.19")),
    "GB": Country("GB", "en-GB", "GBP", "GBP", Decimal("0.20")),
    "JP": Country("JP", "ja-JP", "JPY", "JPY", Decimal("0.10")),
    "NL": Country("NL", "nl-NL", "EUR", "USD", Decimal("0.21")),
}


@dataclass(frozen=True, slots=True)
class Month:
    """A billing month. Its invoices are dated on the 5th to the 8th of the month after."""

    index: int
    start_at: datetime
    next_at: datetime

    def at(self, day: int, hour: int = 10, minute: int = 0) -> datetime:
        """A moment inside the month."""
        return self.start_at + timedelta(days=day - 1, hours=hour, minutes=minute)

    def invoiced_at(self, day: int, hour: int = 3) -> datetime:
        """A moment inside the invoice run of this month."""
        return self.next_at + timedelta(days=day - 1, hours=hour)

    @property
    def due_at(self) -> datetime:
        """From here on, what this month's invoice does not show is missing."""
        return self.next_at + timedelta(days=10)

    @property
    def fx_rate(self) -> Decimal:
        """EUR for one USD on the bills of this month."""
        return EUR_PER_USD[(self.start_at.year * 12 + self.start_at.month) % 3]

    @property
    def fx_rate_at(self) -> datetime:
        """The day of the rate: the last of the month."""
        return self.next_at - timedelta(seconds=1)


def month_starting(year: int, number: int, index: int) -> Month:
    """The billing month `number` of `year`; numbers outside 1 to 12 roll over."""
    start = year * 12 + number - 1
    return Month(
        index,
        datetime(start // 12, start % 12 + 1, 1, tzinfo=UTC),
        datetime((start + 1) // 12, (start + 1) % 12 + 1, 1, tzinfo=UTC),
    )


def invoiced_at(moment: datetime) -> datetime:
    """When what is charged in a month to come stands on a document: the 5th of the next month."""
    return month_starting(moment.year, moment.month, 0).invoiced_at(5)


def document_id(moment: datetime, currency: str) -> str:
    """The id of the document that bills what is charged in a month to come."""
    name = f"{moment.year}-{moment.month:02d} {currency}"
    return f"G{int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**8:09d}"


def truncated(amount: Decimal, currency: str) -> Decimal:
    """`amount` cut, not rounded, to the minor unit of `currency`."""
    return amount.quantize(STEP[currency], rounding=ROUND_DOWN, context=EXACT)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to the minor unit of `currency`."""
    return amount.quantize(STEP[currency], rounding=ROUND_HALF_UP, context=EXACT)


def tax_on(subtotal: Decimal, country: str, currency: str) -> Decimal:
    """Tax of the country on one line."""
    return rounded(subtotal * COUNTRIES[country].tax_rate, currency)


def price_in(price: Decimal, currency: str) -> Decimal:
    """A dollar price as listed in `currency`."""
    return rounded(price * PRICE_FACTORS[currency], currency)


def unit_amount(price: Decimal, rate: Decimal, currency: str) -> Decimal:
    """One unit as billed: pricing currency to billing currency, then cut."""
    return truncated(EXACT.multiply(price, rate), currency)
