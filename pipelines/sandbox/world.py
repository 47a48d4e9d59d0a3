"""A whole pretend world: built once from a seed, then only looked at."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.business import trade
from pipelines.sandbox.facts import BalanceError, Charge, Customer, Document, Entitlement, Order, PlantedBreak
from pipelines.sandbox.legacy import legacy_bills
from pipelines.sandbox.look_alikes import add_look_alikes
from pipelines.sandbox.open_month import charges_to_come
from pipelines.sandbox.plants import plant
from pipelines.sandbox.restatements import RESTATED_AT, restated, truth_of_restatements
from pipelines.sandbox.trade import rounded
from pipelines.sandbox.withdrawals import truth_of_withdrawals

DEFAULT_CLOCK = datetime(2026, 10, 14, 9, tzinfo=UTC)
LEAST_MONTHS = 3


@dataclass(frozen=True)
class World:
    """Everything that is true, over all time; what the API shows of it depends on a clock.

    Shape:   customers in order of arrival; orders and entitlements by customer; documents by date; charges that
             are `to_come` and those that are `never_billed` with the moment since which they exist.
    """

    seed: int
    scale: float
    customers: tuple[Customer, ...]
    orders: Mapping[str, tuple[Order, ...]]
    entitlements: Mapping[str, tuple[Entitlement, ...]]
    documents: tuple[Document, ...]
    balance_errors: tuple[BalanceError, ...]
    planted: tuple[PlantedBreak, ...]
    look_alikes: tuple[tuple[str, str], ...]
    to_come: tuple[tuple[datetime, Charge], ...]
    never_billed: tuple[tuple[datetime, Charge], ...]
    _by_id: dict[str, Document] = field(default_factory=dict, repr=False, compare=False)
    _restated: dict[str, Document] = field(default_factory=dict, repr=False, compare=False)

    def truth(self, clock: datetime) -> list[PlantedBreak]:
        """The breaks that a reader who starts at `clock` must find: these, no more, no less."""
        return [planted for planted in self.planted if planted.visible_from <= clock]

    def truth_since(self, read_at: datetime, clock: datetime) -> list[PlantedBreak]:
        """The truth at `clock` for a reader who had read everything at `read_at` before."""
        changed = truth_of_restatements(self._by_id, self._restated, read_at, clock)
        return [*self.truth(clock), *changed, *truth_of_withdrawals(self.documents, read_at, clock)]

    def shown(self, document: Document, clock: datetime) -> Document:
        """A document as it is at `clock`: most of them stay what they were."""
        return self._restated.get(document.id, document) if clock >= RESTATED_AT else document

    def is_restated(self, invoice_id: str, clock: datetime) -> bool:
        """Whether a document is another one by now than it was when it was sent."""
        return clock >= RESTATED_AT and invoice_id in self._restated

    def document(self, invoice_id: str) -> Document | None:
        """A document by its plain id."""
        return self._by_id.get(invoice_id)

    def charge_count(self, invoice_id: str | None = None) -> int:
        """One-time lines of one document, or of all."""
        return sum(len(d.charges) for d in self.documents if invoice_id in (None, d.id))


def build_world(seed: int = 7, scale: float = 1, months: int = 3) -> World:
    """The world of a seed: same arguments, same world.

    Units:   `scale` 1 is about 20,000 lines over three months; `months` counts back from 2026-09.
    Errors:  ValueError for fewer than three months, which the stories need.
    """
    if months < LEAST_MONTHS:
        raise ValueError(f"a world needs at least {LEAST_MONTHS} months, {months} were asked for")
    b = Builder(seed, months)
    # Millions of small objects are made and none is thrown away: looking for garbage would only cost time.
    collects = gc.isenabled()
    gc.disable()
    try:
        planted = plant(b)
        add_look_alikes(b)
        trade(b, scale)
        legacy_bills(b, scale)
        charges_to_come(b, scale)
        pay(b)
        mix(b)
        return finished(b, scale, planted)
    finally:
        if collects:
            gc.enable()


def finished(b: Builder, scale: float, planted: list[PlantedBreak]) -> World:
    """Everything collected, frozen and sorted."""
    orders: dict[str, list[Order]] = {}
    for order in b.orders:
        orders.setdefault(order.customer.id, []).append(order)
    entitlements: dict[str, list[Entitlement]] = {}
    for entitlement in b.entitlements:
        entitlements.setdefault(entitlement.customer.id, []).append(entitlement)
    documents = tuple(sorted((d.frozen() for d in b.drafts.values()), key=lambda d: (d.at, d.id)))
    return World(
        seed=b.seed,
        scale=scale,
        customers=tuple(b.customers),
        orders={key: tuple(value) for key, value in orders.items()},
        entitlements={key: tuple(value) for key, value in entitlements.items()},
        documents=documents,
        balance_errors=tuple(b.balance_errors),
        planted=tuple(planted),
        look_alikes=tuple(b.look_alikes),
        to_come=tuple(b.to_come),
        never_billed=tuple(b.never_billed),
        _by_id={document.id: document for document in documents},
        _restated=restated(documents),
    )


def pay(b: Builder) -> None:
    """Old invoices are paid in full after four weeks, the next ones in part, the newest not yet."""
    for draft in b.drafts.values():
        if draft.payments or draft.amends_of or draft.void_at or draft.total is not None:
            continue
        age = len(b.months) - draft.month.index
        total = draft.frozen().total_charges
        if total <= 0 or age < 2:
            continue
        share = Decimal(1) if age > 2 else Decimal("0.4")
        draft.payments.append((draft.at + timedelta(days=28), rounded(total * share, draft.currency)))


def mix(b: Builder) -> None:
    """The lines of an invoice come in no order that a reader could lean on."""
    b.stream("order of lines")
    for draft in b.drafts.values():
        b.rng.shuffle(draft.charges)
