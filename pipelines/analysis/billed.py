"""What was billed: lines, documents, balances, and what is listed as not billed yet."""

from __future__ import annotations

import polars as pl

from pipelines.analysis.marts import Marts


class Billed(Marts):
    """The tables of the vendor's side."""

    def charges(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """The one-time charges of counted documents, each with the bucket and the pass that matched it.

        Shape:   one row per billed line; `period` is the month of the invoice date.

        >>> september = warehouse.charges(currency="EUR", period="2026-09")
        >>> september.group_by("bucket").agg(pl.col("total").sum()).sort("bucket").collect().rows()[0]
        ('matched', Decimal('700.000000000000'))
        """
        lines = self.invoice_lines(currency=currency, period=period, customer_id=customer_id)
        return lines.filter(pl.col("line_class") == "one_time", pl.col("bucket") != "not_counted")

    def invoice_lines(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """Every billed line: recurring, usage and adjustments too, and the lines of void documents.

        Shape:   one row per line; daily usage (`bucket` = detail) explains other lines and is in no total.

        >>> void = warehouse.invoice_lines(period="2026-09").filter(pl.col("bucket") == "not_counted")
        >>> void.select("total").collect().item()
        Decimal('999.990000000000')
        """
        return self._mart("fct_invoice_lines", currency=currency, period=period, customer_id=customer_id)

    # The name before version 0.3.
    billed_lines = invoice_lines

    def invoices(self, *, currency: str | None = None, period: str | None = None) -> pl.LazyFrame:
        """Documents, each total taken apart into buckets, amendment, rounding and what stays unexplained.

        Shape:   one row per document, oldest first; void ones have `is_counted` false and belong in no total.

        >>> warehouse.invoices(currency="EUR").filter(pl.col("is_counted")).collect()["invoice_id"].to_list()
        ['G-EUR-8', 'G-EUR-9']
        """
        return self._mart("fct_invoices", "invoice_at, invoice_id", currency=currency, period=period)

    def invoice_bridge(self, *, currency: str | None = None, period: str | None = None) -> pl.LazyFrame:
        """What each document is made of, and what of it is in no line.

        Shape:   one row per counted document and component; the amounts of a document add up to its total.
        """
        return self._mart("fct_invoice_bridge", "invoice_id, component", currency=currency, period=period)

    def unbilled_lines(self, *, currency: str | None = None, customer_id: str | None = None) -> pl.LazyFrame:
        """Lines that the vendor lists as not billed yet: estimates, never added to billed amounts.

        Shape:   one row per line and reading; add the rows of one reading only (`is_last_reading`).
        """
        return self._mart("fct_unbilled_lines", currency=currency, customer_id=customer_id)

    def balances(self, *, currency: str | None = None) -> pl.LazyFrame:
        """Readings of the account balance beside the open documents of the same moment.

        Shape:   one row per reading, currency and invoice type, newest first. Never add type `total` to the others.

        >>> warehouse.balances(currency="JPY").select("balance_amount", "difference_amount").collect().rows()
        [(Decimal('120000.000000000000'), Decimal('10000.000000000000'))]
        """
        return self._mart("fct_balances", "read_at desc, currency, invoice_type", currency=currency)

    def balance_rollforward(self, *, currency: str | None = None) -> pl.LazyFrame:
        """How a balance came from the reading before, and what of it no document explains.

        Shape:   one row per reading, currency and invoice type, newest first.
        """
        return self._mart("fct_balance_rollforward", "closing_at desc, currency, invoice_type", currency=currency)

    def usage_explanation(self, *, currency: str | None = None) -> pl.LazyFrame:
        """Whether the days that were read explain the usage that was invoiced.

        Shape:   one row per document, subscription, product and SKU with usage.
        """
        return self._mart("fct_usage_explanation", currency=currency)
