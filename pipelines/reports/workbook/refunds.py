"""Question: what did we give back, what did we get for it, and what is still to come?

Units:    expected and refunded amounts in the currency of the price; what came in the currency of the invoice too.
Source:   fct_refunds.
"""

from __future__ import annotations

from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import AMOUNT, CODE, COUNT, ID, LONG_ID, MOMENT, NAME
from pipelines.reports.workbook.table import Column, Table, write_table
from pipelines.spreadsheet import Spreadsheet

_STANDINGS = {
    "received": "good",
    "due": "low",
    "late": "high",
    "short": "high",
    "over": "medium",
    "unasked": "medium",
}
_MONTH = "strftime(coalesce(r.due_at, r.last_refund_at), '%Y-%m')"
_ROWS = """
select r.refund_status, r.pricing_currency, r.expected_pricing_amount, r.refunded_pricing_amount,
    r.difference_pricing_amount, r.currency, r.refunded_total, u.company_name, p.product_name, r.reduced_at, r.due_at,
    r.first_refund_at, r.expected_quantity, r.refunded_quantity,
    coalesce(r.not_judged_reason, case when r.is_reduction_assumed then 'date of the reduction is assumed' end),
    r.first_invoice_id, r.last_invoice_id, r.order_id, r.customer_id, r.product_id, r.sku_id, r.break_id
from marts.fct_refunds r
left join marts.dim_customers u on r.customer_id = u.customer_id
left join marts.dim_products p on r.product_id = p.product_id
where {where}
order by nullif(list_position(['late', 'short', 'over', 'unasked', 'due', 'not_judged'], r.refund_status), 0)
        nulls last,
    r.currency nulls last, abs(r.difference_pricing_amount) desc nulls last, r.refund_id
"""


def write_refunds(book: Spreadsheet, source: Source) -> None:
    """One row per reduction or refund of an order item, what is wrong first."""
    write_table(
        book,
        Table(
            "Refunds",
            "Which credits came, which are late, and which are too small?",
            "late: none came in time · short: too small · over: more than was charged · unasked: nothing was "
            "cancelled · due: its time has not come · received: as expected",
            (
                Column("Standing", CODE, by_value=_STANDINGS),
                Column("Price currency", CODE),
                Column("Expected", AMOUNT, "money", currency=1),
                Column("Refunded", AMOUNT, "money", currency=1),
                Column("Came less expected", AMOUNT, "money", currency=1),
                Column("Invoice currency", CODE),
                Column("Refunded, with tax", AMOUNT, "money", currency=5),
                Column("Customer", NAME),
                Column("Product", NAME),
                Column("Reduced (UTC)", MOMENT, "moment"),
                Column("Due (UTC)", MOMENT, "moment"),
                Column("First refund (UTC)", MOMENT, "moment"),
                Column("Quantity to come back", CODE, "number"),
                Column("Quantity refunded", CODE, "number"),
                Column("Remark", 42),
                Column("First invoice ID", ID),
                Column("Last invoice ID", ID),
                Column("Order ID", LONG_ID),
                Column("Customer ID", LONG_ID),
                Column("Product ID", ID),
                Column("SKU ID", COUNT),
                # Named apart from the key of the sheets of breaks: nothing is noted here.
                Column("Break", LONG_ID),
            ),
            source.stream(_ROWS.format(where=source.where(_MONTH))),
            frozen=1,
            on_paper=15,
            nothing="no reduction and no refund",
        ),
    )
