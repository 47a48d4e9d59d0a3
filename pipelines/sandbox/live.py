"""The world and what was bought in this running sandbox, seen as one.

The world stays frozen. What a cart brings is kept here and nowhere else: an order at once, its right five minutes
later, its lines among the unbilled ones a day later, and on the 5th of the next month on a document of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.sandbox.facts import Charge, Document, Entitlement, Order
from pipelines.sandbox.trade import invoiced_at, month_starting
from pipelines.sandbox.world import World

# Open lines are about a day behind.
UNBILLED_DELAY = timedelta(hours=24)


class Live:
    """What is true now: everything of the world, and everything bought. Safe to use from several threads."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = threading.Lock()
        self._orders: dict[str, list[Order]] = {}
        self._entitlements: dict[str, list[Entitlement]] = {}
        # What will be billed, with the moment since which it exists: of the world, and of what is bought.
        self._bought: list[tuple[datetime, Charge]] = [*world.to_come]
        self._documents = tuple(_documents(self._bought))

    def add(self, order: Order, entitlements: Sequence[Entitlement], charges: Sequence[Charge]) -> None:
        """A purchase becomes true."""
        with self._lock:
            self._orders.setdefault(order.customer.id, []).append(order)
            self._entitlements.setdefault(order.customer.id, []).extend(entitlements)
            self._bought += [(order.created_at, charge) for charge in charges]
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

    def unbilled(self, clock: datetime, month_start_at: datetime) -> list[Charge]:
        """What is charged in a month and on no document at the clock: to come, bought here, or never billed."""
        with self._lock:
            bought = tuple(self._bought)
        waiting = [(moment, charge) for moment, charge in bought if clock < invoiced_at(moment)]
        for document in self.world.documents:
            # What is billed again by an amendment was billed once already.
            if document.at > clock and document.amends_of is None:
                waiting += [(_charged_at(charge, document), charge) for charge in document.charges]
        found = {
            id(charge): charge
            for moment, charge in (*waiting, *self.world.never_billed)
            if moment + UNBILLED_DELAY <= clock and _month_start(moment) == month_start_at
        }
        return list(found.values())


def _charged_at(charge: Charge, document: Document) -> datetime:
    """When a charge came to be: its order or change; of lines that recur the first day of their month."""
    return max(charge.order_at, document.period_start_at)


def _month_start(moment: datetime) -> datetime:
    return month_starting(moment.year, moment.month, 0).start_at


def _documents(bought: Sequence[tuple[datetime, Charge]]) -> list[Document]:
    lines: dict[str, list[tuple[datetime, Charge]]] = {}
    for moment, charge in bought:
        lines.setdefault(charge.invoice_number, []).append((moment, charge))
    made = []
    for invoice_id, pairs in lines.items():
        first, line = pairs[0]
        month = month_starting(first.year, first.month, 0)
        made.append(
            Document(
                id=invoice_id,
                at=invoiced_at(first),
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
