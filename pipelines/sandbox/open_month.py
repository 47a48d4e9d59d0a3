"""What the open month brings: ordinary purchases, credits and usage that no invoice shows yet.

They come on the invoices of the month when it is over. Their lines are no part of any document before that.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from math import sqrt

from pipelines.sandbox.builder import Builder, Draft
from pipelines.sandbox.facts import Charge, Item, Order
from pipelines.sandbox.trade import EXACT, document_id, invoiced_at


def charges_to_come(b: Builder, scale: float) -> None:
    """The open month: what was told of it elsewhere gets its charges, and some customers buy as usual."""
    b.stream("open month")
    told = list(b.orders)
    for order in told:
        for moment, charge in owed(b, order):
            b.to_come.append((moment, charge))
    root = sqrt(scale)
    usual = [order for order in told if order.billing_cycle == "one_time" and is_plain(order)]
    for order in b.rng.sample(usual, min(len(usual), max(8, round(40 * root)))):
        again(b, order)
    plans = [order for order in told if order.lines[0].item.kind == "plan"]
    billed = (charge for draft in b.drafts.values() for charge in draft.charges)
    meters = {charge.item: charge.meter for charge in billed if charge.item.kind == "meter"}
    for plan in b.rng.sample(plans, min(len(plans), max(4, round(20 * root)))):
        consumption_to_come(b, plan, meters)


def is_plain(order: Order) -> bool:
    """An order as most are."""
    line = order.lines[0]
    return (
        order.customer.is_listed
        and order.transaction_type == "UserPurchase"
        and order.cancelled_at is None
        and not order.is_pending
        and not line.has_guid_offer
        and line.item.kind in ("perpetual", "subscription")
        and order.currency == order.customer.billing_currency
    )


def owed(b: Builder, order: Order) -> Iterator[tuple[datetime, Charge]]:
    """Charges for what was ordered in the open month, and credits for what was cancelled in it."""
    month = b.open_month
    is_billed = (
        order.billing_cycle == "one_time" and order.transaction_type == "UserPurchase" and not order.is_pending
    )
    if not is_billed or not order.customer.is_listed:
        return
    if order.created_at >= month.start_at:
        for line in order.lines:
            if line.changes[0][1] and not line.waiting:
                yield order.created_at, line_to_come(b, order, line.number, line.changes[0][1], order.created_at)
    elif order.cancelled_at is not None and month.start_at <= order.cancelled_at < month.next_at:
        for line in order.lines:
            # The last quantity before everything was given back.
            quantity = line.changes[-2][1]
            yield order.cancelled_at, line_to_come(b, order, line.number, -quantity, order.cancelled_at)


def again(b: Builder, former: Order) -> None:
    """The same customer buys the same thing in the open month."""
    month = b.open_month
    line = former.lines[0]
    quantity = b.rng.choice((1, 2, 5))
    order = b.order(former.customer, month.at(b.rng.randrange(1, 13), b.rng.randrange(24)), (line.item, quantity))
    b.entitle(order)
    b.to_come.append((order.created_at, line_to_come(b, order, 0, quantity, order.created_at)))


def line_to_come(b: Builder, order: Order, number: int, quantity: int, at: datetime) -> Charge:
    """The line that will bill `quantity` units of an order line; negative for a credit."""
    return b.charge(
        order, order.lines[number].item, b.open_month, quantity, order_at=at, document=bill_to_come(b, order)
    )


def bill_to_come(b: Builder, order: Order) -> Draft:
    """The invoice on which the open month will be billed. It is made when the month is over, not here."""
    currency = order.customer.billing_currency
    at = b.open_month.start_at
    return Draft(document_id(at, currency), invoiced_at(at), b.open_month, currency)


def consumption_to_come(b: Builder, plan: Order, meters: dict[Item, str]) -> None:
    """Usage of a plan in the open month, still being counted."""
    for item in b.rng.sample(list(meters), min(len(meters), 3)):
        price = EXACT.multiply(item.price, Decimal(150 if plan.customer.pricing_currency == "JPY" else 1))
        charge = b.charge(
            plan,
            item,
            b.open_month,
            1,
            price=price,
            meter=meters[item],
            billable=Decimal(b.rng.randrange(20_000, 9_000_000)).scaleb(-4),
            charge_type="new",
            document=bill_to_come(b, plan),
        )
        b.to_come.append((b.open_month.start_at, charge))
