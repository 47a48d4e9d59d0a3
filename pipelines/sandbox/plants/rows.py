"""Truth rows: which fields a break carries depends on what it is about."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pipelines.sandbox.builder import Draft
from pipelines.sandbox.facts import Charge, Entitlement, Item, Order, PlantedBreak


def row(
    code: str,
    story: str,
    since: datetime,
    at_risk: Decimal | None,
    *,
    item: Item | None = None,
    invoice_id: str | None = None,
    customer_id: str | None = None,
    order_id: str | None = None,
    currency: str | None = None,
    invoice_type: str | None = None,
) -> PlantedBreak:
    """A truth row; whatever is not given does not apply."""
    return PlantedBreak(
        break_code=code,
        invoice_id=invoice_id,
        customer_id=customer_id,
        order_id=order_id,
        product_id=item.product_id if item else None,
        sku_id=item.sku_id if item else None,
        entitlement_id=None,
        currency=currency,
        invoice_type=invoice_type,
        period=None,
        at_risk_amount=at_risk,
        story=story,
        visible_from=since,
    )


def about_charges(
    code: str, story: str, charge: Charge, order: Order | None, since: datetime, at_risk: Decimal
) -> PlantedBreak:
    """About a charge group: the customer as billed, the order where one resolves, else its id as sent."""
    return row(
        code,
        story,
        since,
        at_risk,
        item=charge.item,
        customer_id=charge.customer.id,
        order_id=order.id if order else charge.order_ref or None,
        currency=charge.currency,
    )


def about_item(
    code: str,
    story: str,
    order: Order,
    item: Item,
    since: datetime,
    at_risk: Decimal | None,
    currency: str | None = None,
) -> PlantedBreak:
    """About an order item; the currency is the billed one where it differs from the order's."""
    return row(
        code,
        story,
        since,
        at_risk,
        item=item,
        customer_id=order.customer.id,
        order_id=order.id,
        currency=currency or order.currency,
    )


def about_line(
    code: str, story: str, charge: Charge, document: Draft, order: Order, at_risk: Decimal
) -> PlantedBreak:
    """About one line of a document; visible since the document."""
    return row(
        code,
        story,
        document.at,
        at_risk,
        item=charge.item,
        invoice_id=document.id,
        customer_id=charge.customer.id,
        order_id=order.id,
        currency=charge.currency,
    )


def about_document(code: str, story: str, document: Draft, at_risk: Decimal) -> PlantedBreak:
    """About a whole document."""
    return row(code, story, document.at, at_risk, invoice_id=document.id, currency=document.currency)


def about_balance(
    code: str, story: str, currency: str, invoice_type: str, since: datetime, at_risk: Decimal
) -> PlantedBreak:
    """About an account balance."""
    return row(code, story, since, at_risk, currency=currency, invoice_type=invoice_type)


def about_entitlement(code: str, story: str, entitlement: Entitlement, since: datetime) -> PlantedBreak:
    """About an entitlement, by the order that it names."""
    return row(
        code,
        story,
        since,
        None,
        item=entitlement.item,
        customer_id=entitlement.customer.id,
        order_id=entitlement.order_id,
    )
