"""The views that analysts' tools are connected to keep their columns: a dashboard breaks when one is renamed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "bi"
# What is here stays, by name and place. A new column goes to the end of its list, here and in the view.
COLUMNS = {
    "bi_breaks": """
        break_id break_code title family severity direction status is_open is_primary invoice_id invoice_line_id
        customer_id order_id product_sku_id period currency expected_amount actual_amount difference_amount
        at_risk_amount open_at_risk_amount business_date first_seen_date resolved_date age_days age_bucket
        explanation rule_in_words next_step owner comment ticket expected_date
        customer_name sku_name
    """,
    "bi_charges": """
        invoice_line_id invoice_id customer_id product_sku_id order_item_id period invoice_date charge_start_date
        charge_end_date currency billing_provider line_class charge_type bucket match_pass order_id
        matched_order_id subscription_id signed_quantity pricing_currency effective_unit_price subtotal tax_total
        total billed_amount
        customer_name sku_name
    """,
    "bi_currencies": """
        currency minor_digits
    """,
    "bi_customers": """
        customer_id customer_name domain country is_known is_compared
    """,
    "bi_documents": """
        invoice_id document_type invoice_type amends_of is_counted is_void is_read period invoice_date currency
        total_charges paid_amount open_amount line_count lines_total matched_amount matched_with_break_amount
        suggested_amount timing_amount unmatched_amount not_compared_amount out_of_scope_amount amendment_amount
        rounding_amount unexplained_amount statement_total statement_status
    """,
    "bi_focus_billed_cost": """
        BilledCost BillingAccountId BillingAccountName BillingAccountType BillingCurrency BillingPeriodEnd
        BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd
        ChargePeriodStart ConsumedQuantity ConsumedUnit ContractedCost ContractedUnitPrice EffectiveCost
        InvoiceId InvoiceIssuerName ListCost ListUnitPrice PricingCategory PricingCurrency
        PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice
        PricingQuantity PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName
        ResourceType ServiceCategory ServiceName ServiceSubcategory SkuId SkuPriceId SubAccountId SubAccountName
        SubAccountType Tags x_InvoiceLineId x_OrderId x_Bucket x_Period
    """,
    "bi_order_items": """
        order_item_id order_id customer_id product_sku_id period created_date billing_cycle order_status
        reconciliation_status timing_code timing_due_date order_currency expected_quantity expected_amount
        charged_currency charged_quantity charged_subtotal charged_total entitled_quantity
        customer_name sku_name
    """,
    "bi_products": """
        product_sku_id product_id sku_id product_name sku_name publisher_name product_type
    """,
    "bi_reconciliation": """
        period period_start_date currency verdict charges_count charges_amount order_items_count
        entitlements_count matched_amount open_breaks_count at_risk_amount unexplained_amount not_compared_amount
    """,
}
# What every tool reads: text, whole and exact numbers, true or false, days and moments.
TYPES = {"string", "bigint", "boolean", "date", "timestamp", "decimal(38, 12)", "decimal(38, 24)"}


def declared(view: str) -> list[dict[str, str]]:
    """The columns of a view as its contract says, which the build compares with the view itself."""
    model = yaml.safe_load((MODELS / f"{view}.yml").read_text(encoding="utf-8"))["models"][0]
    assert model["name"] == view
    assert model["config"]["contract"]["enforced"] is True
    columns: list[dict[str, str]] = model["columns"]
    return columns


def test_every_view_is_listed_here() -> None:
    assert {path.stem for path in MODELS.glob("*.sql")} == set(COLUMNS)


@pytest.mark.parametrize("view", COLUMNS)
def test_a_view_keeps_its_columns(view: str) -> None:
    assert [column["name"] for column in declared(view)] == COLUMNS[view].split()


@pytest.mark.parametrize("view", COLUMNS)
def test_a_view_has_types_that_every_tool_reads_and_says_what_a_column_means(view: str) -> None:
    assert {column["data_type"] for column in declared(view)} <= TYPES
    assert all(column["description"].strip() for column in declared(view))
