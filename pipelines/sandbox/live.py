"""The world and what was bought in this running sandbox, seen as one.

The world stays frozen. What a cart brings is kept here and nowhere else: an order at once, its right five minutes
later, its lines among the unbilled ones a day later, and on the 5th of the next month on a document of its own.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.sandbox.facts import Charge, Document, Entitlement, Order
from pipelines.sandbox.trade import month_starting
from pipelines.sandbox.world import World

# Open lines are about a day behind.
UNBILLED_DELAY = timedelta(hours=24)
INVOICE_DAY = timedelta(days=4, hours=3)


class Live:
    """What is true now: everything of the world, and everything bought. Safe to use from several threads."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = threading.Lock()
        self._orders: dict[str, list[Order]] = {}
        self._entitlements: dict[str, list[Entitlement]] = {}
        self._bought: list[tuple[Order, Charge]] = []
        self._documents: tuple[Document, ...] = ()

    def add(self, order: Order, entitlements: Sequence[Entitlement], charges: Sequence[Charge]) -> None:
        """A purchase becomes true."""
        with self._lock:
            self._orders.setdefault(order.customer.id, []).append(order)
            self._entitlements.setdefault(order.customer.id, []).extend(entitlements)
            self._bought += [(order, charge) for charge in charges]
            self._documents = tuple(_documents(self._bought))

    def orders_of(self, customer_id: str) -> tuple[Order, ...]:
        """Orders of a customer, bought ones last."""
        with self._lock:
            bought = tuple(self._orders.get(customer_id, ()))
        return (*self.world.orders.get(customer_id, ()), *bought)

    def entitlements_of(self, customer_id: str) -> tuple[Entitlement, ...]:
        """Rights of a customer, those of bought orders last."""
        with self._lock:
            bought = tuple(self._entitlements.get(customer_id, ()))
        return (*self.world.entitlements.get(customer_id, ()), *bought)

    @property
    def documents(self) -> tuple[Document, ...]:
        """All documents by date, those of months to come included: who shows them looks at the clock."""
        with self._lock:
            bought = self._documents
        if not bought:
            return self.world.documents
        return tuple(sorted((*self.world.documents, *bought), key=lambda document: (document.at, document.id)))

    def document(self, invoice_id: str) -> Document | None:
        """A document by its plain id."""
        with self._lock:
            bought = self._documents
        return self.world.document(invoice_id) or next((one for one in bought if one.id == invoice_id), None)

    def unbilled(self, clock: datetime) -> tuple[Charge, ...]:
        """Lines of bought orders that no document shows yet."""
        with self._lock:
            bought = tuple(self._bought)
        return tuple(
            charge
            for order, charge in bought
            if order.created_at + UNBILLED_DELAY <= clock < invoiced_at(order.created_at)
        )


def invoiced_at(moment: datetime) -> datetime:
    """When what is bought at `moment` comes on a document: the 5th of the next month."""
    return month_starting(moment.year, moment.month, 0).next_at + INVOICE_DAY


def document_id(moment: datetime, currency: str) -> str:
    """The id of the document that bills what is bought at `moment`."""
    name = f"{moment.year}-{moment.month:02d} {currency}"
    return f"G{int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**8:09d}"


def _documents(bought: Sequence[tuple[Order, Charge]]) -> list[Document]:
    lines: dict[str, list[tuple[Order, Charge]]] = {}
    for order, charge in bought:
        lines.setdefault(charge.invoice_number, []).append((order, charge))
    made = []
    for invoice_id, pairs in lines.items():
        first, line = pairs[0]
        month = month_starting(first.created_at.year, first.created_at.month, 0)
        made.append(
            Document(
                id=invoice_id,
                at=invoiced_at(first.created_at),
                period_start_at=month.start_at,
                period_end_at=month.next_at - timedelta(seconds=1),
                currency=line.currency,
                invoice_type="OneTime",
                document_type="invoice",
                amends_of=None,
                charges=tuple(charge for _, charge in pairs),
                total_charges=sum((charge.total for _, charge in pairs), Decimal(0)),
                payments=(),
                paid_sign=1,
                has_details=True,
                void_at=None,
                void_shown_as="",
            )
        )
    return made
