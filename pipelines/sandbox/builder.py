"""The tools with which business, look-alikes and planted breaks are written down."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from zlib import crc32

from pipelines.sandbox.facts import (
    AzureLine,
    BalanceError,
    Changes,
    Charge,
    Customer,
    Document,
    Entitlement,
    Item,
    Line,
    OfficeLine,
    Order,
    OrderLine,
)
from pipelines.sandbox.trade import COUNTRIES, EXACT, Month, month_starting, price_in, tax_on, truncated

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TERM_DAYS = {"P1M": 30, "P1Y": 365, "P3Y": 1095, "": 0}
SHARE_WITH_DETAILS = 8
STYLES = ("classic", "modern", "modern", "commerce", "commerce")


@dataclass
class Draft:
    """A document while its lines are collected. `total` overrides the sum of the lines; `excess` is added to it."""

    id: str
    at: datetime
    month: Month
    currency: str
    invoice_type: str = "OneTime"
    document_type: str = "invoice"
    amends_of: str | None = None
    total: Decimal | None = None
    excess: Decimal = Decimal(0)
    payments: list[tuple[datetime, Decimal]] = field(default_factory=list)
    paid_sign: int = 1
    has_details: bool = True
    void_at: datetime | None = None
    void_shown_as: str = ""
    withdrawn_at: datetime | None = None
    is_known_by_id: bool = True
    charges: list[Charge] = field(default_factory=list)
    office: list[OfficeLine] = field(default_factory=list)
    azure: list[AzureLine] = field(default_factory=list)

    def frozen(self) -> Document:
        """The finished document."""
        billed: tuple[Line, ...] = (*self.charges, *self.office, *self.azure)
        lines = sum((line.total for line in billed), Decimal(0))
        return Document(
            id=self.id,
            at=self.at,
            period_start_at=self.month.start_at,
            period_end_at=self.month.next_at - timedelta(seconds=1),
            currency=self.currency,
            invoice_type=self.invoice_type,
            document_type=self.document_type,
            amends_of=self.amends_of,
            charges=tuple(self.charges),
            total_charges=(lines if self.total is None else self.total) + self.excess,
            payments=tuple(self.payments),
            paid_sign=self.paid_sign,
            has_details=self.has_details,
            void_at=self.void_at,
            void_shown_as=self.void_shown_as,
            office=tuple(self.office),
            azure=tuple(self.azure),
            withdrawn_at=self.withdrawn_at,
            is_known_by_id=self.is_known_by_id,
        )


class Builder:
    """Collects the facts of one world. Every draw comes from a stream named by `stream`, so parts do not disturb
    each other: a new plant leaves the ids of all the others as they were."""

    def __init__(self, seed: int, months: int) -> None:
        self.seed = seed
        self.months = [month_starting(2026, 10 - months + index, index) for index in range(months)]
        # The month after the last billed one: its orders are young.
        self.open_month = month_starting(2026, 10, months)
        self.customers: list[Customer] = []
        self.orders: list[Order] = []
        self.entitlements: list[Entitlement] = []
        self.drafts: dict[str, Draft] = {}
        # Charges of the open month, with the moment since which they exist, and lines that stay unbilled.
        self.to_come: list[tuple[datetime, Charge]] = []
        self.never_billed: list[tuple[datetime, Charge]] = []
        self.balance_errors: list[BalanceError] = []
        self.look_alikes: list[tuple[str, str]] = []
        self.rng = random.Random(seed)  # noqa: S311
        self._main: dict[tuple[int, str, str], list[Draft]] = {}

    def stream(self, name: str) -> None:
        """Draw from the stream `name` from now on."""
        self.rng = random.Random(f"{self.seed}:{name}")  # noqa: S311

    def guid(self) -> str:
        """A lower-case GUID."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def order_id(self) -> str:
        """33 characters, case sensitive, the last one a 1."""
        return "".join(self.rng.choices(ALPHABET, k=32)) + "1"

    def alternate_id(self) -> str:
        """12 lower-case hex digits, the first one a letter, so that none looks like a number."""
        return self.rng.choice("abcdef") + f"{self.rng.getrandbits(44):011x}"

    # People and goods ------------------------------------------------------------------------------------------

    def customer(self, country: str, *, reseller_id: str = "", listed: bool = True) -> Customer:
        """A new customer of `country`; NL is priced in USD and billed in EUR."""
        market = COUNTRIES[country]
        number = len(self.customers) + 1
        kind = self.rng.choice(("Traders", "Café", "Motors®", "Foods", "& Sons", "Labs €"))
        customer = Customer(
            id=self.guid(),
            name=f"Pretend {kind} {number:04d}",
            domain=f"pretend{number:04d}.example.com",
            country=country,
            billing_currency=market.billing_currency,
            pricing_currency=market.pricing_currency,
            reseller_id=reseller_id,
            is_listed=listed,
        )
        self.customers.append(customer)
        return customer

    def item(
        self, kind: str, price: str, *, term: str = "P1Y", sku: str | None = None, of: Item | None = None
    ) -> Item:
        """A new product, or a further SKU of the product of `of`."""
        prefix = {"reservation": "DZH318Z0", "perpetual": "DG7GMGF0"}.get(kind, "CFQ7TTC0")
        tail = "".join(self.rng.choices("0123456789BCDFGHJKLMNPQRSTVWXZ", k=4))
        again = "".join(self.rng.choices("0123456789BCDFGHJKLMNPQRSTVWXZ", k=4))
        sku_id = sku or self.rng.choice(("0001", "0002", "000C", "001F", "00G1", "007J"))
        product_id = of.product_id if of else prefix + tail
        title = of.product_name if of else f"Pretend {kind} {tail}"
        return Item(product_id, sku_id, prefix + again, title, f"{title} {sku_id}", kind, term, Decimal(price))

    def price(self, customer: Customer, item: Item) -> Decimal:
        """List price of one unit in the customer's pricing currency."""
        return price_in(item.price, customer.pricing_currency)

    def month_of(self, moment: datetime) -> Month:
        """The billing month of a moment; the open month when it is later."""
        return next((month for month in self.months if moment < month.next_at), self.open_month)

    # Orders ----------------------------------------------------------------------------------------------------

    def order(
        self,
        customer: Customer,
        at: datetime,
        *lines: tuple[Item, int],
        cycle: str = "one_time",
        transaction_type: str | None = "UserPurchase",
        currency: str | None = None,
        prices: dict[int, Decimal] | None = None,
        changes: dict[int, Changes] | None = None,
        line_types: dict[int, str | None] | None = None,
        pending: bool = False,
        cancelled_at: datetime | None = None,
        order_id: str | None = None,
        guid_offer: bool = False,
        waiting: dict[int, Changes] | None = None,
        recorded: bool = True,
    ) -> Order:
        """A new order of (item, quantity) lines. `waiting`: units not delivered yet, by line and moment.

        Units:   `prices` per unit in the order's currency; left out, the list price, converted with the month's
                 rate and cut where the order is in the billing currency and the price list is not.
        """
        currency = currency or customer.billing_currency
        at = at.replace(microsecond=self.rng.choice((0, 0, 120_000, 345_000, self.rng.randrange(1_000_000))))
        made = []
        for number, (item, quantity) in enumerate(lines):
            price = self.price(customer, item)
            if currency == customer.billing_currency != customer.pricing_currency:
                price = truncated(EXACT.multiply(price, self.month_of(at).fx_rate), currency)
            price = (prices or {}).get(number, price)
            if price != truncated(price, currency):
                # Orders state prices with at most eight decimals; bills go further.
                price = price.quantize(Decimal("0.00000001"), rounding=ROUND_DOWN, context=EXACT)
            line_changes: Changes = ((at, quantity), *(changes or {}).get(number, ()))
            if cancelled_at is not None:
                line_changes = (*line_changes, (cancelled_at, 0))
            made.append(
                OrderLine(
                    number=number,
                    item=item,
                    price=price,
                    changes=line_changes,
                    transaction_type=(line_types or {}).get(number, self.rng.choice(("new", "New", "new", None))),
                    partner_id=customer.reseller_id,
                    has_guid_offer=guid_offer,
                    subscription_id=self.guid().upper() if cycle == "monthly" else "",
                    waiting=(waiting or {}).get(number, ()),
                )
            )
        order = Order(
            id=order_id or self.order_id(),
            alternate_id=self.alternate_id(),
            customer=customer,
            billing_cycle=cycle,
            transaction_type=transaction_type,
            currency=currency,
            created_at=at,
            lines=tuple(made),
            is_pending=pending,
            cancelled_at=cancelled_at,
            is_recorded=recorded,
        )
        self.orders.append(order)
        return order

    def entitle(
        self,
        order: Order,
        number: int = 0,
        *,
        quantity: int | None = None,
        reference_id: str | None = None,
        transferred: int = 0,
        included: tuple[Item, ...] = (),
        resource_id: str = "",
        ends_at: datetime | None = None,
        artifact_kind: str = "reservedinstance",
        is_single_scope: bool = False,
        has_details: bool = False,
    ) -> Entitlement:
        """The entitlement of an order line, following its delivered quantity unless `quantity` says otherwise."""
        line = order.lines[number]
        delay = timedelta(minutes=5)
        moments = sorted({moment for moment, _ in line.changes + line.waiting})
        follows = tuple(
            (moment + delay, line.quantity_at(moment) - line.waiting_at(moment) - transferred) for moment in moments
        )
        days = TERM_DAYS[line.item.term]
        resource_id = resource_id or (self.guid() if line.item.kind == "reservation" else "")
        entitlement = Entitlement(
            customer=order.customer,
            order_id=reference_id or order.id,
            alternate_id=order.alternate_id,
            line_number=number,
            item=line.item,
            changes=follows if quantity is None else ((order.created_at + delay, quantity),),
            ends_at=ends_at,
            expires_at=order.created_at + timedelta(days=days) if days else None,
            resource_id=resource_id,
            transferred=transferred,
            included=included,
            pending=tuple((moment + delay, waiting) for moment, waiting in line.waiting),
            artifact_kind=artifact_kind,
            is_single_scope=is_single_scope,
            # A few of the ordinary ones are enough: each costs a call of its own.
            has_details=bool(resource_id) and (has_details or crc32(resource_id.encode()) % SHARE_WITH_DETAILS == 0),
        )
        self.entitlements.append(entitlement)
        return entitlement

    # Documents and charges -------------------------------------------------------------------------------------

    def draft(self, month: Month, currency: str, at: datetime | None = None, **fields: object) -> Draft:
        """A new document of the month's invoice run."""
        at = at or month.invoiced_at(self.rng.randrange(5, 9), self.rng.randrange(1, 20))
        at = at.replace(microsecond=self.rng.choice((0, 603_895, self.rng.randrange(1_000_000))))
        prefix = "D" if fields.get("invoice_type") == "Recurring" else "G"
        number = f"{prefix}{self.rng.randrange(10**8):09d}"
        while number in self.drafts:
            number = f"{prefix}{self.rng.randrange(10**8):09d}"
        draft = Draft(number, at, month, currency, **fields)  # type: ignore[arg-type]
        self.drafts[draft.id] = draft
        return draft

    def main_documents(self, month: Month, currency: str, invoice_type: str = "OneTime") -> list[Draft]:
        """The ordinary invoices of a month and currency: two one-time ones in USD, else one."""
        key = (month.index, currency, invoice_type)
        if key not in self._main:
            # The documents are made in a stream of their own, whoever asks first.
            kept, self.rng = self.rng, random.Random(f"{self.seed}:document:{key}")  # noqa: S311
            count = 2 if currency == "USD" and invoice_type == "OneTime" else 1
            self._main[key] = [
                self.draft(month, currency, invoice_type=invoice_type, paid_sign=self.rng.choice((1, -1)))
                for _ in range(count)
            ]
            self.rng = kept
        return self._main[key]

    def charge(
        self,
        order: Order | None,
        item: Item,
        month: Month,
        quantity: int,
        *,
        customer: Customer | None = None,
        order_ref: str | None = None,
        alternate_ref: str | None = None,
        charge_type: str | None = None,
        price: Decimal | None = None,
        currency: str | None = None,
        order_at: datetime | None = None,
        style: str | None = None,
        document: Draft | None = None,
        excess_total: Decimal = Decimal(0),
        frequency: str = "",
        meter: str = "",
        billable: Decimal | None = None,
        credit_reason: str = "",
        reservation_order_id: str = "",
    ) -> Charge:
        """Bill `quantity` units (negative: give back) on the month's invoice and return the line.

        Units:   `price` per unit in the pricing currency, `currency` and `excess_total` in billing currency.
        """
        buyer = customer or (order.customer if order else None)
        if buyer is None:
            raise ValueError("a charge needs an order or a customer")
        currency = currency or buyer.billing_currency
        pricing = buyer.pricing_currency if currency == buyer.billing_currency else currency
        rate = month.fx_rate if pricing != currency else Decimal(1)
        price = self.price(buyer, item) if price is None else price
        amount_billed = Decimal(quantity) if billable is None else billable
        if meter:
            in_pricing = truncated(EXACT.multiply(price, amount_billed), pricing)
            subtotal = truncated(EXACT.multiply(in_pricing, rate), currency)
        else:
            subtotal = truncated(EXACT.multiply(price, rate), currency) * amount_billed
        tax = tax_on(subtotal, buyer.country, currency)
        style = style or self.rng.choice(STYLES)
        at = order_at or (order.created_at if order else month.at(12))
        starts_at, ends_at = self._period(item, at, month, frequency or meter)
        alternate = alternate_ref if alternate_ref is not None else (order.alternate_id if order else "")
        reference = order_ref
        if reference is None:
            reference = order.id if order else ""
            if order and style == "commerce" and order.billing_cycle == "one_time":
                # New-commerce rows carry the alternate id in both fields, in whatever case.
                reference = alternate = self.rng.choice((str.lower, str.lower, str.upper))(alternate)
        if charge_type is None:
            charge_type = self.rng.choice(("New", "new") if quantity >= 0 else ("Cancel", "cancel"))
        place = document or self.rng.choice(self.main_documents(month, currency))
        made = Charge(
            customer=buyer,
            order_ref=reference,
            alternate_ref=alternate,
            order_at=at,
            item=item,
            charge_type=charge_type,
            unit_price=price,
            effective_unit_price=price,
            # The wire shows the quantity of a refund with either sign.
            quantity=quantity if quantity > 0 or self.rng.random() < 0.5 else -quantity,
            billable_quantity=amount_billed,
            subtotal=subtotal,
            tax=tax,
            total=subtotal + tax + excess_total,
            currency=currency,
            pricing_currency=pricing,
            rate=rate,
            rate_at=month.fx_rate_at,
            charge_start_at=None if style == "classic" else starts_at,
            charge_end_at=None if style == "classic" else ends_at,
            frequency=frequency,
            meter=meter,
            reservation_order_id=reservation_order_id,
            credit_reason=credit_reason,
            subscription_id=self.guid(),
            invoice_number=place.id if self.rng.random() > 0.02 else "T" + place.id[1:],
            style=style,
            salt=self.rng.getrandbits(16),
        )
        place.charges.append(made)
        return made

    def document_of(self, charge: Charge) -> Draft:
        """The document that holds a charge."""
        return next(d for d in self.drafts.values() if any(line is charge for line in d.charges))

    def _period(self, item: Item, at: datetime, month: Month, recurring: str) -> tuple[datetime, datetime]:
        """Charge period: the month for recurring lines, else the term from the purchase."""
        if recurring:
            return month.start_at, month.next_at - timedelta(seconds=1)
        starts_at = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return starts_at, starts_at + timedelta(days=TERM_DAYS[item.term])
