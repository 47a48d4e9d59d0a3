"""The ordinary business: what most customers do in most months. Nothing in here is a break.

Each pattern is one small function taking the builder, a customer, a month and the goods on offer. Changes of an
order happen on the 13th or later of a month, so that at the end of each invoice run the bills agree with the
orders; only cancellations may fall earlier, for they have a window of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from math import sqrt

from pipelines.sandbox.builder import TERM_DAYS, Builder
from pipelines.sandbox.facts import Customer, Item, Order
from pipelines.sandbox.trade import EXACT, STEP, Month


@dataclass(frozen=True)
class Goods:
    """What is on offer, by kind."""

    reservations: tuple[Item, ...]
    software: tuple[Item, ...]
    twins: tuple[tuple[Item, Item], ...]
    seats: tuple[Item, ...]
    plan: Item
    meters: tuple[tuple[Item, str], ...]


def stock(b: Builder) -> Goods:
    """The catalogue of the ordinary business."""
    b.stream("goods")

    def cents(low: int, high: int) -> str:
        return f"{b.rng.randrange(low, high) / 100:.2f}"

    reservations = [b.item("reservation", cents(20_000, 400_000), term=t) for t in ("P1Y", "P3Y") * 8]
    perpetual = [b.item("perpetual", cents(5_000, 90_000), term="") for _ in range(12)]
    terms = [b.item("subscription", cents(3_000, 60_000), term=t) for t in ("P1Y", "P3Y") * 8]
    first = [b.item("subscription", cents(4_000, 50_000), sku="0001") for _ in range(6)]
    pairs = tuple((item, b.item("subscription", cents(4_000, 50_000), sku="0002", of=item)) for item in first)
    seats = tuple(b.item("seat", cents(400, 5_000), term="P1Y") for _ in range(8))
    plan = b.item("plan", "0", term="", sku="0001")
    names = ("Bandwidth - Data Transfer In (GB) - Zone 2", "D2 v3 - EU West", "LRS Data Stored", "1core")
    meters = tuple((b.item("meter", f"0.{b.rng.randrange(100, 9999):04d}", term=""), name) for name in names * 3)
    return Goods(tuple(reservations), tuple(perpetual + terms), pairs, seats, plan, meters)


def order_currency(customer: Customer) -> str:
    """Customers priced in another currency see their orders in either one."""
    return customer.pricing_currency if customer.id[0] in "02468ace" else customer.billing_currency


def long_price(b: Builder, customer: Customer, item: Item) -> Decimal | None:
    """Now and then a price of 22 digits, far enough from a minor unit that cutting it is not in doubt."""
    if customer.pricing_currency != customer.billing_currency or b.rng.random() > 0.12:
        return None
    step = STEP[customer.billing_currency]
    digits = 22 - len(str(int(b.price(customer, item))))
    tail = Decimal(f"0.{b.rng.randrange(2, 9)}{b.rng.randrange(10 ** (digits - 5)):0{digits - 5}d}7")
    return b.price(customer, item) + EXACT.multiply(tail, step)


def purchase(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """Software or reservations, one to three lines, billed once and delivered."""
    pool = goods.software if b.rng.random() < 0.7 else goods.reservations
    items = b.rng.sample(pool, b.rng.choice((1, 1, 2, 3)))
    lines = [(item, b.rng.choice((1, 1, 2, 3, 5, 10, 25))) for item in items]
    prices = {n: p for n, (item, _) in enumerate(lines) if (p := long_price(b, c, item)) is not None}
    order = b.order(
        c,
        m.at(b.rng.randrange(1, 28), b.rng.randrange(24), b.rng.randrange(60)),
        *lines,
        currency=order_currency(c),
        prices=prices,
        guid_offer=len(lines) == 1 and b.rng.random() < 0.05,
    )
    for number, (item, quantity) in enumerate(lines):
        resource = b.entitle(order, number).resource_id
        prefix = b.rng.choice(("", "RIOderId"))
        b.charge(
            order,
            item,
            m,
            quantity,
            price=prices.get(number),
            reservation_order_id=prefix + resource if resource else "",
        )


def several_lines_of_one_item(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """Two order lines with the same product and SKU, each billed."""
    item = b.rng.choice(goods.software)
    order = b.order(c, m.at(b.rng.randrange(1, 28)), (item, 2), (item, 3), currency=order_currency(c))
    for number, quantity in enumerate((2, 3)):
        b.entitle(order, number)
        b.charge(order, item, m, quantity)


def genuine_twins(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """Two equal order lines give two equal rows: both are right."""
    item = b.rng.choice(goods.software)
    order = b.order(c, m.at(b.rng.randrange(1, 28)), (item, 1), (item, 1), currency=order_currency(c))
    b.entitle(order, 0)
    b.entitle(order, 1)
    document = b.rng.choice(b.main_documents(m, c.billing_currency))
    document.charges.append(b.charge(order, item, m, 1, document=document))


def two_skus_of_one_product(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """One order, one product, two SKUs."""
    pair = b.rng.choice(goods.twins)
    order = b.order(c, m.at(b.rng.randrange(1, 28)), *((item, 4) for item in pair), currency=order_currency(c))
    for number, item in enumerate(pair):
        b.entitle(order, number)
        b.charge(order, item, m, 4)


def cancelled_in_the_window(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """Bought and cancelled within a week, billed and given back in full; sometimes across the month's end."""
    across = m.index + 1 < len(b.months) and b.rng.random() < 0.3
    at = m.at(27 if across else b.rng.randrange(10, 20))
    cancelled_at = at + timedelta(days=6 if across else b.rng.randrange(1, 6), hours=2)
    item = b.rng.choice(goods.software)
    quantity = b.rng.randrange(1, 9)
    order = b.order(c, at, (item, quantity), currency=order_currency(c), cancelled_at=cancelled_at)
    b.entitle(order)
    b.charge(order, item, m, quantity)
    b.charge(order, item, b.month_of(cancelled_at), -quantity, order_at=cancelled_at)


