"""The stories of the scenarios. Each has months and currencies of its own, so that they can be told together.

`b.months` are numbered from 0, the oldest; `everyday` leaves out the months in which a story wants to be alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import Charge, Customer, Order, PlantedBreak
from pipelines.sandbox.plants.rows import row
from pipelines.sandbox.restatements import RESTATED_AT
from pipelines.sandbox.trade import Month, price_in

MONTHS = 6
COUNTRY = {"USD": "US", "EUR": "DE", "GBP": "GB", "JPY": "JP"}
EVERYDAY = {"USD": (0, 2, 3, 4, 5), "EUR": (0, 2, 4, 5), "GBP": (0, 5), "JPY": (0, 1, 4, 5)}


@dataclass
class Refusals:
    """What the API will refuse, by the names of `Faults`."""

    forbidden_orders: list[str] = field(default_factory=list)
    forbidden_entitlements: list[str] = field(default_factory=list)
    missing_line_items: list[str] = field(default_factory=list)


def everyday(b: Builder) -> None:
    """Purchases that are ordered, delivered and billed, and seats on the newest invoices."""
    for currency, months in EVERYDAY.items():
        customer = b.customer(COUNTRY[currency])
        for number in months:
            bought(b, customer, b.months[number])
        seats(b, customer, b.months[-1])


def months_without_their_invoice(b: Builder, _: Refusals) -> Iterator[PlantedBreak]:
    """A month's orders are long due, and no invoice in their currency comes.

    No break: a month whose only order was cancelled the day after, and one whose order stands on the next invoice.
    """
    for currency, number in (("USD", 1), ("JPY", 2)):
        month = b.months[number]
        b.entitle(b.order(b.customer(COUNTRY[currency]), month.at(9), (b.item("perpetual", "75.00", term=""), 4)))
        yield _about_month("invoice_missing", "an order is due and no invoice came", month, currency, None)
    customer = b.customer("GB")
    quiet = b.months[1]
    b.entitle(b.order(customer, quiet.at(4), (b.item("perpetual", "31.00", term=""), 2), cancelled_at=quiet.at(5)))
    bought(b, customer, b.months[2], billed=b.months[3])


def months_of_one_side(b: Builder, _: Refusals) -> Iterator[PlantedBreak]:
    """A month has charges that no order of it explains, or orders and an invoice that charges none of them.

    No break: an invoice that bills only an order of the month before, and one with seats in a month without orders.
    """
    month, customer = b.months[1], b.customer("DE")
    charge = b.charge(None, b.item("perpetual", "64.40", term=""), month, 3, customer=customer, style="modern")
    story = "what is charged names no order, and nothing was ordered"
    yield _about_month("nothing_compared", story, month, "EUR", charge.total)
    month, customer = b.months[3], b.customer("JP")
    item = b.item("subscription", "90.00")
    b.entitle(b.order(customer, month.at(9), (item, 3)))
    seats(b, customer, month)
    story = "three units were ordered, and the invoice of the month holds seats alone"
    yield _about_month("nothing_compared", story, month, "JPY", price_in(item.price, "JPY") * 3)
    bought(b, b.customer("DE"), b.months[2], billed=b.months[3])
    seats(b, b.customer("GB"), b.months[4])


def customers_that_refuse(b: Builder, refusals: Refusals) -> Iterator[PlantedBreak]:
    """Customers are charged, and the orders of one and the entitlements of the other may not be read.

    No break: a customer who was never charged refuses its orders.
    """
    month = b.months[4]
    for currency, refused in (("USD", refusals.forbidden_orders), ("JPY", refusals.forbidden_entitlements)):
        customer = b.customer(COUNTRY[currency])
        _, charge = bought(b, customer, month)
        refused.append(customer.id)
        story = "charged, and one side of the comparison may not be read"
        since = b.document_of(charge).at
        yield row("not_compared", story, since, charge.total, customer_id=customer.id, currency=currency)
    refusals.forbidden_orders.append(b.customer("US").id)


def invoices_that_refuse(b: Builder, refusals: Refusals) -> Iterator[PlantedBreak]:
    """The lines that a document offers are not there when they are asked for.

    No break: a void document whose lines are not there either.
    """
    month = b.months[4]
    for currency, is_void in (("EUR", False), ("JPY", False), ("GBP", True)):
        document = b.draft(month, currency, month.invoiced_at(9))
        seats(b, b.customer(COUNTRY[currency]), month, document.id)
        refusals.missing_line_items.append(document.id)
        if is_void:
            document.void_at, document.void_shown_as = document.at + timedelta(hours=12), "state"
            continue
        total = document.frozen().total_charges
        story = "its lines are offered and not found"
        yield row("invoice_not_read", story, document.at, total, invoice_id=document.id, currency=currency)


def invoices_that_vanish(b: Builder, _: Refusals) -> Iterator[PlantedBreak]:
    """Documents vanish that had been read from the list alone: their lines are left without one.

    What is found is for `World.truth_since` to say. No break: one that had been read by its id as well.
    """
    month = b.months[0]
    for currency, is_known in (("USD", False), ("JPY", False), ("EUR", True)):
        document = b.draft(month, currency, month.invoiced_at(9), is_known_by_id=is_known, withdrawn_at=RESTATED_AT)
        seats(b, b.customer(COUNTRY[currency]), month, document.id)
    yield from ()


def in_every_world(_: Builder, __: Refusals) -> Iterator[PlantedBreak]:
    """Everyday business is enough: any world has two of these, for whoever looks for them.

    No break: an invoice whose lines come in another order, statements in the manner of each currency.
    """
    yield from ()


# What happens ------------------------------------------------------------------------------------------------------


def bought(b: Builder, customer: Customer, month: Month, billed: Month | None = None) -> tuple[Order, Charge]:
    """Two units: ordered, delivered, and charged on the invoice of the month or of a later one."""
    item = b.item("perpetual", f"{b.rng.randrange(40, 400)}.00", term="")
    order = b.order(customer, month.at(b.rng.randrange(2, 25)), (item, 2))
    b.entitle(order)
    return order, b.charge(order, item, billed or month, 2)


def seats(b: Builder, customer: Customer, month: Month, document_id: str = "") -> None:
    """A line of a monthly order from long ago, which no rule about orders looks at."""
    item = b.item("seat", "12.00", term="P1M")
    order = b.order(customer, b.months[0].start_at - timedelta(days=40), (item, 10), cycle="monthly")
    document = b.drafts[document_id] if document_id else None
    b.charge(order, item, month, 10, frequency="Monthly", charge_type="renew", style="modern", document=document)


def _about_month(code: str, story: str, month: Month, currency: str, at_risk: Decimal | None) -> PlantedBreak:
    since: datetime = month.due_at
    return replace(row(code, story, since, at_risk, currency=currency), period=f"{month.next_at:%Y-%m}")
