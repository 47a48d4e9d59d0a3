"""What a break is about when it is no order item and no line: an entitlement, or the balance of an account.

Source:   fct_entitlements; the balance as it was read, and the documents that were known by then.
"""

from __future__ import annotations

import duckdb

from pipelines.reports.explanation.origins import balance_origin, entitlement_origin
from pipelines.reports.rows import Row, first_row, rows

DOCUMENTS_SHOWN = 12
_ENTITLEMENT = """
select entitlement_id, customer_id, order_id, order_line_number, product_id, sku_id, quantity, entitlement_type,
    expires_at
from marts.fct_entitlements where entitlement_id = ?
"""
# All parts: one that agrees tells where the difference is not.
_READINGS = """
select b.read_at, b.accounting_at, b.currency, b.invoice_type, b.balance_amount, b.open_invoices_amount,
    b.difference_amount, coalesce(c.minor_digits, 2) as digits
from marts.fct_balances b left join seeds.currencies c on c.currency = b.currency
where b.is_latest and b.currency = ?
order by case b.invoice_type when 'total' then 2 else 1 end, b.invoice_type
"""
_DOCUMENTS = """
select d.invoice_id, i.invoice_at, i.document_type, d.total_amount, d.paid_amount, i.total_charges, d.is_in,
    d.is_void, coalesce(c.minor_digits, 2) as digits
from intermediate.int_balance_documents d
left join marts.fct_invoices i on i.invoice_id = d.invoice_id
left join seeds.currencies c on c.currency = d.currency
where d.currency = ? and d.invoice_type = ? and d.read_at = ? and (d.total_amount <> d.paid_amount or not d.is_in)
order by d.is_in desc, i.invoice_at, d.invoice_id
"""


def entitlement_of(connection: duckdb.DuckDBPyConnection, found: Row) -> Row | None:
    """The entitlement that a break is about, with its place in the landing."""
    if not found.get("entitlement_id"):
        return None
    row = first_row(connection, _ENTITLEMENT, [found["entitlement_id"]])
    return row and {**row, "origin": entitlement_origin(connection, row["entitlement_id"])}


def balance_of(connection: duckdb.DuckDBPyConnection, found: Row) -> Row | None:
    """The newest reading of a balance, part by part, and what each document left open then.

    Shape:   `documents` are those of the part that the break is about, as they stood at that reading: the open ones,
             then those that do not count in it, at most `DOCUMENTS_SHOWN`; `documents_left_out` says how many more.
    """
    if found["grain"] not in ("balance", "currency"):
        return None
    readings = rows(connection, _READINGS, [found["currency"]])
    about = next((one for one in readings if one["invoice_type"] == (found.get("invoice_type") or "total")), None)
    documents = (
        rows(connection, _DOCUMENTS, [about["currency"], about["invoice_type"], about["read_at"]]) if about else []
    )
    return {
        "readings": readings,
        "documents": documents[:DOCUMENTS_SHOWN],
        "documents_left_out": max(0, len(documents) - DOCUMENTS_SHOWN),
        "origin": balance_origin(connection, about["currency"], about["read_at"]) if about else None,
    }
