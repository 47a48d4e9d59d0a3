"""The published marts as Polars frames, for notebooks and analysts.

    from pipelines.analysis import open_warehouse

    warehouse = open_warehouse()                     # RECON_DATA_DIR, else ./data
    warehouse.breaks(currency="EUR").collect()       # what is open in euro
    warehouse.charges(period="2026-08").collect()    # the one-time lines of August's invoices

Amounts, prices, rates and quantities are `Decimal` columns, exact to the last digit; there is no Float anywhere.
Every amount is in the currency of its own row: filter or group by `currency` before adding. Polars' `mean` and `/`
turn a Decimal into a Float: add, subtract and compare instead.
"""

from __future__ import annotations

import os
import re
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from pipelines.warehouse import Folders, open_published

BREAK_STATUSES = ("open", "acknowledged", "disputed", "accepted", "resolved", "reopened")

_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MONTH = "strftime({}, '%Y-%m')"
_INVOICE_MONTH = (
    f"(select {_MONTH.format('d.invoice_at')} from marts.fct_invoices as d where d.invoice_id = m.invoice_id)"
)
# The invoice that bills an order item comes in the month after its creation.
_ITEM_MONTH = _MONTH.format("m.created_at + interval 1 month")


class _Reader:
    """One open published file. DuckDB opens a file only once in a process, so those who ask for it share this."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection


_readers: weakref.WeakValueDictionary[Path, _Reader] = weakref.WeakValueDictionary()
_opening = threading.Lock()


@dataclass(frozen=True)
class Warehouse:
    """One published generation; a later publication does not change what this object reads.

    Shape:   each method returns a LazyFrame with the columns of its mart; `collect()` gives the rows.
    Units:   amounts in the row's `currency`, Decimal(38, 12); quantities, unit prices and rates Decimal(38, 24);
             times in UTC without a zone, as is `as_of`, the moment that the rules asked about.
    Errors:  ValueError for a period that is not a month like 2026-08.
    """

    data_dir: Path
    generation: int
    as_of: datetime
    _reader: _Reader = field(repr=False, compare=False)

    def charges(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """The one-time charges of counted documents, each with the bucket and the pass that matched it.

        Shape:   one row per billed line; `period` is the month of the invoice date.

            warehouse.charges(currency="EUR").group_by("bucket").agg(pl.col("total").sum()).collect()
        """
        lines = self.billed_lines(currency=currency, period=period, customer_id=customer_id)
        return lines.filter(pl.col("line_class") == "one_time", pl.col("bucket") != "not_counted")

    def billed_lines(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """Every billed line: recurring, usage and adjustments too, and the lines of void documents.

        Shape:   one row per line; daily usage (`bucket` = detail) explains other lines and is in no total.
        """
        return self._mart(
            "fct_invoice_lines",
            {"m.currency": currency, _INVOICE_MONTH: _month(period), "m.customer_id": _folded(customer_id)},
        )

    def order_items(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """What was expected, charged and entitled, side by side.

        Shape:   one row per order, product and SKU; `period` is the month after the order's creation, whose invoice
                 bills it; `currency` is that of the charges, without charges that of the order.
        Units:   `expected_amount` in `order_currency`, the `charged_` amounts in `charged_currency`.
        """
        item_currency = "coalesce(m.charged_currency, m.order_currency)"
        return self._mart(
            "fct_order_items",
            {item_currency: currency, _ITEM_MONTH: _month(period), "m.customer_id": _folded(customer_id)},
        )

    def order_lines(self, *, currency: str | None = None, customer_id: str | None = None) -> pl.LazyFrame:
        """Order lines as they are now.

        Shape:   one row per order line.
        """
        return self._mart("fct_order_lines", {"m.currency": currency, "m.customer_id": _folded(customer_id)})

    def entitlements(self, *, customer_id: str | None = None) -> pl.LazyFrame:
        """What the customers received.

        Shape:   one row per entitlement, or component of one (`parent_entitlement_id`).
        """
        return self._mart("fct_entitlements", {"m.customer_id": _folded(customer_id)})

    def invoices(self, *, currency: str | None = None, period: str | None = None) -> pl.LazyFrame:
        """Documents, each total taken apart into buckets, amendment, rounding and what stays unexplained.

        Shape:   one row per document; void ones have `is_counted` false and belong in no total.
        """
        return self._mart(
            "fct_invoices", {"m.currency": currency, _MONTH.format("m.invoice_at"): _month(period)}, "invoice_at"
        )

    def breaks(
        self,
        *,
        status: str | Sequence[str] = "unresolved",
        currency: str | None = None,
        period: str | None = None,
        customer_id: str | None = None,
    ) -> pl.LazyFrame:
        """Records that should agree and do not.

        Shape:   one row per break. `status` is `unresolved` (all but resolved), `all`, or one or several of
                 BREAK_STATUSES. Greatest amount at risk first.
        Units:   `at_risk_amount` is never negative, null where not known. Add rows with `is_primary` only.
        Errors:  ValueError for an unknown status.

            warehouse.breaks(status="disputed", customer_id="…").collect()
        """
        filters = {"m.currency": currency, "m.period": _month(period), "m.customer_id": _folded(customer_id)}
        frame = self._mart("fct_breaks", filters, "at_risk_amount desc nulls last, break_id")
        return frame.filter(pl.col("status").is_in(_statuses(status)))

    def reconciliation(self, *, currency: str | None = None, period: str | None = None) -> pl.LazyFrame:
        """The verdict of each month and currency, and what it rests on.

        Shape:   one row per period and currency, newest period first.
        """
        filters = {"m.currency": currency, "m.period": _month(period)}
        return self._mart("fct_reconciliation", filters, "period desc, currency")

    def balances(self, *, currency: str | None = None) -> pl.LazyFrame:
        """Readings of the account balance beside the open documents of the same moment.

        Shape:   one row per reading, currency and invoice type, newest first. Never add type `total` to the others.
        """
        return self._mart("fct_balances", {"m.currency": currency}, "read_at desc, currency, invoice_type")

    def customers(self) -> pl.LazyFrame:
        """Customers that any record names; the name may be null."""
        return self._mart("dim_customers", {})

    def products(self) -> pl.LazyFrame:
        """Products that any record names."""
        return self._mart("dim_products", {})

    def skus(self) -> pl.LazyFrame:
        """SKUs; the key is product and SKU together."""
        return self._mart("dim_skus", {})

    def availabilities(self) -> pl.LazyFrame:
        """Availabilities; the key is product, SKU and availability together."""
        return self._mart("dim_availabilities", {})

    def break_codes(self) -> pl.LazyFrame:
        """The rules that find breaks: title, severity, the rule in words, the next step."""
        return self._mart("dim_break_codes", {})

    def minor_digits(self) -> dict[str, int]:
        """Digits behind the point per currency: 2 for most, 0 for JPY. What is not listed has 2."""
        rows = self._reader.connection.cursor().execute("select currency, minor_digits from seeds.currencies")
        return {str(currency): int(digits) for currency, digits in rows.fetchall()}

    def _mart(self, table: str, filters: dict[str, str | None], order: str | None = None) -> pl.LazyFrame:
        asked = {expression: value for expression, value in filters.items() if value is not None}
        query = f"select m.* from marts.{table} as m"
        if asked:
            query += " where " + " and ".join(f"{expression} = ?" for expression in asked)
        if order:
            query += f" order by {order}"
        # A cursor of its own per question: the frames of one object can be read from several threads.
        cursor = self._reader.connection.cursor()
        frame = pl.from_arrow(cursor.sql(query, params=list(asked.values())).to_arrow_table())
        assert isinstance(frame, pl.DataFrame)
        blurred = [name for name, kind in frame.schema.items() if kind.is_float()]
        if blurred:
            raise TypeError(
                f"marts.{table} has Float columns ({', '.join(blurred)}): they cannot hold amounts exactly"
            )
        return frame.lazy()


def open_warehouse(data_dir: str | Path | None = None) -> Warehouse:
    """The published database of a data directory; without one that of RECON_DATA_DIR, else `data`.

    Errors:  ReconError when nothing was published there yet; the message names the command that does.
    """
    folder = Path(data_dir or os.environ.get("RECON_DATA_DIR") or "data").expanduser().absolute()
    folders = Folders(folder)
    with _opening:
        file = folders.published.resolve()
        reader = _readers.get(file)
        if reader is None or not file.exists():
            reader = _Reader(open_published(folders))
            _readers[file] = reader
    row = reader.connection.cursor().execute("select generation, as_of from recon_meta.build_info").fetchone()
    assert row is not None
    return Warehouse(data_dir=folder, generation=row[0], as_of=row[1], _reader=reader)


def amount_text(amount: Decimal | None, digits: int = 2) -> str:
    """An amount for reading: thousands apart and the currency's digits; more digits only where there are more."""
    if amount is None:
        return "unknown"
    exact = format(amount, "f")
    behind_point = len(exact.partition(".")[2].rstrip("0"))
    return f"{amount:,.{max(digits, behind_point)}f}"


def _month(period: str | None) -> str | None:
    if period is not None and not _PERIOD.fullmatch(period):
        raise ValueError(f"`{period}` is not a month; write it like 2026-08")
    return period


def _folded(customer_id: str | None) -> str | None:
    return customer_id.lower() if customer_id else None


def _statuses(status: str | Sequence[str]) -> list[str]:
    if status == "all":
        return list(BREAK_STATUSES)
    if status == "unresolved":
        return [name for name in BREAK_STATUSES if name != "resolved"]
    asked = [status] if isinstance(status, str) else list(status)
    unknown = sorted(set(asked) - set(BREAK_STATUSES))
    if unknown:
        known = ", ".join(("unresolved", "all", *BREAK_STATUSES))
        raise ValueError(f"unknown break status {', '.join(unknown)}; known are {known}")
    return asked
