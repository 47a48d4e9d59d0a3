"""The small published database with what analysts look at besides: periods, refunds, reservations, price and FX
checks, coverage and line proofs."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from pipelines.warehouse import Folders
from tests.published_marts import add_rows, publish_example

# What the models work out, for the rows that are made by hand.
_WORKED_OUT = (
    "update marts.fct_invoices set period = strftime(invoice_at, '%Y-%m')",
    "update marts.fct_invoice_lines as l set invoice_at = d.invoice_at, period = d.period "
    "from marts.fct_invoices as d where d.invoice_id = l.invoice_id",
    "update marts.fct_invoice_lines set unit_price = total, pricing_currency = currency, signed_quantity = quantity",
    "update marts.fct_order_items set due_period = strftime(created_at + interval 1 month, '%Y-%m')",
    "update marts.fct_balances set is_latest = read_at >= '2026-09-01'",
)


def publish_desk(data_dir: Path) -> Path:
    """Publishes the example in a data directory and returns that directory."""
    publish_example(data_dir)
    add_rows(data_dir, {f"marts.{mart}": rows for mart, rows in _more().items()})
    with duckdb.connect(os.fspath(Folders(data_dir).published)) as connection:
        for update in _WORKED_OUT:
            connection.execute(update)
    return data_dir


def _more() -> dict[str, list[dict[str, object]]]:
    return {
        "fct_refunds": [
            _refund("r1", "o1", "received", "EUR", "95.00", "100.00", "5.00", "2026-08-10"),
            _refund("r2", "o2", "late", "EUR", "20.00", "0", "-20.00", "2026-08-12"),
            _refund("r3", "o4", "due", "USD", "7.50", "0", "-7.50", "2026-09-02"),
            _refund("r4", "o3", "received", "JPY", "5000", "5000", "0", "2026-08-20", customer="c-kyoto"),
            _refund("r5", "o3", "late", "JPY", None, "0", None, "2026-08-21", customer="c-kyoto"),
        ],
        "fct_reservations": [
            {
                "reservation_id": "v1",
                "customer_id": "c-alpine",
                "order_id": "o1",
                "product_id": "p1",
                "sku_id": "0001",
                "reservation_type": "virtualmachines",
                "scope_type": "shared",
                "display_name": "VM reservation",
                "quantity": "2",
                "effective_at": "2026-08-04 10:00:00",
                "expires_at": "2026-10-04 10:00:00",
                "provisioning_state": "succeeded",
            },
            {
                "reservation_id": "v2",
                "customer_id": "c-kyoto",
                "order_id": "o3",
                "product_id": "p1",
                "sku_id": "0001",
                "reservation_type": "virtualmachines",
                "scope_type": "single",
                "display_name": "Second reservation",
                "quantity": "1",
                "effective_at": "2026-08-09 10:00:00",
                "expires_at": "2029-08-09 10:00:00",
                "provisioning_state": "succeeded",
            },
        ],
        "fct_price_checks": [
            {
                "invoice_line_id": "l1",
                "invoice_id": "G-EUR-9",
                "customer_id": "c-alpine",
                "product_id": "p1",
                "sku_id": "0001",
                "market": "DE",
                "price_month": "2026-08",
                "price_status": "found",
                "list_currency": "EUR",
                "list_unit_price": "690.00",
                "effective_unit_price": "700.00",
                "pricing_currency": "EUR",
                "fx_rate": "1",
                "billed_quantity": "1",
                "currency": "EUR",
                "expected_amount": "690.00",
                "charged_amount": "700.00",
                "difference_amount": "10.00",
                "is_within_tolerance": False,
            },
            {
                "invoice_line_id": "l6",
                "invoice_id": "G-JPY-9",
                "customer_id": "c-kyoto",
                "product_id": "p1",
                "sku_id": "0001",
                "market": "JP",
                "price_month": "2026-08",
                "price_status": "not_read",
                "failure_reason": "the list of JP was refused",
                "currency": "JPY",
                "charged_amount": "120000",
            },
        ],
        "fct_fx_checks": [
            {
                "fx_check_id": "f1",
                "rate_month": "2026-08",
                "pricing_currency": "USD",
                "currency": "EUR",
                "fx_rate": "0.92",
                "line_count": 3,
                "invoice_count": 1,
                "billed_amount": "1000.00",
                "pricing_amount": "1086.956521739130",
                "benchmark_status": "compared",
                "usd_per_pricing_unit": "1",
                "usd_per_billing_unit": "1.09",
                "usd_per_pricing_unit_billed": "1.0028",
                "deviation_usd_per_unit": "0.0028",
                "deviation_usd_amount": "3.043478260869",
                "is_near_benchmark": True,
            },
        ],
        "fct_coverage": [
            {
                "coverage_id": "k1",
                "period": "2026-09",
                "currency": "JPY",
                "kind": "lines",
                "part": "onetime billing one_time",
                "compared_with": "orders and entitlements",
                "not_compared_reason": "orders of the customer could not be read",
                "compared_count": 0,
                "compared_amount": "0",
                "not_compared_count": 1,
                "not_compared_amount": "120000",
            },
        ],
    }


def _refund(
    refund_id: str,
    order: str,
    status: str,
    currency: str,
    expected: str | None,
    refunded: str,
    difference: str | None,
    day: str,
    *,
    customer: str = "c-alpine",
) -> dict[str, object]:
    return {
        "refund_id": refund_id,
        "order_item_id": f"item-{order}",
        "customer_id": customer,
        "order_id": order,
        "product_id": "p1",
        "sku_id": "0001",
        "refund_status": status,
        "reduced_at": f"{day} 09:00:00",
        "due_at": "2026-10-11 00:00:00" if status == "due" else "2026-09-11 00:00:00",
        "expected_quantity": "1",
        "refunded_quantity": "1" if status == "received" else "0",
        "pricing_currency": currency,
        "expected_pricing_amount": expected,
        "refunded_pricing_amount": refunded,
        "difference_pricing_amount": difference,
        "currency": currency,
        "refunded_subtotal": refunded,
        "refunded_total": refunded,
    }
