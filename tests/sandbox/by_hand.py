"""A second look at a world, taken straight from its facts: which order items, lines and documents disagree.

Slow, naive and independent of the stories in the plants; it exists so that ordinary business cannot break by
accident. It knows a cold start only (nothing was read before the clock).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal

from pipelines.sandbox.facts import Charge, Document, Order, OrderLine
from pipelines.sandbox.world import World

Found = tuple[str, str | None, str | None, str | None, str | None, Decimal | None]
EXACT = Context(prec=60)
TAX_SINGLE = {"DE": Decimal("0.19"), "GB": Decimal("0.20")}
CHANGES = {"addquantity", "removequantity"}
KNOWN_CHARGE_TYPES = {"new", "purchase", "renew", "cancel", "refund", "convert", "customercredit", "", *CHANGES}
KNOWN_DOCUMENTS = {"invoice", "voidnote", "adjustmentnote", "creditnote"}


def minor(currency: str) -> Decimal:
    return Decimal(1) if currency == "JPY" else Decimal("0.01")


def cut(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(minor(currency), rounding=ROUND_DOWN, context=EXACT)


def next_month(moment: datetime) -> datetime:
    return (moment.replace(day=28) + timedelta(days=4)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def eleventh_after(moment: datetime) -> datetime:
    return next_month(moment) + timedelta(days=10)


def folded(word: str) -> str:
    return word.lower().replace("_", "").replace(" ", "").replace("-", "")


def sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


class ByHand:
    """Breaks found at a clock, as (code, invoice, customer, order, product, at risk)."""

    def __init__(self, world: World, clock: datetime) -> None:
        self.world, self.clock = world, clock
        self.documents = [d for d in world.documents if d.at <= clock]
        self.counted = [d for d in self.documents if d.is_counted_at(clock)]
        self.orders = [o for orders in world.orders.values() for o in orders if o.created_at <= clock]
        self.by_id = {o.id: o for o in self.orders}
        self.by_alternate = {o.alternate_id: o for o in self.orders}
        self.listed = {c.id for c in world.customers if c.is_listed}
        self.horizon: dict[str, datetime] = {}
        for d in self.counted:
            self.horizon[d.currency] = min(self.horizon.get(d.currency, d.period_start_at), d.period_start_at)

    def resolve(self, c: Charge) -> Order | None:
        order = self.by_id.get(c.order_ref) or self.by_alternate.get(c.order_ref.lower())
        return order or self.by_alternate.get(c.alternate_ref.lower()) or self.behind_reservation(c)

    def behind_reservation(self, c: Charge) -> Order | None:
        """The one order that brought the customer the reservation that a charge names."""
        name = c.reservation_order_id.lower().removeprefix("rioderid").removeprefix("pctest")
        orders = {
            e.order_id
            for e in self.world.entitlements.get(c.customer.id, ())
            if name and e.resource_id == name and e.quantity_at(self.clock)
        }
        return self.by_id.get(orders.pop()) if len(orders) == 1 else None

    def one_time(self, c: Charge) -> bool:
        if c.charge_type == "customerCredit" or c.credit_reason:
            return False
        order = self.resolve(c)
        if order and order.billing_cycle == "one_time":
            return True
        return not c.meter and not (order and order.billing_cycle == "monthly") and not c.frequency

    def find(self) -> Counter[Found]:
        self.items: dict[tuple[str, str, str], list[tuple[Document, Charge]]] = defaultdict(list)
        self.loose: dict[tuple[str, ...], list[tuple[Document, Charge]]] = defaultdict(list)
        for document in self.counted:
            for charge in document.charges:
                if not self.one_time(charge):
                    continue
                order = self.resolve(charge)
                held = order and any(same(line.item, charge.item) for line in order.lines)
                if order and held:
                    self.items[order.id, charge.item.product_id, charge.item.sku_id].append((document, charge))
                else:
                    key = (charge.customer.id, charge.order_ref, charge.item.product_id, charge.item.sku_id)
                    self.loose[key if charge.order_ref else (*key, str(id(charge)))].append((document, charge))
        found: Counter[Found] = Counter()
        for part in (
            self.lines(),
            self.loose_charges(),
            self.order_items(),
            self.bills(),
            self.rights(),
            self.lost(),
        ):
            found.update(part)
        return found

    def lines(self) -> Iterator[Found]:
        conversions: dict[tuple[str, str, object], Counter[Decimal]] = defaultdict(Counter)
        for d in self.counted:
            for c in d.charges:
                if c.pricing_currency != c.currency:
                    conversions[c.pricing_currency, c.currency, c.rate_at.date()][c.rate] += abs(c.subtotal)
        for d in self.counted:
            for c in d.charges:
                order = self.resolve(c)
                for code, gap in self.line(d, c, conversions):
                    yield code, d.id, c.customer.id, order.id if order else None, c.item.product_id, gap

    def line(self, d: Document, c: Charge, conversions: dict) -> Iterator[tuple[str, Decimal]]:
        """What is wrong with one line by itself, one cause once."""
        units = (sign(c.subtotal) or 1) * abs(EXACT.multiply(c.effective_unit_price, c.billable_quantity))
        identity = c.pricing_currency == c.currency and c.rate != 1
        goes_back = sign(c.tax) * sign(c.subtotal) < 0
        if c.currency != d.currency:
            yield "invoice_currency_mixed", abs(c.total)
        if folded(c.charge_type) not in KNOWN_CHARGE_TYPES:
            yield "unknown_value", abs(c.total)
        if goes_back:
            yield "tax_sign", 2 * abs(c.tax)
        elif abs(c.subtotal + c.tax - c.total) > minor(c.currency):
            yield "line_total", abs(c.subtotal + c.tax - c.total)
        if identity:
            yield "fx_rate_identity", abs(EXACT.multiply(units, c.rate - 1))
        elif c.charge_start_at is not None:
            gap = abs(abs(self.formula(c)) - abs(c.subtotal))
            if gap > minor(c.currency):
                yield "line_formula", gap
        if c.pricing_currency != c.currency:
            usual = conversions[c.pricing_currency, c.currency, c.rate_at.date()].most_common(1)[0][0]
            if c.rate != usual:
                yield "fx_rate_inconsistent", abs(EXACT.multiply(units, c.rate - usual))
        if c.customer.country in TAX_SINGLE and c.subtotal and not goes_back:
            gap = abs(c.tax - EXACT.multiply(c.subtotal, TAX_SINGLE[c.customer.country]))
            if gap > max(minor(c.currency), abs(c.subtotal) / 200):
                yield "tax_rate_outlier", gap

    def formula(self, c: Charge) -> Decimal:
        """What price, quantity and rate of a line give."""
        if c.meter:
            first = cut(EXACT.multiply(c.effective_unit_price, c.billable_quantity), c.pricing_currency)
            return cut(EXACT.multiply(first, c.rate), c.currency)
        return cut(EXACT.multiply(c.effective_unit_price, c.rate), c.currency) * c.billable_quantity

    def loose_charges(self) -> Iterator[Found]:
        for group in self.loose.values():
            c = group[0][1]
            total = abs(sum((x.total for _, x in group), Decimal(0)))
            order = self.resolve(c)
            if order:
                yield "item_not_on_order", None, c.customer.id, order.id, c.item.product_id, total
                continue
            rivals = [o for o in self.candidates(c) if not self.items.get((o.id, c.item.product_id, c.item.sku_id))]
            others = [k for k, g in self.loose.items() if g is not group and rivals and self.rivals(g[0][1], rivals)]
            code = "ambiguous_match" if len(rivals) > 1 or (rivals and others) else "charge_without_order"
            if code == "charge_without_order" and rivals:
                self.suggested = getattr(self, "suggested", set()) | {rivals[0].id}
            yield code, None, c.customer.id, c.order_ref or None, c.item.product_id, total

    def rivals(self, c: Charge, orders: list[Order]) -> bool:
        return any(o in self.candidates(c) for o in orders)

    def candidates(self, c: Charge) -> list[Order]:
        return [
            o
            for o in self.world.orders.get(c.customer.id, ())
            if any(same(line.item, c.item) for line in o.lines)
            and o.currency == c.currency
            and self.expected(o, c.item.product_id, c.item.sku_id) == abs(c.quantity)
            and abs(o.created_at - c.order_at) <= timedelta(days=3)
        ]

    def expected(self, order: Order, product_id: str, sku_id: str) -> int:
        if order.status_at(self.clock) == "cancelled":
            return 0
        return sum(
            line.quantity_at(self.clock)
            for line in order.lines
            if (line.item.product_id, line.item.sku_id) == (product_id, sku_id)
            and (line.transaction_type or "new").lower() in ("new", "renew")
        )

    def order_items(self) -> Iterator[Found]:
        for order in self.orders:
            for key in {(line.item.product_id, line.item.sku_id) for line in order.lines}:
                yield from self.order_item(order, *key)

    def order_item(self, order: Order, product_id: str, sku_id: str) -> Iterator[Found]:
        group = self.items.get((order.id, product_id, sku_id), [])
        charges = [c for _, c in group]
        mine = [line for line in order.lines if (line.item.product_id, line.item.sku_id) == (product_id, sku_id)]

        def row(
            code: str, at_risk: Decimal | None, customer: str = order.customer.id, bill: str | None = None
        ) -> Found:
            return code, bill, customer, order.id, product_id, at_risk

        currencies = {c.currency for c in charges}
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for c in charges:
            totals[c.currency] += c.total
        for c in charges:
            if c.customer.id != order.customer.id:
                yield row("customer_mismatch", abs(c.total), c.customer.id)
            if c.customer.id not in self.listed:
                yield row("customer_unknown", abs(c.total), c.customer.id)
        if any(c.customer.reseller_id not in {line.partner_id for line in mine} for c in charges):
            yield row("reseller_mismatch", Decimal(0), charges[-1].customer.id)
        if len(currencies) > 1 or any(order.currency not in (c.currency, c.pricing_currency) for c in charges):
            yield row("currency_mismatch", abs(max(totals.values(), key=abs)))
        if order.billing_cycle != "one_time" or order.created_at < self.horizon[order.currency]:
            return
        expected = self.expected(order, product_id, sku_id)
        pairs = [(d, c, abs(c.quantity) * (sign(c.subtotal) or 1)) for d, c in group]
        net = sum(q for _, _, q in pairs)
        credited = any(c.subtotal < 0 for c in charges)
        unit = Decimal(0)
        for c in charges:
            if c.subtotal > 0:
                unit = cut(EXACT.multiply(c.effective_unit_price, c.rate), c.currency)
        held = self.held(order, product_id, sku_id)
        waiting = sum(line.waiting_at(self.clock) for line in mine) if expected else 0
        is_late = waiting > 0 and self.clock >= order.created_at + timedelta(days=1)
        if is_late:
            yield row("provisioning_overdue", (unit or mine[0].price) * waiting)
        amount = sum((line.price * line.quantity_at(self.clock) for line in mine), Decimal(0)) if expected else 0
        due = self.clock >= eleventh_after(order.created_at)
        reduced = order.status_at(self.clock) == "cancelled" or any(not x.quantity_at(self.clock) for x in mine)
        status, kind = order.status_at(self.clock), order.transaction_type
        if status == "completed" and expected and not net and not credited and amount and kind != "SystemBilling":
            if due and order.id not in getattr(self, "suggested", set()):
                yield row("order_not_billed", amount)
            return
        if not expected and held and net <= 0 and self.is_taken_away_late(group, order, mine):
            yield row("entitled_after_cancellation", None)
        pricing = sum((EXACT.multiply(c.effective_unit_price, c.billable_quantity) for c in charges), Decimal(0))
        if charges and (pricing < Decimal("-0.01") or not any(c.subtotal >= 0 for c in charges)):
            yield row("over_credited", abs(sum((c.subtotal for c in charges), Decimal(0))))
            return
        if net and net != expected:
            if net > expected:
                repeats = list(self.repeated(pairs, net - expected))
                if repeats:
                    for code, d, c in repeats:
                        yield row(code, abs(c.total), bill=d.id)
                elif reduced:
                    billed_at = max(d.at for d, _, q in pairs if q > 0)
                    if self.clock >= eleventh_after(self.changed_on_record(order) or billed_at):
                        yield row("cancelled_not_credited", unit * (net - expected))
                else:
                    yield row("quantity_charged_vs_ordered", unit * (net - expected))
            elif credited and not reduced:
                yield row("credit_without_cancellation", abs(sum(c.total for c in charges if c.total < 0)))
            elif due:
                yield row("quantity_charged_vs_ordered", unit * (expected - net))
        if reduced and net == expected and credited:
            yield from (row("credit_short", gap) for gap in self.refund_gap(order, mine[0], group))
        if len(charges) == 1 and net == expected and charges[0].subtotal > 0:
            yield from (row("price_charged_vs_ordered", gap) for gap in self.price_gap(order, mine, charges[0]))
        terms = {"P1M": 31, "P1Y": 365, "P3Y": 1095, "": 10**5}
        over = order.created_at + timedelta(days=terms[mine[0].item.term]) <= self.clock
        still_coming = waiting and not is_late
        if net > 0 and expected > 0 and not over and held != expected and not is_late and not still_coming:
            if held == 0:
                yield row("charged_not_entitled", abs(sum((c.total for c in charges), Decimal(0))))
            else:
                yield row("quantity_ordered_vs_entitled", unit * abs(held - expected))

    def held(self, order: Order, product_id: str, sku_id: str) -> int:
        """Units of an item that the customer received, handed over ones included."""
        return sum(
            e.quantity_at(self.clock) + (e.transferred if e.quantity_at(self.clock) else 0)
            for e in self.world.entitlements.get(order.customer.id, ())
            if e.order_id == order.id and (e.item.product_id, e.item.sku_id) == (product_id, sku_id)
        )

    def is_taken_away_late(self, group: list[tuple[Document, Charge]], order: Order, mine: list[OrderLine]) -> bool:
        """A day after the end of the month of the purchase's invoice, and a day after the cancellation itself."""
        billed = [next_month(d.at) for d, c in group if c.subtotal > 0]
        gone_at = max([order.cancelled_at or order.created_at, *(line.changes[-1][0] for line in mine)])
        return self.clock >= max([gone_at, *billed]) + timedelta(days=1)

    def refund_gap(self, order: Order, line: OrderLine, group: list[tuple[Document, Charge]]) -> Iterator[Decimal]:
        """What is missing of a refund: all of it is due in the first week, the unused days of the term later."""
        bought = [c for _, c in group if c.subtotal > 0]
        given = [c for _, c in group if c.subtotal < 0]
        price = min(c.effective_unit_price for c in bought)
        billed_at = max(next_month(d.at) - timedelta(microseconds=1) for d, c in group if c.subtotal > 0)
        gone_at = self.changed_on_record(order) or max(billed_at, *(c.order_at for c in given))
        if gone_at > order.created_at + timedelta(days=7):
            term = {"P1M": 30, "P1Y": 365, "P3Y": 1096, "": 0}[line.item.term]
            left = term - (gone_at.date() - order.created_at.date()).days - 1
            if not term:
                return
            price = price * max(left, 0) / term
        due = cut(price, bought[0].pricing_currency) * sum(abs(c.quantity) for c in given)
        gap = due - sum(EXACT.multiply(c.effective_unit_price, abs(c.billable_quantity)) for c in given)
        if gap > minor(bought[0].pricing_currency):
            yield cut(EXACT.multiply(gap, bought[-1].rate), bought[-1].currency)

    def changed_on_record(self, order: Order) -> datetime | None:
        """When the order was last changed, as far as the record of activity still goes back."""
        changes = [at for line in order.lines for at, _ in line.changes if order.created_at < at <= self.clock]
        changes = [at for at in changes if order.is_recorded and at.date() >= self.clock.date() - timedelta(days=89)]
        return max(changes, default=None)

    def price_gap(self, order: Order, mine: list, charge: Charge) -> Iterator[Decimal]:
        quantity = mine[0].quantity_at(self.clock)
        extended = (mine[0].price * quantity).quantize(minor(order.currency))
        if order.currency == charge.currency:
            wanted = (extended, cut(mine[0].price, order.currency) * quantity)
            if all(abs(charge.subtotal - w) > minor(charge.currency) for w in wanted):
                yield abs(charge.subtotal - extended)
        elif order.currency == charge.pricing_currency:
            gap = abs(EXACT.multiply(charge.effective_unit_price, charge.billable_quantity) - extended)
            if gap > minor(order.currency):
                yield gap * charge.rate

    def repeated(self, pairs: list, excess: int) -> Iterator[tuple[str, Document, Charge]]:
        seen: list[tuple[Document, Charge]] = []
        for d, c, q in sorted(pairs, key=lambda p: p[0].at):
            if q <= 0:
                continue
            same_bill = any(d is x and c is y for x, y in seen)
            earlier = any(
                x is not d and (y.order_at, y.quantity, y.total) == (c.order_at, c.quantity, c.total) for x, y in seen
            )
            if (same_bill or earlier) and excess >= q:
                excess -= q
                yield ("duplicate_in_invoice" if same_bill else "duplicate_across_invoices"), d, c
            seen.append((d, c))

    def bills(self) -> Iterator[Found]:
        for d in self.counted:
            if d.amends_of is not None and not any(base.id == d.amends_of for base in self.documents):
                yield "amendment_unlinked", d.id, None, None, None, abs(d.total_charges)
            if folded(d.document_type) not in KNOWN_DOCUMENTS:
                yield "unknown_value", d.id, None, None, None, abs(d.total_charges)
            licences = (x.unit_price * x.quantity - x.discount + x.tax for x in d.office)
            usage = (x.subtotal + x.tax for x in d.azure)
            own = (c.total for c in d.charges if c.currency == d.currency)
            lines = sum((*own, *licences, *usage), Decimal(0))
            if d.has_details and not (d.charges or d.office or d.azure) and d.total_charges:
                yield "invoice_without_lines", d.id, None, None, None, abs(d.total_charges)
            elif d.has_details and abs(d.total_charges - lines) > minor(d.currency):
                yield "invoice_total_vs_lines", d.id, None, None, None, abs(d.total_charges - lines)

    def lost(self) -> Iterator[Found]:
        """Listed as unbilled in the month before the clock, whose invoices are out, and on none of them."""
        for moment, c in self.world.never_billed:
            order = self.resolve(c)
            if order is None or next_month(next_month(moment)) <= self.clock or self.clock < eleventh_after(moment):
                continue
            key = (c.item.product_id, c.item.sku_id)
            net = sum(abs(x.quantity) * (sign(x.subtotal) or 1) for _, x in self.items.get((order.id, *key), []))
            # What was never billed at all is a finding of its own, unless it is an order for billing only.
            if net < self.expected(order, *key) and (net or order.transaction_type == "SystemBilling"):
                yield "unbilled_lost", None, c.customer.id, order.id, c.item.product_id, abs(c.subtotal)

    def rights(self) -> Iterator[Found]:
        for customer, rights in self.world.entitlements.items():
            for e in rights:
                if e.quantity_at(self.clock) and e.order_id not in self.by_id:
                    yield "entitlement_without_order", None, customer, e.order_id, e.item.product_id, None


def same(one: object, other: object) -> bool:
    return (one.product_id, one.sku_id) == (other.product_id, other.sku_id)  # type: ignore[attr-defined]
