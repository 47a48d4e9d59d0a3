"""Legacy invoices: licences billed by the month, and Azure usage of the former kind, on documents of their own.

They go by the platform of before: orders of 18 digits, subscriptions in letters that look like base64, GUIDs in upper
case on the wire. Nothing of it matches an order.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.sandbox.builder import Builder, Draft
from pipelines.sandbox.facts import AzureLine, Customer, OfficeLine
from pipelines.sandbox.trade import EXACT, Month, price_in, rounded, tax_on

OFFERS = (
    ("EXCHANGE ONLINE (PLAN 2)", "8.00"),
    ("SHAREPOINT ONLINE (PLAN 2)", "10.00"),
    ("Office 365 Business Premium", "12.50"),
    ("Visio Online Plan 1", "5.00"),
)
METERS = (
    ("Azure App Service", "Standard Plan", "S1", "1 Hour", "0.085"),
    ("Storage", "Standard Page Blob", "LRS Data Stored", "1 GB/Month", "0.0383"),
    ("Virtual Machines", "D/DS Series Windows", "D1/DS1", "1 Hour", "0.14"),
    ("Data Management", "", "Data Transfer Out (GB)", "1 GB", "0.087"),
)
# What happens to a licence in its month, with the part of the month that is charged for it.
CHANGES = (
    ("Cycle fee", 1),
    ("CYCLE FEE", 1),
    ("Cycle fee", 1),
    ("Renew fee", 1),
    ("New", 1),
    ("Prorate fees when purchase", Decimal("0.4")),
    ("Cycle instance prorate", Decimal("0.25")),
    ("Cancel instance prorate", Decimal("-0.5")),
)


def legacy_bills(b: Builder, scale: float) -> None:
    """One invoice of licences and one of usage in two currencies, in each of the last two months.

    Units:   about 1,100 lines and days at scale 1.
    """
    b.stream("legacy")
    buyers = {
        currency: [c for c in b.customers if c.is_listed and c.billing_currency == currency][:40]
        for currency in ("USD", "EUR")
    }
    for month in b.months[-2:]:
        for currency, customers in buyers.items():
            licences = legacy_bill(b, month, currency)
            for _ in range(max(8, round(100 * scale))):
                licences.office.append(office_line(b, b.rng.choice(customers), month))
            usage = legacy_bill(b, month, currency)
            for _ in range(max(5, round(60 * scale))):
                usage.azure.append(azure_line(b, b.rng.choice(customers), month))


def legacy_bill(b: Builder, month: Month, currency: str) -> Draft:
    """A legacy invoice without lines yet."""
    return b.draft(month, currency, invoice_type="Recurring", paid_sign=b.rng.choice((1, -1)))


def adjustment_outside_lines(draft: Draft, amount: Decimal) -> None:
    """An adjustment that stands on the invoice and in none of its lines, as the former platform does it."""
    draft.excess += amount


def office_line(b: Builder, c: Customer, month: Month) -> OfficeLine:
    """A licence: a fee of the cycle, a part of it, or some of it back."""
    name, price = b.rng.choice(OFFERS)
    change, share = b.rng.choice(CHANGES)
    currency = c.billing_currency
    unit = rounded(EXACT.multiply(price_in(Decimal(price), currency), Decimal(share)), currency)
    quantity = b.rng.choice((1, 3, 5, 10, 25))
    amount = unit * quantity
    discount = rounded(amount * Decimal("0.1"), currency) if b.rng.random() < 0.2 else Decimal(0)
    starts_at = month.start_at + timedelta(days=b.rng.randrange(0, 12))
    return OfficeLine(
        customer=c,
        legacy_order_id=legacy_number(b),
        legacy_subscription_id=base64.b64encode(b.rng.randbytes(4) + bytes(6) + b"\x01\x00").decode(),
        subscription_id=b.guid(),
        offer_id=b.guid(),
        durable_offer_id=b.guid(),
        offer_name=name,
        charge_type=change,
        unit_price=unit,
        quantity=quantity,
        discount=discount,
        tax=tax_on(amount - discount, c.country, currency),
        currency=currency,
        subscription_start_at=starts_at - timedelta(days=365),
        charge_start_at=starts_at,
        # The last day is part of the window.
        charge_end_at=starts_at + timedelta(days=28),
        salt=b.rng.getrandbits(16),
    )


def azure_line(b: Builder, c: Customer, month: Month) -> AzureLine:
    """What one meter counted, from the middle of the month to the middle of the next."""
    service, kind, resource, unit, price = b.rng.choice(METERS)
    currency = c.billing_currency
    starts_at = month.start_at + timedelta(days=1) - timedelta(days=b.rng.choice((0, 12, 18)))
    days = tuple(
        (starts_at + timedelta(days=day), Decimal(b.rng.randrange(1, 9_000_000)).scaleb(-4))
        for day in sorted(b.rng.sample(range(29), b.rng.choice((1, 2, 2, 3))))
    )
    included = b.rng.choice((Decimal(0), Decimal(0), Decimal(5)))
    consumed = sum((quantity for _, quantity in days), Decimal(0))
    listed = EXACT.multiply(Decimal(price), price_in(Decimal(1), currency))
    subtotal = rounded(EXACT.multiply(listed, max(consumed - included, Decimal(0))), currency)
    return AzureLine(
        customer=c,
        legacy_order_id=legacy_number(b),
        subscription_id=b.guid(),
        service_name=service,
        service_type=kind,
        resource_guid=b.guid(),
        resource_name=resource,
        region=b.rng.choice(("", "US West", "EU North")),
        unit=unit,
        part_number=1,
        sku=f"7UD-{b.rng.randrange(10**5):05d}",
        included=included,
        list_price=listed,
        subtotal=subtotal,
        tax=tax_on(subtotal, c.country, currency),
        currency=currency,
        charge_start_at=starts_at,
        charge_end_at=legacy_end(starts_at),
        days=days,
        salt=b.rng.getrandbits(16),
    )


def legacy_end(starts_at: datetime) -> datetime:
    """The last day of a window of usage."""
    return starts_at + timedelta(days=30)


def legacy_number(b: Builder) -> str:
    """An order of the former platform: 18 digits."""
    return f"567{b.rng.randrange(10**15):015d}"
