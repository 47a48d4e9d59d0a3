"""The tables that are asked most, of the newest published result, without opening anything first.

Shape:   each takes what the method of the same name takes, and `as_of` for an enquiry; each call opens what is
         published at that time, so frames of two calls may be of two generations. To compare frames, open once.
Errors:  as `open_warehouse`, and as the method.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

import polars as pl

from pipelines.analysis.desk import open_warehouse

Moment = str | datetime | None


class OfMonth(TypedDict, total=False):
    """What narrows a table of documents."""

    currency: str | None
    period: str | None


class OfCustomer(OfMonth, total=False):
    """What narrows a table of customers' rows."""

    customer_id: str | None


class OfBreaks(OfCustomer, total=False):
    """What narrows the breaks."""

    status: str | Sequence[str]
    code: str | None


def charges(*, as_of: Moment = None, **only: Unpack[OfCustomer]) -> pl.LazyFrame:
    """One-time charges of counted documents.

    >>> charges(currency="USD").collect()["total"].item()
    Decimal('1234567890.123456789012')
    """
    return open_warehouse(as_of=as_of).charges(**only)


def invoices(*, as_of: Moment = None, **only: Unpack[OfMonth]) -> pl.LazyFrame:
    """Documents and their buckets.

    >>> invoices(period="2026-08").collect()["total_charges"].item()
    Decimal('80.000000000000')
    """
    return open_warehouse(as_of=as_of).invoices(**only)


def order_items(*, as_of: Moment = None, **only: Unpack[OfCustomer]) -> pl.LazyFrame:
    """Expected, charged and entitled per order item.

    >>> order_items(customer_id="c-kyoto").collect()["reconciliation_status"].to_list()
    ['not_compared']
    """
    return open_warehouse(as_of=as_of).order_items(**only)


def breaks(*, as_of: Moment = None, **only: Unpack[OfBreaks]) -> pl.LazyFrame:
    """Records that should agree and do not.

    >>> breaks(status="open", currency="JPY").collect()["explanation"].to_list()
    ['120,000 JPY without readable orders']
    """
    return open_warehouse(as_of=as_of).breaks(**only)


def reconciliation(*, as_of: Moment = None, **only: Unpack[OfMonth]) -> pl.LazyFrame:
    """The verdict of each month and currency.

    >>> reconciliation(currency="USD").collect()["verdict"].to_list()
    ['clean']
    """
    return open_warehouse(as_of=as_of).reconciliation(**only)
