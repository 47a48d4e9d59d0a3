"""Question: what was ordered or is listed as not billed yet, but is on no invoice?

Shape:    one accrual per order item (credits expected are negative), and per what estimates list beside them.
Units:    amounts before tax in the accrual's own currency, exact; `booked` in its minor units.
Source:   fct_order_items, fct_unbilled_lines, fct_refunds, fct_breaks, fct_match_candidates, fct_invoices.
Caveats:  what is on no invoice as of the published moment; an enquiry as of an earlier moment asks for that one.
          An expected credit is what the terms of refund give; without terms what was charged for the units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from pipelines.errors import UsageError
from pipelines.money import booked, multiply_exactly, subtract_exactly
from pipelines.reports.accrual_queries import ESTIMATES, ITEMS
from pipelines.reports.rows import Row, rows

# What an accrual stands for, in words for a journal.
REASONS = {
    "on_unbilled": "Ordered, listed as not billed yet",
    "not_yet_invoiced": "Ordered, invoice not due yet",
    "pending": "Ordered, order still pending",
    "not_billed": "Ordered, invoice due, not charged",
    "quantity_short": "Ordered, charged less than ordered",
    "estimate": "Listed as not billed yet, no open order",
    "credit_due": "Credit expected for a reduction",
    "cancelled_not_credited": "Credit overdue for a reduction",
}
CREDITS = ("credit_due", "cancelled_not_credited")


@dataclass(frozen=True)
class Accrual:
    """What one order item, or one part of the estimates, adds to the accruals; `amount` None is not known.

    Shape:   `basis` is where the amount is from: `order price`, `refund terms` or
             `unbilled estimate`; `month` is when it was
             ordered, reduced or listed, YYYY-MM.
    """

    reason: str
    basis: str
    currency: str | None
    minor_digits: int
    amount: Decimal | None
    customer_id: str | None
    order_id: str | None
    product_id: str | None
    sku_id: str | None
    quantity: Decimal | None
    month: str | None
    due_at: datetime | None

    @property
    def booked(self) -> Decimal:
        """The amount as books keep it; 0 where it is not known."""
        return booked(self.amount, self.minor_digits) if self.amount is not None else Decimal(0)


@dataclass(frozen=True)
class Accruals:
    """The accruals of a period, what has no known amount, what is of later months, what was left out and why."""

    period: str
    as_of: datetime
    generation: int
    accrued: tuple[Accrual, ...]
    unknown: tuple[Accrual, ...]
    later: tuple[Accrual, ...]
    left_out: tuple[tuple[Accrual, str], ...]


def accruals(connection: duckdb.DuckDBPyConnection, period: str | None = None) -> Accruals:
    """What to set aside at the end of a period: that month's and earlier, as of the published moment.

    Errors:  UsageError for a period that is no month, or has not begun at that moment.
    """
    about = rows(connection, "select generation, as_of from recon_meta.build_info")[0]
    period = _checked(period, about["as_of"])
    items = rows(connection, ITEMS)
    estimates = rows(connection, ESTIMATES)
    found, left_out = _of_items(items, estimates)
    taken = {item["order_item_id"] for item in items if item["why_not"] is None}
    found += [_of_estimate(row) for row in estimates if row["is_open"] and row["order_item_id"] not in taken]
    # What adds nothing needs no entry: a purchase and its refund on the same estimates.
    found = sorted((one for one in found if one.amount != 0), key=_place)
    due = [one for one in found if (one.month or period) <= period]
    return Accruals(
        period,
        about["as_of"],
        about["generation"],
        tuple(one for one in due if one.amount is not None),
        tuple(one for one in due if one.amount is None),
        tuple(one for one in found if (one.month or period) > period),
        tuple(sorted((pair for pair in left_out if pair[0].amount != 0), key=lambda pair: _place(pair[0]))),
    )


def _checked(period: str | None, as_of: datetime) -> str:
    current = f"{as_of:%Y-%m}"
    if period is None:
        return current
    try:
        month = f"{datetime.strptime(period, '%Y-%m'):%Y-%m}"  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise UsageError(f"`{period}` is no month; write it like 2026-09") from None
    if month > current:
        raise UsageError(f"{month} has not begun as of {as_of:%Y-%m-%d}; the newest month is {current}")
    return month


def _of_items(items: list[Row], estimates: list[Row]) -> tuple[list[Accrual], list[tuple[Accrual, str]]]:
    by_item: dict[str, list[Row]] = {}
    for row in estimates:
        if row["order_item_id"] is not None:
            by_item.setdefault(row["order_item_id"], []).append(row)
    found: list[Accrual] = []
    left_out: list[tuple[Accrual, str]] = []
    for item in items:
        priced = _priced(item, by_item.get(item["order_item_id"], []))
        if item["why_not"] is None:
            found += priced
        else:
            left_out += [(one, item["why_not"]) for one in priced]
    return found, left_out


def _priced(item: Row, estimates: list[Row]) -> list[Accrual]:
    """An order item with the order's price; else with the estimates that list it; else without an amount.

    What comes back is counted by the terms of refund, where they say it in the currency of the charges.
    """
    missing = subtract_exactly(item["expected_quantity"], item["charged_quantity"])
    if missing < 0 and item["refund_amount"] is not None and item["refund_currency"] == item["charged_currency"]:
        amount = item["refund_amount"]
        return [_accrual(item, "refund terms", item["charged_currency"], item["charged_digits"], amount, missing)]
    if item["charged_currency"] is None:
        amount, currency, digits = item["expected_amount"], item["order_currency"], item["order_digits"]
    else:
        price = item["unit_amount"]
        amount = multiply_exactly(price, missing) if price is not None else None
        currency, digits = item["charged_currency"], item["charged_digits"]
    if amount is not None and currency is not None:
        return [_accrual(item, "order price", currency, digits, amount, missing)]
    # Months that are not invoiced yet; where all are, the last one is all that is known.
    standing = [row for row in estimates if row["is_open"]] or [row for row in estimates if row["is_newest"]]
    if not standing:
        return [_accrual(item, "no amount known", currency, digits, None, missing)]
    return [
        _accrual(item, "unbilled estimate", row["currency"], row["digits"], row["subtotal"], row["quantity"])
        for row in standing
    ]


def _of_estimate(row: Row) -> Accrual:
    """What estimates list beside the order items that are accrued."""
    basis = "unbilled estimate" if row["subtotal"] is not None and row["currency"] else "no amount known"
    amount = row["subtotal"] if basis == "unbilled estimate" else None
    return _accrual({**row, "reason": "estimate"}, basis, row["currency"], row["digits"], amount, row["quantity"])


def _accrual(
    row: Row, basis: str, currency: str | None, digits: int, amount: Decimal | None, quantity: Decimal | None
) -> Accrual:
    return Accrual(
        reason=row["reason"],
        basis=basis,
        currency=currency,
        minor_digits=digits,
        amount=amount,
        customer_id=row["customer_id"],
        order_id=row["order_id"],
        product_id=row["product_id"],
        sku_id=row["sku_id"],
        quantity=quantity,
        month=row["month"],
        due_at=row["due_at"],
    )


def _place(one: Accrual) -> tuple[str, ...]:
    parts = (one.currency, one.reason, one.order_id, one.product_id, one.sku_id, one.customer_id, one.month)
    return tuple(part or "" for part in parts)
