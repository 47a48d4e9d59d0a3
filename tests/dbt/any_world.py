"""Made-up businesses for property tests: whatever the API may send, in any mixture, most of it wrong.

Ids, currencies and products come from small pools, so that charges meet orders, twice, elsewhere or not at all.
Each business comes of one number: drawn choice by choice, most of a hundred would hold next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.dbt.raw_database import RawDatabase
from tests.dbt.small_world import charge, document, entitlement, order, order_line

Row = dict[str, Any]

CUSTOMERS = [f"{number}0000000-0000-4000-8000-00000000000b" for number in range(1, 4)]
CURRENCIES = ["USD", "EUR", "JPY"]
PRODUCTS = ["SOFTWARE", "SERVER", "Software"]
ORDER_IDS = [f"Order{number}" for number in range(6)]
ALTERNATE_IDS = {order_id: f"ab{number}2ab12ab12" for number, order_id in enumerate(ORDER_IDS)}
# One customer's orders are billed and delivered as they should be, whatever else happens; one under its other id.
ORDINARY = "40000000-0000-4000-8000-00000000000b"
ORDINARY_IDS = {"OrderOrdinary1": "OrderOrdinary1", "OrderOrdinary2": "ab92ab12ab12"}
# Decimals that binary fractions cannot hold, the smallest and largest that are kept, and cents that must not be lost.
AMOUNTS = [
    *("0", "0.1", "0.2", "0.3", "10.00", "59.19", "1.005", "100", "12345678901.23", "0.000000000001"),
    *("-0.1", "-10.00", "-59.19", "-100"),
]
CHARGE_TYPES = ["New", "addQuantity", "cancelImmediate", "customerCredit", "removeQuantity", "somethingElse", ""]
DATES = ["2024-03-02T10:00:00Z", "2024-04-10T09:05:00", "2024-05-05T23:59:59.9999999Z", "2024-06-18T00:00:00Z"]
STATUSES = ["completed", "cancelled", "pending", "unheardof"]


@dataclass(frozen=True)
class Document:
    """A document, its lines (None: they could not be read), and whether the list shows it inside another too."""

    header: Row
    lines: Sequence[Row] | None


@dataclass(frozen=True)
class Business:
    """What the API says at one moment; a customer whose orders are None could not be read."""

    orders: dict[str, Sequence[tuple[Row, Sequence[Row]]] | None]
    entitlements: dict[str, Sequence[Row] | None]
    documents: Sequence[Document]
    unbilled: Sequence[Row] = field(default_factory=list)

    def raw(self, read_at: datetime) -> RawDatabase:
        """As loading leaves it."""
        world = RawDatabase(read_at)
        world.walk("customers", {"customers": [{"id": name} for name in self.orders]})
        world.walk(
            "invoices", {"invoices": [one.header for one in self.documents], "invoice_details": self._details()}
        )
        for one in self.documents:
            if one.header["has_invoice_details"]:
                world.walk(
                    "invoice_line_items",
                    None if one.lines is None else {"invoice_line_items": one.lines},
                    invoice_id=one.header["id"],
                    provider="onetime",
                    line_item_type="billing",
                )
        for customer, orders in self.orders.items():
            tables = None
            if orders is not None:
                tables = {
                    "orders": [header for header, _ in orders],
                    "order_line_items": [line for _, lines in orders for line in lines],
                }
            world.walk("orders", tables, customer_id=customer)
        for customer, received in self.entitlements.items():
            tables = None if received is None else {"entitlements": received}
            world.walk("entitlements", tables, customer_id=customer)
        for period in ("current", "previous"):
            tables = {"unbilled_line_items": self.unbilled if period == "current" else []}
            world.walk("unbilled_line_items", tables, currency="USD", month="2024-06", period=period)
        return world

    def _details(self) -> list[Row]:
        return [
            {
                "invoice_id": one.header["id"],
                "invoice_line_item_type": "billing_line_items",
                "billing_provider": "one_time",
            }
            for one in self.documents
            if one.header["has_invoice_details"]
        ]


def charge_of(pick: Random) -> Row:
    """A billed line that may belong to anything."""
    subtotal = Decimal(pick.choice(AMOUNTS))
    tax = Decimal(pick.choice(["0", "0", "0.01", "2.10", "-2.10"]))
    off = Decimal(pick.choice(["0", "0", "0", "0.01"]))
    order_id = pick.choice([*ORDER_IDS, "", "OrderNobody"])
    by_alternate_id = pick.randint(0, 4) == 0
    quantity = pick.choice(["1", "2", "3", "-1", "0", "0.5"])
    return charge(
        pick.choice([*CUSTOMERS, "org:" + CUSTOMERS[0].upper(), "99999999-0000-4000-8000-00000000000b"]),
        ALTERNATE_IDS.get(order_id, order_id).upper() if by_alternate_id else order_id,
        pick.choice(PRODUCTS),
        quantity,
        str(subtotal),
        pick.choice([*CURRENCIES, "USD", "USD"]),
        tax_total=str(tax),
        total_for_customer=str(subtotal + tax + off),
        charge_type=pick.choice([*CHARGE_TYPES, "New", "New"]),
        order_date=pick.choice(DATES),
        billing_frequency=pick.choice(["", "OneTime", "Monthly"]),
        credit_reason_code=pick.choice(["", "", "", "promo"]),
        meter_description=pick.choice(["", "", "", "Compute"]),
        pricing_currency=pick.choice(CURRENCIES),
        pc_to_bc_exchange_rate=pick.choice(["1", "0.919", "0", "156.03"]),
    )


def orders_of(pick: Random, customer: str) -> Sequence[tuple[Row, Sequence[Row]]]:
    """Some orders of a customer; another customer may have one of the same id."""
    found = []
    for order_id in pick.sample(ORDER_IDS, pick.randint(0, 4)):
        currency = pick.choice(CURRENCIES)
        header = order(
            order_id,
            customer,
            currency,
            alternate_id=ALTERNATE_IDS[order_id],
            status=pick.choice([*STATUSES, "completed", "completed"]),
            creation_date=pick.choice(DATES),
            billing_cycle=pick.choice(["one_time", "one_time", "one_time", "monthly", "none"]),
        )
        lines = []
        for number, product in enumerate(pick.choices(PRODUCTS, k=pick.randint(1, 2))):
            quantity = pick.randint(0, 4)
            price = Decimal(pick.choice(["0.1", "10.00", "59.19", "100"]))
            line = order_line(order_id, product, str(quantity), str(price), str(price * quantity))
            lines.append(line | {"line_item_number": number})
        found.append((header, lines))
    return found


def entitlements_of(pick: Random) -> Sequence[Row]:
    """What a customer received, of its own orders or of nobody's."""
    wanted = pick.choices([*ORDER_IDS, "OrderNobody"], k=pick.randint(0, 4))
    return [
        entitlement(path, order_id, pick.choice(PRODUCTS), pick.choice(["1", "2", "0"]))
        for path, order_id in enumerate(wanted)
    ]


