"""Charges that no invoice shows yet: an estimate that comes, changes and vanishes until its month is invoiced.

A reading replaces its partition whole. The partition names the calendar month that was asked for, because the
call knows only the words `current` and `previous`, and what they mean moves on.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint, Table
from pipelines.partner_center.endpoints.invoice_line_items import ONE_TIME_COLUMNS

UNBILLED_LINE_ITEMS = Endpoint(
    name="unbilled_line_items",
    docs="Get invoice unbilled commercial reconciliation line items",
    path="/v1/invoices/unbilled/lineitems",
    partition=("currency", "month", "period"),
    params=(
        ("provider", "onetime"),
        ("invoicelineitemtype", "billinglineitems"),
        ("currencycode", "{currency}"),
        ("period", "{period}"),
    ),
    form="token",
    size=2000,
    tables=(
        Table(
            "unbilled_line_items",
            ONE_TIME_COLUMNS,
            # The total of an unbilled row is 0 whatever its subtotal says; both are kept as sent.
            money=("subtotal", "tax_total", "total_for_customer"),
            currency="currency",
        ),
    ),
)
