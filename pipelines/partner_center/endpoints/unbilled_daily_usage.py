"""Daily usage that no invoice shows yet: an estimate, partitioned as the unbilled lines are."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint, Table
from pipelines.partner_center.endpoints.daily_rated_usage import DAILY_RATED_COLUMNS

UNBILLED_DAILY_USAGE = Endpoint(
    name="unbilled_daily_usage",
    docs="Get invoice unbilled commercial consumption line items",
    path="/v1/invoices/unbilled/lineitems",
    partition=("currency", "month", "period"),
    params=(
        ("provider", "onetime"),
        ("invoicelineitemtype", "usagelineitems"),
        ("currencycode", "{currency}"),
        ("period", "{period}"),
    ),
    form="token",
    size=2000,
    tables=(
        Table(
            "unbilled_daily_usage",
            DAILY_RATED_COLUMNS,
            money=("billing_pre_tax_total",),
            currency="billing_currency",
        ),
    ),
)
