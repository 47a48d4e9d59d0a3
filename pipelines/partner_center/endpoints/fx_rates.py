"""The exchange rates of one month: dollars for one unit of each currency. Served by the Partner API."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table

FX_RATES = Endpoint(
    name="fx_rates",
    docs="Get foreign exchange rates",
    host="partner_api",
    body="csv",
    is_informational=True,
    path="/v1.0/sales/fxrates(Month='{month}')/$value",
    partition=("month",),
    tables=(
        Table(
            "fx_rates",
            (
                Column("currency_code", "CurrencyCode", required=True),
                Column("usd_per_unit", "USDPerUnit", Kind.RATE, required=True),
                Column("month", "Month"),
            ),
        ),
    ),
)