def documents(pick: Random) -> Sequence[Document]:
    """Invoices, void ones and notes; totals that tie, or not."""
    found: list[Document] = []
    for number in range(pick.randint(2, 4)):
        name = f"G{number:03d}"
        currency = pick.choice(CURRENCIES)
        lines = [charge_of(pick) for _ in range(pick.randint(0, 12))]
        own = sum((Decimal(line["total_for_customer"]) for line in lines if line["currency"] == currency), Decimal(0))
        off = Decimal(pick.choice(["0", "0", "0", "0.01", "-7.00", "100"]))
        header = document(
            name,
            str(own + off),
            currency,
            invoice_date=pick.choice(["2024-05-08T01:22:47.603895Z", "2024-06-08T00:00:00Z"]),
            document_type=pick.choice(["invoice", "invoice", "invoice", "void_note", "adjustment_note"]),
            state=pick.choice([None, None, "void"]),
            amends_of=pick.choice([None, *(one.header["id"] for one in found)]),
        )
        has_lines = pick.randint(0, 5) > 0
        header |= {"has_invoice_details": has_lines, "invoice_details_count": int(has_lines)}
        read = None if pick.randint(0, 7) == 0 else lines
        found.append(Document(header, read))
    return found


def business_of(pick: Random) -> Business:
    """A business with something on an invoice."""
    unread = pick.choice([None, None, *CUSTOMERS])
    ordinary = [
        (
            order(order_id, ORDINARY, "EUR", alternate_id=ORDINARY_IDS[order_id]),
            [order_line(order_id, "SOFTWARE", "2", "59.99", "119.98")],
        )
        for order_id in ORDINARY_IDS
    ]
    prices = {"unit_price": "59.99", "effective_unit_price": "59.99"}
    bill = [charge(ORDINARY, name, "SOFTWARE", "2", "119.98", "EUR", **prices) for name in ORDINARY_IDS.values()]
    received = [entitlement(path, order_id, "SOFTWARE", "2") for path, order_id in enumerate(ORDINARY_IDS)]
    return Business(
        orders={name: None if name == unread else orders_of(pick, name) for name in CUSTOMERS} | {ORDINARY: ordinary},
        entitlements={name: None if name == unread else entitlements_of(pick) for name in CUSTOMERS}
        | {ORDINARY: received},
        documents=[*documents(pick), Document(document("G999", "239.96", "EUR"), bill)],
        unbilled=[charge_of(pick) for _ in range(pick.randint(0, 3))],
    )


def changed_by(pick: Random, business: Business) -> Business:
    """The same business some days later: orders gone, lines charged twice, other totals."""
    orders = {
        name: None if of_one is None else [one for one in of_one if pick.randint(0, 2) > 0]
        for name, of_one in business.orders.items()
    }
    documents_later = []
    for one in business.documents:
        add = Decimal(pick.choice(["0", "0", "33.33"]))
        header = one.header | {"total_charges": str(Decimal(one.header["total_charges"]) + add)}
        lines = one.lines
        if lines:
            lines = [line for line in lines for _ in range(pick.choice([0, 1, 1, 2]))]
        documents_later.append(Document(header, lines))
    return replace(business, orders=orders, documents=documents_later)


SEEDS = st.integers(0, 2**32 - 1)


def businesses() -> st.SearchStrategy[Business]:
    """Any business."""
    return SEEDS.map(lambda seed: business_of(Random(seed)))


def changed(business: Business) -> st.SearchStrategy[Business]:
    """Any later state of a business."""
    return SEEDS.map(lambda seed: changed_by(Random(seed), business))
