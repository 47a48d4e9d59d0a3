"""Question: which lines were billed, and what proves each of them?

Units:    amounts in the currency of the line, signed as billed; the unit price in the pricing currency. Quantities
          have the sign of their amount: the vendor sends some of what came back without it.
Source:   fct_invoice_lines.
Caveats:  rows of daily usage explain other lines and are not among them. More lines than `MOST_LINES` are in the
          Parquet files only.
"""

from __future__ import annotations

from pipelines.reports.page.words import CHARGE_PARTS
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import AMOUNT, CODE, COUNT, ID, LONG_ID, MOMENT, NAME
from pipelines.reports.workbook.table import Column, Table, write_table
from pipelines.spreadsheet import Spreadsheet

MOST_LINES = 500_000
PARQUET = "published/parquet/fct_invoice_lines.parquet"
_WORDS = " ".join(f"when '{code}' then '{name}'" for code, name, _ in CHARGE_PARTS)
_WHERE = "l.bucket <> 'detail' and {where}"
_COUNT = f"select count(*) from marts.fct_invoice_lines l where {_WHERE}"
_ROWS = f"""
select l.period, l.currency, l.invoice_id, case l.bucket {_WORDS} when 'out_of_scope' then 'Out of scope'
        when 'not_counted' then 'Not counted' else l.bucket end,
    u.company_name, p.product_name, l.charge_type, l.signed_quantity, l.subtotal, l.tax_total, l.total,
    l.match_pass, l.order_at, l.charge_start_at, l.charge_end_at, l.effective_unit_price, l.pricing_currency,
    l.fx_rate, l.line_class, l.order_id, l.matched_order_id, l.customer_id, l.product_id, l.sku_id, l.subscription_id,
    l.invoice_line_id
from marts.fct_invoice_lines l
left join marts.dim_customers u on l.customer_id = u.customer_id
left join marts.dim_products p on l.product_id = p.product_id
where {_WHERE}
-- What is not proven comes first, so that a cap would cut what is.
order by nullif(list_position(
        ['unmatched', 'suggested', 'not_compared', 'matched_with_break', 'timing', 'matched'], l.bucket
    ), 0) nulls last, l.currency, l.period desc nulls last, l.invoice_id, l.invoice_line_id
limit {{most}}
"""
_LOOKS = {
    "Matched": "good",
    "Matched, with a break": "medium",
    "Timing": "low",
    "Suggested match": "medium",
    "Unmatched": "high",
    "Not compared": "high",
}


def write_lines(book: Spreadsheet, source: Source, most: int = MOST_LINES) -> None:
    """Every billed line, as far as a workbook can hold them."""
    where = source.where("l.period")
    count = int(source.all(_COUNT.format(where=where))[0][0])
    caption = (
        f"{count:,} billed lines; what came back has a negative quantity. "
        f"Rows of daily usage that explain them are in {PARQUET}."
    )
    if count > most:
        caption = f"The first {most:,} of {count:,} billed lines, unproven ones first; all of them are in {PARQUET}."
    write_table(
        book,
        Table(
            "Lines",
            "Which lines were billed, and what proves each of them?",
            caption,
            (
                Column("Month", COUNT),
                Column("Currency", COUNT),
                Column("Invoice ID", ID),
                Column("Standing", 20, by_value=_LOOKS),
                Column("Customer", NAME),
                Column("Product", NAME),
                Column("Charge type", 16),
                Column("Quantity", CODE, "number"),
                Column("Subtotal", AMOUNT, "money", currency=1),
                Column("Tax", AMOUNT, "money", currency=1),
                Column("Total", AMOUNT, "money", currency=1),
                Column("Matched by", 18),
                Column("Ordered (UTC)", MOMENT, "moment"),
                Column("Charged from (UTC)", MOMENT, "moment"),
                Column("Charged until (UTC)", MOMENT, "moment"),
                Column("Effective unit price", CODE, "number"),
                Column("Price currency", CODE),
                Column("Exchange rate", CODE, "number"),
                Column("Class", CODE),
                Column("Order ID, as billed", LONG_ID),
                Column("Order ID, matched", LONG_ID),
                Column("Customer ID", LONG_ID),
                Column("Product ID", ID),
                Column("SKU ID", COUNT),
                Column("Subscription ID", LONG_ID),
                Column("Invoice line ID", LONG_ID),
            ),
            source.stream(_ROWS.format(where=where, most=most)),
            frozen=4,
            on_paper=12,
            nothing="no line was billed",
        ),
    )
