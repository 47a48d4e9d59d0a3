"""What the pretend price list says: for each market and month, and in each view, as CSV.

Lists are made from what was ever ordered or billed. They hold what a reader has to live with: prices that were not
charged because of a promotion nobody lists, prices that changed, two segments of one item, items that are missing.
Which item is which follows from its ids alone, so the same world always has the same lists.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zlib import crc32

from pipelines.sandbox.facts import Item
from pipelines.sandbox.trade import COUNTRIES, EUR_PER_USD, EXACT, price_in, rounded
from pipelines.sandbox.wire import short_number
from pipelines.sandbox.world import World

VIEWS = (
    *("azure_consumption", "azure_reservations", "updatedlicensebased", "licensebasedest", "licensebasedeos"),
    *("marketplace", "software"),
)
VIEW_OF_KIND = {
    "reservation": "azure_reservations",
    "perpetual": "software",
    "subscription": "updatedlicensebased",
    "seat": "updatedlicensebased",
    "meter": "azure_consumption",
}
SINCE = datetime(2019, 2, 1, tzinfo=UTC)
OPEN_END = datetime(9999, 11, 30, 23, 59, 59, tzinfo=UTC)
# From then on some items cost more.
NEW_LIST_AT = datetime(2026, 8, 1, tzinfo=UTC)
FIRST_COLUMNS = ("ProductTitle", "ProductId", "SkuId", "SkuTitle", "Publisher", "SkuDescription", "UnitOfMeasure")
PRICE_COLUMNS = (
    *("Market", "Currency", "UnitPrice", "PricingTierRangeMin", "PricingTierRangeMax"),
    *("EffectiveStartDate", "EffectiveEndDate"),
)
# Dollars for one unit; euros follow from the rates on the bills.
USD_PER_UNIT = {"GBP": Decimal("1.27351846290173554"), "JPY": Decimal("0.0066921837564829103")}


@dataclass(frozen=True)
class Price:
    """One listed price of an item, in dollars."""

    item: Item
    segment: str
    plan: str
    amount: Decimal
    starts_at: datetime
    ends_at: datetime


class PriceLists:
    """The price list of one world."""

    def __init__(self, world: World) -> None:
        items: dict[tuple[str, str], Item] = {}
        for document in world.documents:
            for charge in document.charges:
                items.setdefault((charge.item.product_id, charge.item.sku_id), charge.item)
        self.items = [items[key] for key in sorted(items)]

    def sheet(self, market: str, view: str, start: datetime, end: datetime, *, other_market: str = "") -> str:
        """The CSV of a market and view: what was on offer between two moments.

        Shape:   with `other_market` the first rows are repeated as rows of that market.
        """
        prices = [price for price in self._prices(view) if price.starts_at < end and price.ends_at >= start]
        rows = [_row(price, market, view) for price in prices]
        if other_market:
            rows += [_row(price, other_market, view) for price in prices[:3]]
        return _csv(_columns(view), rows)

    def _prices(self, view: str) -> Iterator[Price]:
        for item in self.items:
            dice = crc32(f"{item.product_id}:{item.sku_id}".encode())
            if VIEW_OF_KIND.get(item.kind) != view or not item.price or dice % 11 == 3:
                continue
            # Every ninth item was sold at a promotion: the list says a tenth more than was charged.
            listed = rounded(item.price * Decimal("1.1"), "USD") if dice % 9 == 0 else item.price
            plan = {"": "OneTime"}.get(item.term, "Annual") if view == "updatedlicensebased" else ""
            if dice % 5 == 0:
                before = rounded(EXACT.multiply(listed, Decimal("0.9")), "USD")
                yield Price(item, "Commercial", plan, before, SINCE, NEW_LIST_AT - timedelta(seconds=1))
                yield Price(item, "Commercial", plan, listed, NEW_LIST_AT, OPEN_END)
            else:
                yield Price(item, "Commercial", plan, listed, SINCE, OPEN_END)
            if dice % 7 == 1:
                education = rounded(EXACT.multiply(listed, Decimal("0.6")), "USD")
                yield Price(item, "Education", plan, education, SINCE, OPEN_END)


def fx_rates(year: int, month: int) -> str:
    """The CSV of a month's rates."""
    # The bills say how many euros a dollar is; the list says it the other way round, and a little off.
    euros = EUR_PER_USD[(year * 12 + month) % 3]
    rates = {"EUR": EXACT.divide(Decimal("1.001"), euros).quantize(Decimal(1).scaleb(-17)), **USD_PER_UNIT}
    rows = [(code, short_number(rate), f"{year:04d}{month:02d}") for code, rate in sorted(rates.items())]
    return _csv(("CurrencyCode", "USDPerUnit", "Month"), rows)


def _columns(view: str) -> tuple[str, ...]:
    plan = ("BillingPlan",) if view == "updatedlicensebased" else ()
    meters = ("MeterIds", "MeterType") if view == "azure_consumption" else ()
    retail = ("ERP Price", "Segment") if view == "updatedlicensebased" else ("Segment",) if view == "software" else ()
    return (*FIRST_COLUMNS, "TermDuration", *plan, *PRICE_COLUMNS, *meters, "Tags", *retail)


def _row(price: Price, market: str, view: str) -> tuple[str, ...]:
    item = price.item
    # Consumption is listed in dollars everywhere, and so is a market whose prices are in dollars.
    currency = "USD" if view == "azure_consumption" else COUNTRIES[market].pricing_currency
    amount = price.amount if item.kind == "meter" else price_in(price.amount, currency)
    retail = rounded(EXACT.multiply(amount, Decimal("1.25")), currency)
    values = {
        "ProductTitle": item.product_name,
        "ProductId": item.product_id,
        "SkuId": item.sku_id,
        "SkuTitle": item.sku_name,
        "Publisher": "Pretend Corporation",
        "SkuDescription": f'{item.sku_name}, "as listed"',
        "UnitOfMeasure": "1 Hour" if item.kind == "meter" else "",
        "TermDuration": "payG-1" if item.kind == "meter" else item.term,
        "BillingPlan": price.plan,
        "Market": market,
        "Currency": currency,
        "UnitPrice": short_number(amount),
        "EffectiveStartDate": us_date(price.starts_at),
        "EffectiveEndDate": us_date(price.ends_at),
        "MeterType": "1 Hour",
        "Tags": "License" if view == "updatedlicensebased" else "Azure",
        "ERP Price": short_number(retail),
        "Segment": price.segment,
    }
    return tuple(values.get(name, "") for name in _columns(view))


def us_date(moment: datetime) -> str:
    """`3/1/2018 12:00:00 AM`: no leading zeros, twelve hours."""
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment.minute:02d}:{moment.second:02d} {half}"


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Every value in quotes, numbers too."""
    sink = io.StringIO()
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return sink.getvalue()
