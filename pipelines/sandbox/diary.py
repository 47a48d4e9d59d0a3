"""What was done and when: orders made, changed and cancelled, and things that have nothing to do with orders.

A change that was made elsewhere (`Order.is_recorded`) leaves no entry.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from pipelines.sandbox.facts import Document, Order
from pipelines.sandbox.live import Live

# A record is written some seconds after the deed.
WRITTEN_AFTER = timedelta(seconds=9, microseconds=151_282)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done at `at`: to an order, to a document, or to a customer by the way.

    `operation` is as the record names it; `status` is `succeeded`, `failed` or `progress`.
    """

    at: datetime
    operation: str
    status: str
    order: Order | None = None
    document: Document | None = None


class Diary:
    """All deeds of a world and of what was bought in it, in order of time. Safe to use from several threads."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._lock = threading.Lock()
        self._deeds: list[Deed] = []
        self._of = -1

    def between(self, start: datetime, end: datetime) -> list[Deed]:
        """Deeds from `start` until before `end`."""
        deeds = self._all()
        first = bisect_left(deeds, start, key=lambda deed: deed.at)
        return deeds[first : bisect_left(deeds, end, key=lambda deed: deed.at)]

    def _all(self) -> list[Deed]:
        world = self._live.world
        orders = [order for customer in world.customers for order in self._live.orders_of(customer.id)]
        with self._lock:
            # Orders are only ever added, so their number says whether the list is whole.
            if self._of != len(orders):
                deeds = [deed for order in orders for deed in done_to(order)]
                deeds += [
                    Deed(document.at, "ready_invoice", "succeeded", document=document) for document in world.documents
                ]
                self._deeds = sorted(deeds, key=lambda deed: deed.at)
                self._of = len(orders)
            return self._deeds


def done_to(order: Order) -> Iterator[Deed]:
    """Making an order, each later change of it, and what else happened on the way."""
    salt = crc32(order.id.encode())
    changes = {moment for line in order.lines for moment, _ in line.changes} - {order.created_at}
    moments = sorted(changes) if order.is_recorded else []
    for moment in (order.created_at, *moments):
        at = moment + WRITTEN_AFTER
        if moment == order.created_at:
            operation = "create_order"
        else:
            operation = "cancel_order" if moment == order.cancelled_at and salt % 2 else "update_order"
        yield Deed(at, operation, "succeeded", order)
        if salt % 5 == 0:
            yield Deed(at - timedelta(seconds=5), operation, "progress", order)
        if salt % 7 == 0:
            # Tried in vain a day later: nothing changed.
            yield Deed(at + timedelta(days=1), "update_order", "failed", order)
        if salt % 3 == 0:
            # What is done to users and subscriptions names the customer and no order.
            others = ("update_customer_user_licenses", "update_subscription", "add_customer")
            yield Deed(at + timedelta(hours=1), others[salt % 9 // 3], "succeeded", order)
