"""Question: what differs today only because its time has not come, and when will it be late?

Units:    amounts in the currency of their row.
Source:   fct_order_items; lines in the bucket timing.
Caveats:  what was ordered before the first month that was loaded is not compared, and not shown here.
"""

from __future__ import annotations

from pipelines.reports.page.words import WAITING
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import AMOUNT, CODE, COUNT, ID, LONG_ID, MOMENT, NAME
from pipelines.reports.workbook.table import Column, Table, write_table
from pipelines.spreadsheet import Spreadsheet

_WORDS = " ".join(f"when '{code}' then '{words}'" for code, words in WAITING.items())
_ROWS = f"""
with items as (
    select i.timing_code, i.timing_due_at, coalesce(i.charged_currency, i.order_currency) as currency,
        i.due_period as period, i.customer_id, i.order_id, i.product_id, i.sku_id, i.expected_quantity,
        i.charged_quantity, i.entitled_quantity, i.expected_amount, i.order_currency, i.charged_total,
        i.charged_currency, i.created_at, i.reduced_at, i.is_reduction_assumed, i.order_status,
        i.reconciliation_status
    from marts.fct_order_items i where i.timing_code <> 'before_horizon'
)
select case i.timing_code {_WORDS} else i.timing_code end, i.timing_due_at,
    date_diff('day', timestamp '{{as_of}}', i.timing_due_at), i.currency, u.company_name, p.product_name,
    i.expected_quantity, i.charged_quantity, i.entitled_quantity, i.expected_amount, i.order_currency,
    case when i.charged_currency is not null then i.charged_total end, i.charged_currency, i.created_at,
    i.reduced_at, case when i.is_reduction_assumed then 'assumed' end, i.order_status, i.reconciliation_status,
    i.order_id, i.customer_id, i.product_id, i.sku_id, i.timing_code
from items i
left join marts.dim_customers u on i.customer_id = u.customer_id
left join marts.dim_products p on i.product_id = p.product_id
where {{where}}
order by i.timing_due_at nulls last, i.currency, i.timing_code, i.order_id, i.product_id, i.sku_id
"""


def write_timing(book: Spreadsheet, source: Source) -> None:
    """Order items inside a window that is still open, the next to be late first."""
    write_table(
        book,
        Table(
            "Timing",
            "What is only waiting, and until when?",
            f"Not late as of {source.as_of:%Y-%m-%d %H:%M} UTC. What is still missing on its day becomes a break.",
            (
                Column("Waiting because", 34),
                Column("Late from (UTC)", MOMENT, "moment"),
                Column("Days left", COUNT, "count"),
                Column("Currency", COUNT),
                Column("Customer", NAME),
                Column("Product", NAME),
                Column("Ordered quantity", CODE, "number"),
                Column("Charged quantity", CODE, "number"),
                Column("Delivered quantity", CODE, "number"),
                Column("Ordered amount", AMOUNT, "money", currency=10),
                Column("Order currency", CODE),
                Column("Charged amount, with tax", AMOUNT, "money", currency=12),
                Column("Charge currency", CODE),
                Column("Created (UTC)", MOMENT, "moment"),
                Column("Reduced (UTC)", MOMENT, "moment"),
                # Already reduced when it was first read: the day is the end of the month that billed it last.
                Column("Day of the reduction", CODE),
                Column("Order status", 14),
                Column("Standing", 14),
                Column("Order ID", LONG_ID),
                Column("Customer ID", LONG_ID),
                Column("Product ID", ID),
                Column("SKU ID", COUNT),
                Column("Timing code", NAME),
            ),
            source.stream(_ROWS.format(as_of=source.as_of, where=source.where("i.period"))),
            frozen=2,
            on_paper=16,
            nothing="nothing is waiting",
        ),
    )
