"""Buying: from the group of a cart to an order, its rights and its bill. What is made here goes into `Live`."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.sandbox.builder import ALPHABET, TERM_DAYS
from pipelines.sandbox.facts import Charge, Customer, Entitlement, Item, Order, OrderLine
from pipelines.sandbox.live import Live
from pipelines.sandbox.trade import EXACT, document_id, month_starting, price_in, tax_on, truncated

# A right follows its order.
RIGHT_DELAY = timedelta(minutes=5)


@dataclass(frozen=True)
class Wanted:
    """One line of a cart that is about to be ordered."""

    item: Item
    quantity: int


def buy(live: Live, customer: Customer, cycle: str, wanted: Sequence[Wanted], at: datetime, name: str) -> Order:
    """One order of the lines, with everything that follows from it.

    Shape:   ids follow from `name`, so the same purchase has the same ids.
    """
    order = _order(customer, cycle, wanted, at, name)
    rights = [_entitlement(order, line) for line in order.lines] if cycle == "one_time" else []
    live.add(order, rights, [_charge(order, line, cycle) for line in order.lines])
    return order


def _order(customer: Customer, cycle: str, wanted: Sequence[Wanted], at: datetime, name: str) -> Order:
    digest = hashlib.sha512(name.encode()).digest()
    lines = tuple(
        OrderLine(
            number=number,
            item=one.item,
            price=_unit_price(customer, one.item, at),
            changes=((at, one.quantity),),
            transaction_type="New",
            partner_id=customer.reseller_id,
            has_guid_offer=False,
            subscription_id=_guid(f"{name}/{number}").upper() if cycle != "one_time" else "",
        )
        for number, one in enumerate(wanted)
    )
    return Order(
        id="".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:32]) + "1",
        alternate_id="b" + digest.hex()[:11],
        customer=customer,
        billing_cycle=cycle,
        transaction_type="UserPurchase",
        currency=customer.billing_currency,
        created_at=at,
        lines=lines,
        is_pending=False,
        cancelled_at=None,
    )


def _entitlement(order: Order, line: OrderLine) -> Entitlement:
    days = TERM_DAYS[line.item.term]
    return Entitlement(
        customer=order.customer,
        order_id=order.id,
        alternate_id=order.alternate_id,
        line_number=line.number,
        item=line.item,
        changes=tuple((moment + RIGHT_DELAY, quantity) for moment, quantity in line.changes),
        ends_at=None,
        expires_at=order.created_at + timedelta(days=days) if days else None,
        resource_id=_guid(f"{order.id}/{line.number}") if line.item.kind == "reservation" else "",
    )


def _charge(order: Order, line: OrderLine, cycle: str) -> Charge:
    """The line that bills an order line, in the month of the order."""
    customer, at = order.customer, order.created_at
    month = month_starting(at.year, at.month, 0)
    quantity = line.quantity_at(at)
    listed = price_in(line.item.price, customer.pricing_currency)
    subtotal = line.price * quantity
    tax = tax_on(subtotal, customer.country, customer.billing_currency)
    is_foreign = customer.pricing_currency != customer.billing_currency
    return Charge(
        customer=customer,
        order_ref=order.id,
        alternate_ref=order.alternate_id,
        order_at=at,
        item=line.item,
        charge_type="New",
        unit_price=listed,
        effective_unit_price=listed,
        quantity=quantity,
        billable_quantity=Decimal(quantity),
        subtotal=subtotal,
        tax=tax,
        total=subtotal + tax,
        currency=customer.billing_currency,
        pricing_currency=customer.pricing_currency,
        rate=month.fx_rate if is_foreign else Decimal(1),
        rate_at=month.fx_rate_at,
        charge_start_at=at,
        charge_end_at=at + timedelta(days=TERM_DAYS[line.item.term] or 1),
        frequency="" if cycle == "one_time" else cycle.capitalize(),
        meter="",
        reservation_order_id="",
        credit_reason="",
        subscription_id=_guid(f"{order.id}/{line.number}/subscription"),
        invoice_number=document_id(at, customer.billing_currency),
        style="modern",
        salt=int(order.alternate_id[1:5], 16) + line.number,
    )


def _unit_price(customer: Customer, item: Item, at: datetime) -> Decimal:
    """One unit in the billing currency, cut as the bill cuts it."""
    price = price_in(item.price, customer.pricing_currency)
    if customer.pricing_currency != customer.billing_currency:
        price = EXACT.multiply(price, month_starting(at.year, at.month, 0).fx_rate)
    return truncated(price, customer.billing_currency)


def _guid(name: str) -> str:
    return str(uuid.UUID(bytes=hashlib.md5(name.encode(), usedforsecurity=False).digest(), version=4))
