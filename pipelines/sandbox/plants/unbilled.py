"""Charges that were promised by the unbilled lines and came on no invoice."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.sandbox.builder import Builder, Draft
from pipelines.sandbox.facts import Charge, Item, Order, PlantedBreak
from pipelines.sandbox.plants.rows import about_item
from pipelines.sandbox.trade import Month


def unbilled_only(b: Builder, order: Order, item: Item, m: Month, quantity: int, **fields: str) -> Charge:
    """A line among the unbilled ones of a month, which stays there and comes on no document in this form."""
    nowhere = Draft("", m.next_at, m, order.customer.billing_currency)
    charge = b.charge(order, item, m, quantity, document=nowhere, style="modern", **fields)  # type: ignore[arg-type]
    b.never_billed.append((order.created_at, charge))
    return charge


def still_listed_when_the_invoice_is_out(b: Builder) -> Iterator[PlantedBreak]:
    """An order that the system placed for billing only: its line is unbilled in September, is listed as such when
    September's invoices are out, and stands on none of them."""
    for country in ("US", "DE", "JP"):
        c, m = b.customer(country), b.months[-1]
        item = b.item("subscription", "73.00")
        order = b.order(c, m.at(9), (item, 2), transaction_type="SystemBilling")
        b.entitle(order)
        charge = unbilled_only(b, order, item, m, 2)
        story = "2 units are listed as unbilled after the invoices of their month, which do not bill them"
        yield about_item("unbilled_lost", story, order, item, m.due_at, charge.subtotal, charge.currency)


def listed_and_never_billed(b: Builder) -> Iterator[PlantedBreak]:
    """An ordinary purchase is listed as unbilled and never billed: that it was never billed says it all."""
    for country in ("GB", "US"):
        c, m = b.customer(country), b.months[-1]
        item = b.item("perpetual", "154.00", term="")
        order = b.order(c, m.at(15), (item, 3))
        b.entitle(order)
        charge = unbilled_only(b, order, item, m, 3)
        story = "3 units were ordered and listed as unbilled; no invoice bills them"
        yield about_item("order_not_billed", story, order, item, m.due_at, charge.subtotal, charge.currency)
