"""Account balances: one reading per currency, in parts. A snapshot without history, so readings are kept."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.partner_center.contract import Column, Endpoint, JsonObject, Kind, Table, text
from pipelines.partner_center.values import member, members

SUMMARY_TABLE = Table(
    "invoice_summaries",
    (
        # 'total' for the balance itself, else the wire's invoiceType of the part.
        Column("part", "_part", required=True),
        Column("balance_amount", "balanceAmount", Kind.MONEY, required=True),
        Column("currency_code", "currencyCode", required=True),
        *text("currency_symbol", "accounting_date", "first_invoice_creation_date", "last_payment_date"),
        Column("last_payment_amount", "lastPaymentAmount", Kind.MONEY),
        *text("latest_invoice_date"),
        Column("links", "links", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
    ),
    money=("balance_amount",),
    currency="currency_code",
)


def explode_summary(item: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The balance of a currency, then each part of it (recurring, one-time)."""
    own = {key: value for key, value in item.items() if key.casefold() != "details"}
    yield "invoice_summaries", own | {"_part": "total"}
    for detail in members(item, "details"):
        summary = member(detail, "summary")
        if summary is None:
            continue
        if not isinstance(summary, dict):
            raise ValueError("`summary` is not an object")
        yield "invoice_summaries", summary | {"_part": member(detail, "invoiceType")}


INVOICE_SUMMARIES = Endpoint(
    name="invoice_summaries",
    docs="Get invoice summaries",
    path="/v1/invoices/summaries",
    needs_user=True,
    is_reading=True,
    tables=(SUMMARY_TABLE,),
    explode=explode_summary,
)
