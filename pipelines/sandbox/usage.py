"""The days behind a usage line: what was used when, rated at full precision.

The days of a line follow from the line, so they are not kept. Their sum, cut to the minor unit, is what the line
bills; in another currency than the priced one it can be off by one, as the line is cut twice.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from pipelines.sandbox.facts import Charge, Document
from pipelines.sandbox.trade import EXACT, month_starting

# As many decimals as rated amounts come with.
STEP = Decimal(1).scaleb(-15)
LATE_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class UsageDay:
    """What one meter counted on one day, of one line. The window ends before `window_end_at`."""

    charge: Charge
    day_at: datetime
    window_start_at: datetime
    window_end_at: datetime
    quantity: Decimal
    pricing_total: Decimal
    billing_total: Decimal
    has_credit: bool
    salt: int


def is_usage(charge: Charge) -> bool:
    """Whether days stand behind a line: purchases, reservations and licences have none."""
    return charge.item.kind == "meter"


def usage_of(document: Document) -> list[UsageDay]:
    """The days behind all usage lines of a document."""
    lines = (charge for charge in document.charges if is_usage(charge))
    return [day for charge in lines for day in days_of(charge, document.period_start_at)]


def days_of(charge: Charge, month_start_at: datetime) -> list[UsageDay]:
    """The days behind one line of a month; now and then the first is of the month before, and comes late."""
    rng = random.Random(f"{charge.subscription_id} {month_start_at:%Y-%m}")  # noqa: S311
    month = month_starting(month_start_at.year, month_start_at.month, 0)
    length = (month.next_at - month.start_at).days
    days = sorted(rng.sample(range(length), rng.choices((1, 2, 4), (85, 10, 5))[0]))
    price, billed = charge.effective_unit_price, charge.billable_quantity
    quantities = parts(rng, billed, len(days))
    pricing = rated(price, quantities)
    billing = rated(EXACT.multiply(price, charge.rate), quantities)
    made = []
    for number, day in enumerate(days):
        is_late = number == 0 and rng.random() < LATE_SHARE
        window = month_starting(month.start_at.year, month.start_at.month - 1, 0) if is_late else month
        made.append(
            UsageDay(
                charge=charge,
                day_at=window.start_at + timedelta(days=min(day, 27)),
                window_start_at=window.start_at,
                window_end_at=window.next_at,
                quantity=quantities[number],
                pricing_total=pricing[number],
                billing_total=billing[number],
                has_credit=charge.salt % 5 == 0,
                salt=charge.salt + number,
            )
        )
    return made


def parts(rng: random.Random, whole: Decimal, count: int) -> list[Decimal]:
    """`whole` in so many parts, exactly."""
    shares = [EXACT.multiply(whole, Decimal(rng.randrange(5, 95)) / (100 * count)) for _ in range(count - 1)]
    first = [share.quantize(Decimal("0.000001"), rounding=ROUND_DOWN, context=EXACT) for share in shares]
    return [*first, EXACT.subtract(whole, sum(first, Decimal(0)))]


def rated(price: Decimal, quantities: list[Decimal]) -> list[Decimal]:
    """Each quantity at its price; the last one takes what cutting the others left, so that the sum is right."""
    first = [_cut(EXACT.multiply(price, quantity)) for quantity in quantities[:-1]]
    whole = _cut(EXACT.multiply(price, EXACT.add(sum(quantities[:-1], Decimal(0)), quantities[-1])))
    return [*first, EXACT.subtract(whole, sum(first, Decimal(0)))]


def _cut(amount: Decimal) -> Decimal:
    return amount.quantize(STEP, rounding=ROUND_DOWN, context=EXACT)
