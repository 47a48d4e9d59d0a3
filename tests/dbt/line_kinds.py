"""Documents of every kind of lines, and what is not billed yet: a part of the small world.

Legacy documents stand in francs, usage in pounds, so that the verdicts of other currencies stay theirs.
"""

from __future__ import annotations

from typing import Any

from tests.dbt.raw_database import RawDatabase

Row = dict[str, Any]

RECURRING = {"invoice_type": "Recurring", "invoice_date": "2024-05-20T00:00:00Z"}
# Document, total, currency, and the kinds of lines that it offers.
DOCUMENTS: dict[str, tuple[str, str, dict[str, str], tuple[tuple[str, str], ...]]] = {
    # Its total leaves out the tax of its licences.
    "L001": ("100.00", "CHF", RECURRING, (("office", "billing"),)),
    # Five francs of credit stand in no line.
    "L002": ("7.00", "CHF", RECURRING, (("azure", "billing"), ("azure", "usage"))),
    # Only one of its two kinds could be read.
    "L003": ("30.00", "CHF", RECURRING, (("office", "billing"), ("azure", "billing"))),
    "L004": ("0.59", "GBP", {}, (("one_time", "billing"), ("marketplace", "usage"))),
}


def details() -> list[Row]:
    """The line item calls that these documents offer."""
    return [
        {"invoice_id": name, "billing_provider": provider, "invoice_line_item_type": f"{kind}_line_items"}
        for name, (_, _, _, kinds) in DOCUMENTS.items()
        for provider, kind in kinds
    ]


def licence(customer: str, subtotal: str, tax: str, total: str) -> Row:
    """A month of one licence."""
    return {
        "customer_id": customer.upper(),
        "order_id": "123456789012345678",
        "subscription_id": "Base64==",
        "syndication_partner_subscription_number": "5A000000-0000-4000-8000-00000000000A",
        "durable_offer_id": "031C9E47-4802-4248-838E-778FB1D2CC05",
        "offer_name": "Mail",
        "charge_type": "Cycle fee",
        "charge_start_date": "2024-05-01T00:00:00",
        "charge_end_date": "2024-05-31T00:00:00",
        "unit_price": subtotal,
        "quantity": "1",
        "amount": subtotal,
        "subtotal": subtotal,
        "tax": tax,
        "total_for_customer": total,
        "currency": "CHF",
    }


def tier(customer: str, number: int, quantity: str, subtotal: str) -> Row:
    """A tier of a month of compute."""
    return {
        "customer_id": customer,
        "subscription_id": "7a000000-0000-4000-8000-00000000000a",
        "detail_line_item_id": number,
        "sku": f"TIER-{number}",
        "resource_guid": "8a000000-0000-4000-8000-00000000000a",
        "resource_name": "Compute",
        "consumed_quantity": quantity,
        "pretax_charges": subtotal,
        "tax_amount": "0",
        "post_tax_total": subtotal,
        "currency": "CHF",
        "charge_type": "Assess usage fee for current cycle",
    }


def day(customer: str, date: str, amount: str) -> Row:
    """A day of rated usage."""
    return {
        "customer_id": customer,
        "product_id": "PLAN",
        "sku_id": "0001",
        "subscription_id": "9a000000-0000-4000-8000-00000000000a",
        "usage_date": f"{date}T00:00:00Z",
        "meter_id": "1core",
        "quantity": "1",
        "billing_pre_tax_total": amount,
        "billing_currency": "GBP",
        "pricing_pre_tax_total": amount,
        "pricing_currency": "GBP",
    }


def add_line_kinds(world: RawDatabase, customer: str, usage_line: Row, unbilled: Row) -> None:
    """The walks that read these documents, and a reading of what is not billed yet."""

    def lines(endpoint: str, rows: list[Row] | None, invoice: str, provider: str, kind: str, **more: str) -> None:
        place = {"invoice_id": invoice, "provider": provider, "line_item_type": kind, **more}
        world.walk(endpoint, None if rows is None else {endpoint: rows}, **place)

    # Two equal licences are two lines.
    lines("office_line_items", [licence(customer, "50.00", "4.05", "54.05")] * 2, "L001", "office", "billing")
    tiers = [tier(customer, 1, "100.5", "10.00"), tier(customer, 2, "7", "2.00")]
    lines("azure_line_items", tiers, "L002", "azure", "billing")
    shared = {"subscription_id": tiers[0]["subscription_id"], "resource_guid": tiers[0]["resource_guid"]}
    days = [{"customer_id": customer, "consumed_quantity": "53.75", "usage_date": "2024-05-01", **shared}] * 2
    lines("azure_daily_usage", days, "L002", "azure", "usage")
    lines("office_line_items", [licence(customer, "10.00", "0", "10.00")], "L003", "office", "billing")
    lines("azure_line_items", None, "L003", "azure", "billing")
    lines("invoice_line_items", [usage_line], "L004", "onetime", "billing")
    rated = [
        day(customer, "2024-03-31", "0.1999968000511991808131"),
        day(customer, "2024-04-02", "0.3999936001023983616262"),
    ]
    lines("daily_rated_usage", rated, "L004", "marketplace", "usage", currency="GBP")

    month = {"currency": "USD", "month": "2024-05"}
    world.walk("unbilled_line_items", {"unbilled_line_items": [unbilled, unbilled]}, **month, period="current")
    world.walk("unbilled_line_items", {"unbilled_line_items": [unbilled]}, **month, period="previous")
    world.walk(
        "unbilled_daily_usage",
        {"unbilled_daily_usage": [day(customer, "2024-05-02", "0.25")]},
        **month,
        period="current",
    )
    # Refused: what is not billed in yen is not known, and no verdict depends on it.
    world.walk("unbilled_line_items", None, currency="JPY", month="2024-05", period="current")
