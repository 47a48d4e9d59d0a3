"""What happened in the pretend business: customers, orders, bills and rights, each frozen.

Nothing here knows how an answer looks on the wire. A quantity that changes over time is a list of changes, so
that any moment can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

Changes = tuple[tuple[datetime, int], ...]
"""Moments and the quantity from then on, oldest first."""


def value_at(changes: Changes, clock: datetime) -> int:
    """What holds at `clock`; 0 before the first change."""
    found = 0
    for moment, value in changes:
        if moment <= clock:
            found = value
    return found


@dataclass(frozen=True, slots=True)
class Customer:
    """A tenant that buys. `is_listed` is False for one that the partner has no relation to."""

    id: str
    name: str
    domain: str
    country: str
    billing_currency: str
    pricing_currency: str
    reseller_id: str
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A product with one SKU, as sold. `price` is in USD; other currencies go by a fixed factor."""

    product_id: str
    sku_id: str
    availability_id: str
    product_name: str
    sku_name: str
    kind: str
    term: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order. `price` is the unit price in the order's currency.

    `waiting` says how many units of the line had not been delivered yet, over time: the provisioning status calls
    them pending. No entry means that everything is delivered at once.
    """

    number: int
    item: Item
    price: Decimal
    changes: Changes
    transaction_type: str | None
    partner_id: str
    has_guid_offer: bool
    subscription_id: str
    waiting: Changes = ()

    def quantity_at(self, clock: datetime) -> int:
        """The quantity in force at `clock`; 0 before the first change."""
        return value_at(self.changes, clock)

    def waiting_at(self, clock: datetime) -> int:
        """Units not delivered yet at `clock`."""
        return min(value_at(self.waiting, clock), self.quantity_at(clock))


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase. `cancelled_at` is the moment when the last line was cancelled.

    `is_recorded` is False where it was changed elsewhere, so that the record of activity does not tell of it.
    """

    id: str
    alternate_id: str
    customer: Customer
    billing_cycle: str
    transaction_type: str | None
    currency: str
    created_at: datetime
    lines: tuple[OrderLine, ...]
    is_pending: bool
    cancelled_at: datetime | None
    is_recorded: bool = True

    def status_at(self, clock: datetime) -> str:
        """`completed`, `pending` or `cancelled`."""
        if self.cancelled_at is not None and self.cancelled_at <= clock:
            return "cancelled"
        return "pending" if self.is_pending else "completed"


@dataclass(frozen=True, slots=True)
class Charge:
    """One billed line.

    `order_ref` and `alternate_ref` are the ids exactly as sent. `style` names the generation of the row:
    `classic` (2018), `modern` or `commerce`. `salt` picks harmless variants of the spelling; rows that are equal
    in business have the same salt, so they are equal on the wire too.
    """

    customer: Customer
    order_ref: str
    alternate_ref: str
    order_at: datetime
    item: Item
    charge_type: str
    unit_price: Decimal
    effective_unit_price: Decimal
    quantity: int
    billable_quantity: Decimal
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    currency: str
    pricing_currency: str
    rate: Decimal
    rate_at: datetime
    charge_start_at: datetime | None
    charge_end_at: datetime | None
    frequency: str
    meter: str
    reservation_order_id: str
    credit_reason: str
    subscription_id: str
    invoice_number: str
    style: str
    salt: int


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One licence line of a legacy invoice. Its ids belong to the former platform, but for `subscription_id`."""

    customer: Customer
    legacy_order_id: str
    legacy_subscription_id: str
    subscription_id: str
    offer_id: str
    durable_offer_id: str
    offer_name: str
    charge_type: str
    unit_price: Decimal
    quantity: int
    discount: Decimal
    tax: Decimal
    currency: str
    subscription_start_at: datetime
    charge_start_at: datetime
    charge_end_at: datetime
    salt: int

    @property
    def amount(self) -> Decimal:
        """Unit price times quantity, before the discount."""
        return self.unit_price * self.quantity

    @property
    def total(self) -> Decimal:
        """What it adds to the invoice."""
        return self.amount - self.discount + self.tax


@dataclass(frozen=True, slots=True)
class AzureLine:
    """One usage line of a legacy Azure invoice, and the days it was used on: (day, quantity)."""

    customer: Customer
    legacy_order_id: str
    subscription_id: str
    service_name: str
    service_type: str
    resource_guid: str
    resource_name: str
    region: str
    unit: str
    part_number: int
    sku: str
    included: Decimal
    list_price: Decimal
    subtotal: Decimal
    tax: Decimal
    currency: str
    charge_start_at: datetime
    charge_end_at: datetime
    days: tuple[tuple[datetime, Decimal], ...]
    salt: int

    @property
    def consumed(self) -> Decimal:
        """Units of all days."""
        return sum((quantity for _, quantity in self.days), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What it adds to the invoice."""
        return self.subtotal + self.tax


