"""A month of business of three customers, in a few lines each: what every bucket looks like on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.dbt.line_kinds import DOCUMENTS, add_line_kinds, details
from tests.dbt.raw_database import RawDatabase

READ_AT = datetime(2024, 6, 1)  # noqa: DTZ001 - the warehouse keeps UTC without zone

CONTOSO, FABRIKAM, LITWARE = (f"{number}0000000-0000-4000-8000-00000000000a" for number in "123")
ALTERNATE_IDS = {"OrderAlternate1": "ab12ab12ab12"}


def order(order_id: str, customer: str, currency: str, **changes: Any) -> dict[str, Any]:
    """A completed order of April."""
    return {
        "id": order_id,
        "alternate_id": changes.pop("alternate_id", None),
        "reference_customer_id": customer,
        "billing_cycle": "one_time",
        "transaction_type": "UserPurchase",
        "currency_code": currency,
        "creation_date": "2024-04-10T09:00:00.1234567Z",
        "status": "completed",
        **changes,
    }


def order_line(order_id: str, product: str, quantity: str, price: str, extended: str) -> dict[str, Any]:
    """The only line of an order."""
    return {
        "order_id": order_id,
        "line_item_number": 0,
        "offer_id": f"{product}:0001:AVAIL",
        "quantity": quantity,
        "transaction_type": "New",
        "price": price,
        "extended_price": extended,
    }


def entitlement(path: int, order_id: str, product: str, quantity: str) -> dict[str, Any]:
    """What the customer received of an order's only line."""
    return {
        "path": str(path),
        "reference_order_id": order_id,
        "reference_order_line_item_id": "0",
        "product_id": product,
        "sku_id": "0001",
        "quantity": quantity,
        "entitlement_type": "software",
    }


def charge(
    customer: str, order_id: str, product: str, quantity: str, amount: str, currency: str, **changes: Any
) -> dict[str, Any]:
    """A purchase without tax."""
    return {
        "customer_id": customer,
        "order_id": order_id,
        "order_date": "2024-04-10T09:05:00",
        "product_id": product,
        "sku_id": "0001",
        "charge_type": "New",
        "quantity": quantity,
        "billable_quantity": quantity,
        "subtotal": amount,
        "tax_total": "0",
        "total_for_customer": amount,
        "currency": currency,
        "pricing_currency": currency,
        "pc_to_bc_exchange_rate": "1",
        **changes,
    }


def document(invoice_id: str, total: str, currency: str, **changes: Any) -> dict[str, Any]:
    """A one-time invoice of May, with billing lines."""
    return {
        "id": invoice_id,
        "invoice_date": "2024-05-08T01:22:47.603895Z",
        "total_charges": total,
        "paid_amount": "0",
        "currency_code": currency,
        "document_type": "invoice",
        "invoice_type": "OneTime",
        "has_invoice_details": True,
        "invoice_details_count": 1,
        **changes,
    }


