"""A small published database, made by hand: what analysis code and notebooks read, with nothing but DuckDB.

Three currencies as of 2026-09-15: euro with breaks, yen (no minor unit) not reconciled, dollar clean and with an
amount of 22 digits. One document is void, one break has no currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import yaml

from pipelines.warehouse import Folders

LONG_AMOUNT = "1234567890.123456789012"
LONG_QUANTITY = "1.000000000000000000000001"

_PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"
_MONEY = "decimal(38, 12)"
_RATE = "decimal(38, 24)"
# What reports read beside the marts.
_OTHER_TABLES = {
    "intermediate.int_order_items": """order_item_id text, increased_at timestamp, last_change text,
        positive_charge_count bigint, negative_charge_count bigint""",
    "intermediate.int_breaks_found": f"""break_id text, break_code text, direction text, grain text,
        invoice_id text, invoice_line_id text, customer_id text, order_id text, product_id text, sku_id text,
        order_item_id text, charge_group_id text, currency text, expected_amount {_MONEY}, actual_amount {_MONEY},
        difference_amount {_MONEY}, expected_quantity {_RATE}, actual_quantity {_RATE}, at_risk_amount {_MONEY},
        explanation text""",
    "intermediate.int_breaks_suppressed": """break_id text, break_code text, suppressed_by_break_id text,
        suppressed_by text""",
    "intermediate.int_break_events": f"""generation bigint, event text, event_at timestamp, break_id text,
        status text, at_risk_amount {_MONEY}, explanation text""",
    "intermediate.int_line_identities": "invoice_line_id text, _partition text, _page integer, _position integer",
    "recon_memory.break_log": f"""generation bigint, event text, event_at timestamp, break_id text, status text,
        currency text, at_risk_amount {_MONEY}, explanation text""",
    "recon_memory.annotations": f"""break_id text, status text, owner text, comment text, ticket text,
        expected_at timestamp, at_risk_amount {_MONEY}, generation bigint, annotated_by text,
        annotated_at timestamp""",
    "staging.stg_partner_center__orders": """order_id text, checked_at timestamp, _partition text, _page integer,
        _position integer""",
    "staging.stg_partner_center__order_line_states": f"""order_id text, order_line_number bigint, order_status text,
        quantity {_RATE}, seen_at timestamp, is_first_reading boolean""",
    "staging.stg_partner_center__daily_rated_usage": f"""invoice_id text, usage_date date, customer_id text,
        quantity {_RATE}, product_id text, subscription_id text, charge_start_at timestamp, _partition text,
        _page integer, _position integer""",
    "staging.stg_partner_center__invoices": """endpoint text, checked_at timestamp, invoice_id text,
        is_nested boolean, _partition text, _page integer, _position integer""",
    "staging.stg_partner_center__entitlements": """endpoint text, path text, _partition text, _page integer,
        _position integer""",
    "intermediate.int_entitlements": "entitlement_id text, _partition text, path text",
    "intermediate.int_balance_documents": f"""read_at timestamp, currency text, invoice_type text, invoice_id text,
        is_void boolean, is_in boolean, total_amount {_MONEY}, paid_amount {_MONEY}""",
    "partner_center_raw.invoice_summaries": """currency_code text, _partition text, _walk_id text, _page integer,
        _position integer""",
    "partner_center_raw.load_ledger": """endpoint text, partition_id text, invoice_id text, line_item_type text,
        walk_id text, status text, failure_reason text, read_at timestamp, source_api text""",
    "partner_center_raw.invoice_line_items": f"""charge_type text, order_id text, subtotal {_MONEY},
        promotion_id text, _partition text, _walk_id text, _page integer, _position integer""",
    "partner_center_raw.daily_rated_usage": f"""quantity {_RATE}, _partition text, _walk_id text, _page integer,
        _position integer""",
    "seeds.timing_windows": "timing_code text, then_codes text",
}
_READ = {
    "endpoint": "invoice_line_items",
    "partition_id": "invoice_line_items/G-USD-9/onetime/billing",
    "invoice_id": "G-USD-9",
    "line_item_type": "billing",
    "walk_id": "000001-abcdef",
    "status": "complete",
}
_ALPINE, _KYOTO, _DELTA = "c-alpine", "c-kyoto", "c-delta"


def publish_example(data_dir: Path) -> Path:
    """Publishes the example in a data directory and returns that directory."""
    file = Folders(data_dir).published
    file.parent.mkdir(parents=True)
    with duckdb.connect(str(file)) as connection:
        schemas = ("marts", "seeds", "recon_meta", "recon_memory", "intermediate", "staging", "partner_center_raw")
        for schema in schemas:
            connection.execute(f"create schema {schema}")
        for table, columns in {**_contracted(), **_OTHER_TABLES}.items():
            connection.execute(f"create table {table} ({columns})")
        connection.execute(
            f"create table seeds.currencies (currency text, minor_digits bigint, tolerance_amount {_MONEY})"
        )
        connection.execute("insert into seeds.currencies values ('EUR', 2, 0.01), ('JPY', 0, 1), ('USD', 2, 0.01)")
        connection.execute("create table recon_meta.build_info (generation bigint, as_of timestamp)")
        connection.execute("insert into recon_meta.build_info values (7, '2026-09-15 06:00:00')")
        _insert(connection, {"partner_center_raw.load_ledger": [_READ]})
        _insert(connection, {f"marts.{table}": rows for table, rows in _rows().items()})
    return data_dir


def add_rows(data_dir: Path, more: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    """Adds rows to tables of the published example, `schema.table`; nobody may have it open."""
    with duckdb.connect(str(Folders(data_dir).published)) as connection:
        _insert(connection, more)


def _contracted() -> dict[str, str]:
    """The columns of every mart, as its contract says."""
    found = {}
    for path in sorted((_PROJECT / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            columns = (f"{one['name']} {one['data_type'].replace('string', 'text')}" for one in model["columns"])
            found[f"marts.{model['name']}"] = ", ".join(columns)
    return found


def _insert(connection: duckdb.DuckDBPyConnection, more: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    for table, rows in more.items():
        for row in rows:
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def _rows() -> dict[str, list[dict[str, object]]]:
    return {
        "fct_invoices": [
            _invoice(
                "G-EUR-9", "EUR", "2026-09-06", "1000.00", matched="700.00", with_break="250.00", unmatched="50.00"
            ),
            _invoice("G-EUR-8", "EUR", "2026-08-06", "80.00", matched="80.00"),
            _invoice("G-VOID", "EUR", "2026-09-07", "999.99", is_counted=False),
            _invoice("G-JPY-9", "JPY", "2026-09-06", "120000", not_compared="120000"),
            _invoice("G-USD-9", "USD", "2026-09-06", LONG_AMOUNT, matched=LONG_AMOUNT),
        ],
        "fct_invoice_lines": [
            _line("l1", "G-EUR-9", "EUR", "700.00", "matched", _ALPINE, "o1", "1_order_id"),
            _line("l2", "G-EUR-9", "EUR", "250.00", "matched_with_break", _ALPINE, "o2", "1_order_id"),
            _line("l3", "G-EUR-9", "EUR", "50.00", "unmatched", _DELTA, "o-unknown", None),
            _line("l4", "G-EUR-8", "EUR", "80.00", "matched", _ALPINE, "o0", "1_order_id"),
            _line("l5", "G-VOID", "EUR", "999.99", "not_counted", _ALPINE, "o1", None),
            _line("l6", "G-JPY-9", "JPY", "120000", "not_compared", _KYOTO, "o3", None),
            _line("l7", "G-USD-9", "USD", LONG_AMOUNT, "matched", _DELTA, "o4", "2_alternate_id"),
            {**_line("l8", "G-EUR-9", "EUR", "0", "out_of_scope", _ALPINE, "o9", None), "line_class": "recurring"},
        ],
        "fct_order_items": [
            _item("o1", _ALPINE, "EUR", "2026-08-04", "700.00", "matched"),
            _item("o2", _ALPINE, "EUR", "2026-08-05", "100.00", "break"),
            {
                **_item("o5", _ALPINE, "EUR", "2026-09-03", "40.00", "timing"),
                "charged_currency": None,
                "charged_quantity": "0",
                "charged_total": "0",
                "timing_code": "not_yet_invoiced",
                "timing_due_at": "2026-10-11 00:00:00",
            },
            _item("o3", _KYOTO, "JPY", "2026-08-09", "120000", "not_compared"),
            _item("o4", _DELTA, "USD", "2026-08-10", LONG_AMOUNT, "matched"),
        ],
        "fct_breaks": [
            _break(
                "b1", "price_charged_vs_ordered", "EUR", "150.00", _ALPINE, "o2", "charged 250.00, ordered 100.00"
            ),
            {
                **_break("b2", "line_total", "EUR", "0.03", _ALPINE, "o2", "subtotal and tax miss the total"),
                "is_primary": False,
            },
            _break("b3", "charge_without_order", "EUR", "50.00", _DELTA, "o-unknown", "no order; 50.00 EUR at risk"),
            {
                **_break("b4", "order_not_billed", "EUR", "12.00", _ALPINE, "o0", "ordered, never charged"),
                "period": "2026-08",
                "age_days": 40,
                "age_bucket": "31-60",
                "status": "disputed",
            },
            {
                **_break("b5", "line_total", "EUR", "77.77", _ALPINE, "o0", "was wrong once"),
                "status": "resolved",
                "is_primary": False,
                "resolved_at": "2026-09-10 00:00:00",
            },
            {
                **_break("b6", "not_compared", "JPY", "120000", _KYOTO, "o3", "120,000 JPY without readable orders"),
                "severity": "critical",
            },
            {
                **_break("b7", "entitlement_without_order", None, None, _DELTA, "o-gone", "refers to <o-gone>"),
                "period": None,
                "severity": "low",
            },
        ],
        "fct_reconciliation": [
            _verdict("2026-09", "EUR", "breaks", 3, "1000.00", "700.00", 3, "200.00"),
            _verdict("2026-08", "EUR", "breaks", 1, "80.00", "80.00", 1, "12.00"),
            {
                **_verdict("2026-09", "JPY", "not_reconciled", 1, "120000", "0", 1, "120000"),
                "not_compared_amount": "120000",
            },
            _verdict("2026-09", "USD", "clean", 1, LONG_AMOUNT, LONG_AMOUNT, 0, "0"),
            _verdict("2026-10", "EUR", "clean", 0, "0", "0", 0, "0"),
        ],
        "fct_balances": [
            _balance("2026-09-15 06:00:00", "EUR", "1000.00", "1000.00"),
            _balance("2026-08-15 06:00:00", "EUR", "80.00", "79.00"),
            _balance("2026-09-15 06:00:00", "JPY", "120000", "110000"),
        ],
        "fct_order_lines": [
            {
                "order_id": "o4",
                "order_line_number": 1,
                "customer_id": _DELTA,
                "quantity": LONG_QUANTITY,
                "currency": "USD",
            }
        ],
        "fct_entitlements": [{"entitlement_id": "e1", "customer_id": _DELTA, "order_id": "o-gone", "quantity": "1"}],
        "dim_customers": [
            {"customer_id": _ALPINE, "company_name": "Alpine <Ski> House", "country": "DE"},
            {"customer_id": _KYOTO, "company_name": "Kyoto Tea", "country": "JP"},
            {"customer_id": _DELTA, "company_name": "=Delta()", "country": "US"},
        ],
        "dim_products": [{"product_id": "p1", "product_name": "Server licence"}],
        "dim_skus": [{"product_id": "p1", "sku_id": "0001", "sku_name": "Server licence, 1 year"}],
        "dim_availabilities": [{"product_id": "p1", "sku_id": "0001", "availability_id": "a1"}],
        "dim_break_codes": [
            _code("price_charged_vs_ordered", "order_item", "Price charged is not the price ordered"),
            _code("line_total", "line", "Line does not add up"),
            _code("charge_without_order", "existence", "Charge without an order"),
            _code("order_not_billed", "order_item", "Order was not billed"),
            _code("not_compared", "coverage", "Orders could not be read"),
            _code("entitlement_without_order", "existence", "Entitlement without an order"),
        ],
    }


def _invoice(
    invoice_id: str, currency: str, day: str, total: str, *, is_counted: bool = True, **parts: str
) -> dict[str, object]:
    return {
        "invoice_id": invoice_id,
        "document_type": "invoice",
        "invoice_type": "one_time",
        "currency": currency,
        "is_counted": is_counted,
        "invoice_at": f"{day} 00:00:00",
        "period": day[:7],
        "total_charges": total,
        "paid_amount": "0",
        "open_amount": total,
        "line_count": 1,
        "lines_total": total,
        "matched_amount": parts.get("matched", "0"),
        "matched_with_break_amount": parts.get("with_break", "0"),
        "suggested_amount": "0",
        "timing_amount": "0",
        "unmatched_amount": parts.get("unmatched", "0"),
        "not_compared_amount": parts.get("not_compared", "0"),
        "out_of_scope_amount": "0",
        "amendment_amount": "0",
        "rounding_amount": "0",
        "unexplained_amount": "0",
    }


def _line(
    line_id: str,
    invoice_id: str,
    currency: str,
    total: str,
    bucket: str,
    customer: str,
    order: str,
    passed: str | None,
) -> dict[str, object]:
    return {
        "invoice_line_id": line_id,
        "invoice_id": invoice_id,
        "period": "2026-08" if invoice_id.endswith("-8") else "2026-09",
        "line_class": "one_time",
        "bucket": bucket,
        "customer_id": customer,
        "order_id": order,
        "product_id": "p1",
        "sku_id": "0001",
        "currency": currency,
        "quantity": "1",
        "subtotal": total,
        "tax_total": "0",
        "total": total,
        "match_pass": passed,
    }


def _item(order: str, customer: str, currency: str, day: str, amount: str, status: str) -> dict[str, object]:
    return {
        "order_id": order,
        "customer_id": customer,
        "product_id": "p1",
        "sku_id": "0001",
        "billing_cycle": "one_time",
        "created_at": f"{day} 10:00:00",
        "order_currency": currency,
        "expected_quantity": "1",
        "expected_amount": amount,
        "charged_currency": currency,
        "charged_quantity": "1",
        "charged_total": amount,
        "entitled_quantity": "1",
        "reconciliation_status": status,
    }


def _break(
    break_id: str, code: str, currency: str | None, at_risk: str | None, customer: str, order: str, explanation: str
) -> dict[str, object]:
    return {
        "break_id": break_id,
        "break_code": code,
        "severity": "high",
        "direction": "over",
        "grain": "order_item",
        "status": "open",
        "is_primary": True,
        "customer_id": customer,
        "order_id": order,
        "product_id": "p1",
        "sku_id": "0001",
        "period": "2026-09",
        "currency": currency,
        "at_risk_amount": at_risk,
        "business_at": "2026-09-06 00:00:00",
        "first_seen_at": "2026-09-12 06:00:00",
        "age_days": 9,
        "age_bucket": "0-30",
        "days_open": 3,
        "explanation": explanation,
    }


def _verdict(
    period: str, currency: str, verdict: str, charges: int, amount: str, matched: str, breaks: int, at_risk: str
) -> dict[str, object]:
    return {
        "period": period,
        "currency": currency,
        "verdict": verdict,
        "charges_count": charges,
        "charges_amount": amount,
        "order_items_count": charges,
        "entitlements_count": charges,
        "matched_amount": matched,
        "open_breaks_count": breaks,
        "at_risk_amount": at_risk,
        "unexplained_amount": "0",
        "not_compared_amount": "0",
    }


def _balance(read_at: str, currency: str, balance: str, invoices: str) -> dict[str, object]:
    difference = str(Decimal(balance) - Decimal(invoices))
    return {
        "read_at": read_at,
        "currency": currency,
        "invoice_type": "one_time",
        "balance_amount": balance,
        "open_invoices_amount": invoices,
        "difference_amount": difference,
    }


def _code(break_code: str, family: str, title: str) -> dict[str, object]:
    return {
        "break_code": break_code,
        "title": title,
        "family": family,
        "severity": "high",
        "rule_in_words": f"Rule: {title}.",
        "next_step": f"Look into: {title}.",
    }
