"""What is known of an order item: what was ordered, charged and received side by side, and how it came to be so.

Source:   fct_order_items with its order lines, entitlements, estimates and candidates; the states that were read.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.reports.explanation.origins import order_origin
from pipelines.reports.rows import Row, rows

_ITEMS = """
select f.*, i.increased_at, i.last_change, i.positive_charge_count, i.negative_charge_count,
    coalesce(o.minor_digits, 2) as order_digits, coalesce(c.minor_digits, 2) as charged_digits,
    w.then_codes as held_back
from marts.fct_order_items f
left join intermediate.int_order_items i on i.order_item_id = f.order_item_id
left join seeds.currencies o on o.currency = f.order_currency
left join seeds.currencies c on c.currency = f.charged_currency
left join seeds.timing_windows w on w.timing_code = f.timing_code
"""
_ORDER_LINES = """
select l.order_line_number, l.product_id, l.sku_id, l.quantity, l.unit_price, l.extended_amount, l.currency,
    l.transaction_type, l.term_duration, coalesce(c.minor_digits, 2) as digits
from marts.fct_order_lines l left join seeds.currencies c on c.currency = l.currency
where l.order_item_id = ? order by l.order_line_number
"""
_STATES = """
select s.seen_at, s.order_line_number, s.order_status, s.quantity, s.is_first_reading
from staging.stg_partner_center__order_line_states s
inner join marts.fct_order_lines l on l.order_id = s.order_id and l.order_line_number = s.order_line_number
where l.order_item_id = ? order by s.seen_at, s.is_first_reading desc, s.order_line_number
"""
_ENTITLEMENTS = """
select entitlement_id, entitlement_type, quantity, transferred_quantity, pending_quantity, expires_at
from marts.fct_entitlements
where order_id = ? and product_id is not distinct from ? and sku_id is not distinct from ?
    and parent_entitlement_id is null
order by entitlement_id
"""
_ESTIMATES = """
select u.month, u.read_at, u.currency, u.signed_quantity, u.subtotal, u.is_complete,
    coalesce(c.minor_digits, 2) as digits
from marts.fct_unbilled_lines u left join seeds.currencies c on c.currency = u.currency
where u.order_item_id = ? and u.is_last_reading order by u.month, u.unbilled_line_id
"""
_REFUNDS = """
select r.refund_status, r.expected_quantity, r.refunded_quantity, r.pricing_currency, r.expected_pricing_amount,
    r.refunded_pricing_amount, r.due_at, r.last_invoice_id, coalesce(c.minor_digits, 2) as digits
from marts.fct_refunds r left join seeds.currencies c on c.currency = r.pricing_currency
where r.order_item_id = ? order by r.refund_id
"""
_CANDIDATE_OF = """
select break_id, charged_quantity, charged_total, currency, order_at, is_suggested, reason
from marts.fct_match_candidates where candidate_order_item_id = ? order by break_id
"""
_CANDIDATES = """
select m.candidate_order_id, m.candidate_created_at, m.candidate_quantity, m.candidate_currency, m.order_at,
    m.is_suggested, m.reason
from marts.fct_match_candidates m where m.break_id = ?
order by m.is_suggested desc, m.candidate_created_at, m.candidate_order_id
"""


def items_where(connection: duckdb.DuckDBPyConnection, condition: str, values: Sequence[object]) -> list[Row]:
    """Order items that fulfil a condition on `f` (fct_order_items), each with all that explains it."""
    found = rows(connection, f"{_ITEMS} where {condition} order by f.order_id, f.product_id, f.sku_id", values)
    return [_story(connection, item) for item in found]


def candidates_of(connection: duckdb.DuckDBPyConnection, break_id: str) -> list[Row]:
    """Orders that could explain a charge without one, each with the reason why it was not confirmed."""
    return rows(connection, _CANDIDATES, [break_id])


def _story(connection: duckdb.DuckDBPyConnection, item: Row) -> Row:
    key = [item["order_item_id"]]
    return {
        **item,
        "sides": {
            "expected": {
                "quantity": item["expected_quantity"],
                "amount": item["expected_amount"],
                "currency": item["order_currency"],
                "digits": item["order_digits"],
            },
            "charged": {
                "quantity": item["charged_quantity"],
                "amount": item["charged_subtotal"],
                "currency": item["charged_currency"],
                "digits": item["charged_digits"],
            },
            "entitled": {"quantity": item["entitled_quantity"], "amount": None, "currency": None, "digits": 0},
        },
        "origin": order_origin(connection, item["order_id"]),
        "order_lines": rows(connection, _ORDER_LINES, key),
        "states": rows(connection, _STATES, key),
        "entitlements": rows(connection, _ENTITLEMENTS, [item["order_id"], item["product_id"], item["sku_id"]]),
        "estimates": rows(connection, _ESTIMATES, key),
        "refunds": rows(connection, _REFUNDS, key),
        "candidate_of": rows(connection, _CANDIDATE_OF, key),
    }