def small_world() -> RawDatabase:
    """Dollars with one line per bucket, clean yen, clean euros of an order in dollars, a void invoice."""
    world = RawDatabase(READ_AT)
    world.walk("customers", {"customers": [{"id": name} for name in (CONTOSO, FABRIKAM, LITWARE)]})
    lines = {
        "G001": [
            charge("org:" + CONTOSO.upper(), "OrderPlain1", "SOFTWARE", "2", "20.00", "USD"),
            charge(CONTOSO, "AB12AB12AB12", "SOFTWARE", "1", "10.00", "USD", alternate_id="AB12AB12AB12"),
            charge(CONTOSO, "OrderBroken1", "SOFTWARE", "3", "30.00", "USD"),
            charge(CONTOSO, "", "SERVER", "7", "70.00", "USD"),
            charge(CONTOSO, "OrderNobody1", "SOFTWARE", "1", "9.00", "USD"),
            charge(LITWARE, "OrderHidden1", "SOFTWARE", "1", "10.00", "USD"),
            charge(CONTOSO, "OrderPlain1", "SOFTWARE", "1", "-1.50", "USD", charge_type="customerCredit"),
        ],
        "G002": [charge(FABRIKAM, "OrderYen1", "SOFTWARE", "3", "300", "JPY")],
        "G003": [
            charge(
                *(FABRIKAM, "OrderForeign1", "SOFTWARE", "1", "9.19", "EUR"),
                pricing_currency="USD",
                effective_unit_price="9.999",
                pc_to_bc_exchange_rate="0.91999",
            )
        ],
        "G004": [charge(CONTOSO, "OrderPlain1", "SOFTWARE", "2", "20.00", "USD")],
    }
    note = document("G005", "-5.00", "USD", document_type="adjustment_note", amends_of="G004")
    no_lines = {"has_invoice_details": False, "invoice_details_count": 0}
    world.walk(
        "invoices",
        {
            "invoices": [
                document("G001", "147.50", "USD"),
                document("G002", "300", "JPY"),
                document("G003", "9.19", "EUR"),
                document("G004", "20.00", "USD", document_type="void_note"),
                {**note, **no_lines, "nested_in": "G004"},
                {**note, **no_lines},
                *(
                    document(name, total, currency, **changes)
                    for name, (total, currency, changes, _) in DOCUMENTS.items()
                ),
            ],
            "invoice_details": [
                {"invoice_id": name, "invoice_line_item_type": "billing_line_items", "billing_provider": "one_time"}
                for name in lines
            ]
            + details(),
        },
    )
    for invoice_id, billed in lines.items():
        world.walk(
            "invoice_line_items",
            {"invoice_line_items": billed},
            invoice_id=invoice_id,
            provider="onetime",
            line_item_type="billing",
        )
    usage = charge(CONTOSO, "", "PLAN", "3", "0.59", "GBP", meter_description="Compute")
    usage["subscription_id"] = "9a000000-0000-4000-8000-00000000000a"
    unbilled = charge(CONTOSO, "OrderMay1", "SERVER", "2", "20.00", "USD") | {"total_for_customer": "0"}
    add_line_kinds(world, CONTOSO, usage, unbilled)
    _orders_and_entitlements(world)
    _statements(world)
    return world


def _statements(world: RawDatabase) -> None:
    """PDFs of three documents: one prints ten dollars more, one is a picture, one agrees."""
    for invoice_id, header, printed, currency in (
        ("G001", "147.50", "157.50", "USD"),
        ("G002", "300", None, None),
        ("G003", "9.19", "9.19", "EUR"),
    ):
        kept = {"invoice_id": invoice_id, "receipt_id": "", "version": 1, "file": f"{invoice_id}.pdf"}
        read = {"printed_total": printed, "currency": currency, "header_total": header}
        world.walk("invoice_statements", {"invoice_statements": [kept | read]}, invoice_id=invoice_id)


def _orders_and_entitlements(world: RawDatabase) -> None:
    bought = {
        CONTOSO: [
            ("OrderPlain1", "SOFTWARE", "2", "20.00", "USD"),
            ("OrderAlternate1", "SOFTWARE", "1", "10.00", "USD"),
            ("OrderBroken1", "SOFTWARE", "2", "20.00", "USD"),
            ("OrderSilent1", "SERVER", "7", "70.00", "USD"),
            # Of May: its invoice is still to come.
            ("OrderMay1", "SERVER", "2", "20.00", "USD"),
        ],
        FABRIKAM: [
            ("OrderYen1", "SOFTWARE", "3", "300", "JPY"),
            ("OrderForeign1", "SOFTWARE", "1", "9.999", "USD"),
        ],
    }
    prices = {"JPY": "100", "USD": "10.00"}
    for customer, orders in bought.items():
        world.walk(
            "orders",
            {
                "orders": [
                    order(
                        name,
                        customer,
                        currency,
                        alternate_id="ab12ab12ab12" if name == "OrderAlternate1" else None,
                        creation_date="2024-05-20T09:00:00Z"
                        if name == "OrderMay1"
                        else "2024-04-10T09:00:00.1234567Z",
                    )
                    for name, _, _, _, currency in orders
                ],
                "order_line_items": [
                    order_line(name, product, quantity, prices[currency], extended)
                    for name, product, quantity, extended, currency in orders
                ],
            },
            customer_id=customer,
        )
        world.walk(
            "entitlements",
            {
                "entitlements": [
                    entitlement(path, name, product, quantity)
                    for path, (name, product, quantity, _, _) in enumerate(orders)
                ]
            },
            customer_id=customer,
        )
    # This customer's orders were refused, so what it was charged cannot be compared.
    world.walk("orders", None, customer_id=LITWARE)
    world.walk("entitlements", None, customer_id=LITWARE)
