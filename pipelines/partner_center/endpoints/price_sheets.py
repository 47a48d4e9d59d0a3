"""What was on offer in one market in one month, at which price: a CSV file for each view of the price list.

A sheet holds no promotions and names no availability. The Partner API serves it, not Partner Center's own host.
"""

from __future__ import annotations

from enum import StrEnum

from pipelines.errors import UsageError
from pipelines.partner_center.contract import Column, Endpoint, Kind, Table


class PriceView(StrEnum):
    """The parts of the price list that a sheet can be asked for."""

    AZURE_CONSUMPTION = "azure_consumption"  # meters: estimated retail in USD, before partner credit
    AZURE_RESERVATIONS = "azure_reservations"  # after partner discount
    UPDATED_LICENSE_BASED = "updatedlicensebased"  # partner price, and retail beside it
    LICENSE_BASED_TRIAL = "licensebasedest"
    LICENSE_BASED_END_OF_SALE = "licensebasedeos"
    MARKETPLACE = "marketplace"
    SOFTWARE = "software"


def price_view(name: str) -> PriceView:
    """The view of that name.

    Errors:  UsageError lists the views there are.
    """
    try:
        return PriceView(name.strip().lower())
    except ValueError:
        raise UsageError(f"no price sheet view `{name}`; there are {', '.join(PriceView)}") from None


PRICE_SHEETS = Endpoint(
    name="price_sheets",
    docs="Get a price sheet",
    host="partner_api",
    body="csv",
    is_informational=True,
    path="/v1.0/sales/pricesheets(Market='{market}',PricesheetView='{view}')/$value",
    partition=("market", "view", "month"),
    # `timeline` and `month` depend on the running month; the plan says them.
    tables=(
        Table(
            "price_sheets",
            (
                Column("product_title", "ProductTitle"),
                Column("product_id", "ProductId", Kind.ID, required=True),
                Column("sku_id", "SkuId", Kind.ID, required=True),
                Column("sku_title", "SkuTitle"),
                Column("publisher", "Publisher"),
                Column("sku_description", "SkuDescription"),
                Column("unit_of_measure", "UnitOfMeasure"),
                Column("term_duration", "TermDuration"),
                Column("billing_plan", "BillingPlan"),
                Column("market", "Market"),
                Column("currency", "Currency"),
                Column("unit_price", "UnitPrice", Kind.RATE),
                Column("pricing_tier_range_min", "PricingTierRangeMin", Kind.RATE),
                Column("pricing_tier_range_max", "PricingTierRangeMax", Kind.RATE),
                Column("effective_start_date", "EffectiveStartDate"),
                Column("effective_end_date", "EffectiveEndDate"),
                Column("meter_ids", "MeterIds"),
                Column("meter_type", "MeterType"),
                Column("tags", "Tags"),
                Column("erp_price", "ERP Price", Kind.RATE),
                Column("segment", "Segment"),
            ),
        ),
    ),
)