class Line(Protocol):
    """A billed line of any kind."""

    @property
    def total(self) -> Decimal:
        """What it adds to the invoice."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, a void note or an adjustment note, with its lines and what was paid on it.

    `charges` are its one-time lines; only a legacy invoice has `office` or `azure` lines. A document may be
    `withdrawn_at` some moment and is gone from then on; one that is not `is_known_by_id` is only ever in the list.
    """

    id: str
    at: datetime
    period_start_at: datetime
    period_end_at: datetime
    currency: str
    invoice_type: str
    document_type: str
    amends_of: str | None
    charges: tuple[Charge, ...]
    total_charges: Decimal
    payments: tuple[tuple[datetime, Decimal], ...]
    paid_sign: int
    has_details: bool
    void_at: datetime | None
    void_shown_as: str
    office: tuple[OfficeLine, ...] = ()
    azure: tuple[AzureLine, ...] = ()
    withdrawn_at: datetime | None = None
    is_known_by_id: bool = True

    @property
    def line_count(self) -> int:
        """Billed lines of every kind."""
        return len(self.charges) + len(self.office) + len(self.azure)

    @property
    def lines_total(self) -> Decimal:
        """Sum of the billed lines of every kind."""
        lines: tuple[Line, ...] = (*self.charges, *self.office, *self.azure)
        return sum((line.total for line in lines), Decimal(0))

    @property
    def line_kinds(self) -> tuple[tuple[str, str], ...]:
        """Provider and kind of the line item calls that the document offers."""
        kinds = []
        if self.charges or not (self.office or self.azure):
            kinds.append(("one_time", "billing"))
        if any(charge.item.kind == "meter" for charge in self.charges):
            kinds.append(("one_time", "usage"))
        if self.office:
            kinds.append(("office", "billing"))
        if self.azure:
            kinds += [("azure", "billing"), ("azure", "usage")]
        return tuple(kinds) if self.has_details else ()

    def is_shown_at(self, clock: datetime) -> bool:
        """Whether the document is there: issued, and not withdrawn again."""
        return self.at <= clock and (self.withdrawn_at is None or clock < self.withdrawn_at)

    def paid_at(self, clock: datetime) -> Decimal:
        """What had been paid by `clock`, never negative."""
        return sum((amount for moment, amount in self.payments if moment <= clock), Decimal(0))

    def is_counted_at(self, clock: datetime) -> bool:
        """Whether the document stands: issued, and neither void nor a void note."""
        if self.at > clock or self.document_type == "void_note":
            return False
        return self.void_at is None or self.void_at > clock

    def open_at(self, clock: datetime) -> Decimal:
        """What is still to be paid, with the sign of the document."""
        sign = (self.total_charges > 0) - (self.total_charges < 0)
        return self.total_charges - sign * self.paid_at(clock)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A right that a customer holds because of one order line. `included` are the parts of a bundle.

    `pending` are the units of the order line that are still being delivered; the quantity leaves them out.
    `artifact_kind` names what stands behind a reservation: the word of today or the older one; not every artifact
    `has_details` that can be asked for.
    """

    customer: Customer
    order_id: str
    alternate_id: str
    line_number: int
    item: Item
    changes: Changes
    ends_at: datetime | None
    expires_at: datetime | None
    resource_id: str
    transferred: int = 0
    included: tuple[Item, ...] = ()
    pending: Changes = ()
    artifact_kind: str = "reservedinstance"
    is_single_scope: bool = False
    has_details: bool = False

    def pending_at(self, clock: datetime) -> int:
        """Units still being delivered at `clock`."""
        return value_at(self.pending, clock)

    def quantity_at(self, clock: datetime) -> int:
        """Units held at `clock`; 0 means that the entitlement is not shown."""
        if self.ends_at is not None and self.ends_at <= clock:
            return 0
        return value_at(self.changes, clock)


@dataclass(frozen=True, slots=True)
class BalanceError:
    """An account balance that the pretend API reports wrongly from some moment on.

    `invoice_type` is the part that is wrong, `total` where no part is shown, `sum` where the parts are right and
    the total is not their sum.
    """

    currency: str
    invoice_type: str
    amount: Decimal
    since: datetime


@dataclass(frozen=True, slots=True)
class PlantedBreak:
    """One break that has to be found, and the story behind it. Fields that do not apply are None."""

    break_code: str
    invoice_id: str | None
    customer_id: str | None
    order_id: str | None
    product_id: str | None
    sku_id: str | None
    entitlement_id: str | None
    currency: str | None
    invoice_type: str | None
    period: str | None
    at_risk_amount: Decimal | None
    story: str
    visible_from: datetime