def reservation_given_back(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """A reservation returned in the month after: the rest of the term is given back by days."""
    if m.index + 1 >= len(b.months):
        return purchase(b, c, m, goods)
    item = b.rng.choice(goods.reservations)
    at = m.at(b.rng.randrange(5, 16))
    later = b.months[m.index + 1]
    cancelled_at = later.at(b.rng.randrange(14, 25), 16)
    order = b.order(c, at, (item, 2), currency=order_currency(c), cancelled_at=cancelled_at)
    b.entitle(order)
    b.charge(order, item, m, 2)
    days = TERM_DAYS[item.term]
    left = days - (cancelled_at - order.created_at).days
    rest = (b.price(c, item) * left / days).quantize(STEP[c.pricing_currency], rounding=ROUND_UP)
    b.charge(order, item, later, -2, price=rest, order_at=cancelled_at)
    return None


def one_line_cancelled(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """One of two lines is cancelled: quantity 0, the order stays completed, that line is given back."""
    kept, dropped = b.rng.sample(goods.software, 2)
    at = m.at(b.rng.randrange(10, 20))
    gone_at = at + timedelta(days=3)
    order = b.order(c, at, (kept, 5), (dropped, 3), currency=order_currency(c), changes={1: ((gone_at, 0),)})
    for number, (item, quantity) in enumerate(((kept, 5), (dropped, 3))):
        b.entitle(order, number)
        b.charge(order, item, m, quantity)
    b.charge(order, dropped, m, -3, order_at=gone_at)


def quantity_changed(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """More or fewer seats later: the old quantity is given back and the new one billed, as a pair."""
    later = b.months[min(m.index + 1, len(b.months) - 1)]
    item = b.rng.choice(goods.seats)
    before, after = b.rng.choice(((10, 15), (4, 5), (10, 6), (8, 1)))
    changed_at = later.at(b.rng.randrange(14, 25))
    order = b.order(
        c,
        m.at(b.rng.randrange(2, 9)),
        (item, before),
        currency=order_currency(c),
        changes={0: ((changed_at, after),)},
    )
    b.entitle(order)
    b.charge(order, item, m, before)
    names = ("removeQuantity", "addQuantity") if after < before or b.rng.random() < 0.5 else ("addQuantity",) * 2
    b.charge(order, item, later, -before, charge_type=names[0], order_at=changed_at)
    b.charge(order, item, later, after, charge_type=names[1], order_at=changed_at)


def billed_again(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """A charge is taken back and billed anew on the next invoice: same item, same quantity, same total."""
    if m.index + 1 >= len(b.months):
        return purchase(b, c, m, goods)
    item = b.rng.choice(goods.software)
    order = b.order(c, m.at(b.rng.randrange(1, 28)), (item, 2), currency=order_currency(c))
    b.entitle(order)
    for month, quantity in ((m, 2), (b.months[m.index + 1], -2), (b.months[m.index + 1], 2)):
        b.charge(order, item, month, quantity)
    return None


def system_orders(b: Builder, c: Customer, m: Month, goods: Goods) -> None:
    """An order that the system placed, and one that it only uses for billing, at no price."""
    item = b.rng.choice(goods.software)
    order = b.order(c, m.at(9), (item, 3), transaction_type="SystemPurchase", currency=order_currency(c))
    b.entitle(order)
    b.charge(order, item, m, 3)
    free = replace(b.rng.choice(goods.software), price=Decimal(0))
    billing = b.order(c, m.at(10), (free, 1), transaction_type="SystemBilling", currency=order_currency(c))
    if b.rng.random() < 0.5:
        b.entitle(billing)
        b.charge(billing, free, m, 1)


PATTERNS: tuple[tuple[int, Callable[[Builder, Customer, Month, Goods], None]], ...] = (
    (60, purchase),
    (5, several_lines_of_one_item),
    (4, genuine_twins),
    (5, two_skus_of_one_product),
    (5, cancelled_in_the_window),
    (4, reservation_given_back),
    (4, one_line_cancelled),
    (5, quantity_changed),
    (3, billed_again),
    (2, system_orders),
)


def consumption(b: Builder, plan: Order, m: Month, goods: Goods, count: int) -> None:
    """Usage totals of an Azure plan, with measured quantities of up to 22 digits."""
    customer = plan.customer
    for _ in range(count):
        meter, name = b.rng.choice(goods.meters)
        used = Decimal(f"{b.rng.randrange(20, 9000)}.{b.rng.randrange(10**18):018d}")
        if b.rng.random() < 0.6:
            used = used.quantize(Decimal("0.0001"))
        # Meter prices are finer than any minor unit, so they are not rounded to one.
        price = EXACT.multiply(meter.price, 150 if customer.pricing_currency == "JPY" else 1)
        b.charge(plan, meter, m, 1, price=price, meter=name, billable=used, charge_type="new")


def subscriptions(b: Builder, order: Order, m: Month, count: int) -> None:
    """Monthly lines of a monthly order; those of US customers partly on an invoice of type Recurring."""
    for number in range(count):
        line = order.lines[number % len(order.lines)]
        recurring = order.currency == "USD" == order.customer.billing_currency and number % 2 == 0
        document = b.main_documents(m, "USD", "Recurring")[0] if recurring else None
        b.charge(order, line.item, m, 10 + number, frequency="Monthly", charge_type="renew", document=document)


def trade(b: Builder, scale: float) -> None:
    """Ordinary customers buy every month.

    Units:   about 20,000 lines over three months at scale 1; customers and purchases both grow with the root.
    """
    goods = stock(b)
    b.stream("trade")
    root = sqrt(scale)
    countries = ("US", "DE", "GB", "JP", "US", "NL", "US", "DE", "GB", "US")
    customers = [
        b.customer(countries[n % 10], reseller_id="4649221" if n % 7 == 3 else "")
        for n in range(max(10, round(60 * root)))
    ]
    for pattern in [pattern for _, pattern in PATTERNS[1:]]:
        b.look_alikes.append((pattern.__name__, " ".join((pattern.__doc__ or "").split())))
    weights = [weight for weight, _ in PATTERNS]
    patterns = [pattern for _, pattern in PATTERNS]
    long_ago = b.months[0].start_at - timedelta(days=40)
    for customer in customers:
        cycle = b.rng.choice(("none", "monthly"))
        plan = b.order(customer, long_ago, (goods.plan, 1), cycle=cycle)
        seats = b.rng.sample(goods.seats, 3)
        monthly = b.order(customer, long_ago, *((item, 10) for item in seats), cycle="monthly")
        for month in b.months:
            for pattern in b.rng.choices(patterns, weights, k=max(2, round(34 * root))):
                pattern(b, customer, month, goods)
            consumption(b, plan, month, goods, round(29 * root))
            subscriptions(b, monthly, month, round(15 * root))
