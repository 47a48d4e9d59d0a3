"""What was ordered, delivered and given back, and the names of things."""

from __future__ import annotations

import polars as pl

from pipelines.analysis.marts import Marts


class Ordered(Marts):
    """The tables of our side, and the names that both use."""

    def order_items(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """What was expected, charged and entitled, side by side.

        Shape:   one row per order, product and SKU; `period` is the month after the order's creation, whose invoice
                 bills it (`due_period`); `currency` is that of the charges, without charges that of the order.
        Units:   `expected_amount` in `order_currency`, the `charged_` amounts in `charged_currency`.

        >>> warehouse.order_items(period="2026-10").select("order_id", "timing_code").collect().rows()
        [('o5', 'not_yet_invoiced')]
        """
        items = self._mart("fct_order_items", period=period, period_column="due_period", customer_id=customer_id)
        if currency is None:
            return items
        return items.filter(pl.coalesce("charged_currency", "order_currency") == currency)

    def order_lines(self, *, currency: str | None = None, customer_id: str | None = None) -> pl.LazyFrame:
        """Order lines as they are now.

        Shape:   one row per order line.
        """
        return self._mart("fct_order_lines", currency=currency, customer_id=customer_id)

    def entitlements(self, *, customer_id: str | None = None) -> pl.LazyFrame:
        """What the customers received.

        Shape:   one row per entitlement, or component of one (`parent_entitlement_id`).
        """
        return self._mart("fct_entitlements", customer_id=customer_id)

    def reservations(self, *, customer_id: str | None = None) -> pl.LazyFrame:
        """Reservations behind entitlements: for whom, for what, until when.

        Shape:   one row per reservation, the first to expire first; empty when nobody was signed in.

        >>> warehouse.reservations(customer_id="c-alpine").select("display_name", "quantity").collect().rows()
        [('VM reservation', Decimal('2.000000000000000000000000'))]
        """
        return self._mart("fct_reservations", "expires_at, reservation_id", customer_id=customer_id)

    def refunds(self, *, currency: str | None = None, customer_id: str | None = None) -> pl.LazyFrame:
        """What came back, or should have.

        Shape:   one row per order item (or charges without order) with a reduction or a credit, oldest first;
                 `refund_status` is due, received, short, late, over, unasked or not_judged.
        Units:   the `_pricing_amount`s in `pricing_currency`; a difference below zero came too short.

        >>> warehouse.refunds(currency="USD").select("refund_status", "difference_pricing_amount").collect().rows()
        [('due', Decimal('-7.500000000000'))]
        """
        order = "coalesce(reduced_at, first_refund_at), refund_id"
        return self._mart("fct_refunds", order, currency=currency, customer_id=customer_id)

    def customers(self) -> pl.LazyFrame:
        """Customers that any record names; the name may be null."""
        return self._mart("dim_customers")

    def products(self) -> pl.LazyFrame:
        """Products that any record names."""
        return self._mart("dim_products")

    def skus(self) -> pl.LazyFrame:
        """SKUs; the key is product and SKU together."""
        return self._mart("dim_skus")

    def availabilities(self) -> pl.LazyFrame:
        """Availabilities; the key is product, SKU and availability together."""
        return self._mart("dim_availabilities")

    def prices(self, *, currency: str | None = None) -> pl.LazyFrame:
        """Price lists that were read.

        Shape:   one row per price; a product and SKU has one per market, month, term, segment and tier.
        """
        return self._mart("dim_prices", currency=currency)
