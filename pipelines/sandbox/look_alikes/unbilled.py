"""Unbilled lines that look lost and are not."""

from __future__ import annotations

from pipelines.sandbox.builder import Builder, Draft
from pipelines.sandbox.plants.unbilled import unbilled_only


def unbilled_under_another_id(b: Builder) -> None:
    """Listed as unbilled under the order's id, even after the invoice that bills it under the alternate id."""
    for country in ("US", "JP", "NL"):
        c, m = b.customer(country), b.months[-1]
        item = b.item("subscription", "88.00")
        order = b.order(c, m.at(12), (item, 4))
        b.entitle(order)
        unbilled_only(b, order, item, m, 4, order_ref=order.id)
        b.charge(order, item, m, 4, order_ref=order.alternate_id.upper(), style="commerce")


def unbilled_credit_of_no_order(b: Builder) -> None:
    """A customer credit stays listed as unbilled: it belongs to no order, so no order is short of it."""
    c, m = b.customer("DE"), b.months[-1]
    nowhere = Draft("", m.next_at, m, c.billing_currency)
    credit = b.item("plan", "31.00", term="")
    charge = b.charge(
        None, credit, m, -1, customer=c, charge_type="customerCredit", order_ref="", style="modern", document=nowhere
    )
    b.never_billed.append((m.at(12), charge))
