"""The raw tables as Polars frames: the current walk of each partition, every value in the form it is compared in.

Written from the rules in words, without a look at the SQL models, so that a mistake has to be made twice to
stay unseen. Nothing here knows what dbt made of the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb
import polars as pl

RAW = "partner_center_raw"
ROW = ("_partition", "_page", "_position")
# Both have been read at some time; only the first says that the answer is of the last reading.
LOADED = ("complete", "stale")
NOTHING = Decimal(0)
MONEY, UNITS = pl.Decimal(38, 12), pl.Decimal(38, 24)
# Every kind of lines, and what it calls the things that a one-time line has too. Order ids of the former billing
# platform are no order ids.
LINE_KINDS: dict[str, dict[str, str]] = {
    "invoice_line_items": {},
    "office_line_items": {"order_id": "former_order_id", "tax": "tax_total"},
    "azure_line_items": {
        "order_id": "former_order_id",
        "consumed_quantity": "quantity",
        "pretax_charges": "subtotal",
        "tax_amount": "tax_total",
        "post_tax_total": "total_for_customer",
    },
    "daily_rated_usage": {"billing_pre_tax_total": "subtotal", "billing_currency": "currency"},
    "azure_daily_usage": {"order_id": "former_order_id", "consumed_quantity": "quantity"},
}
LINE_TEXTS = (
    *("order_id", "alternate_id", "product_id", "sku_id", "reservation_order_id", "order_date"),
    *("charge_type", "billing_frequency", "meter_description", "credit_reason_code", "currency"),
)


@dataclass(frozen=True)
class Raw:
    """Everything that the rules look at."""

    documents: pl.DataFrame
    details: pl.DataFrame
    lines: pl.DataFrame
    unbilled: pl.DataFrame
    orders: pl.DataFrame
    order_lines: pl.DataFrame
    states: pl.DataFrame
    records: pl.DataFrame
    entitlements: pl.DataFrame
    artifacts: pl.DataFrame
    customers: pl.DataFrame
    ledger: pl.DataFrame


def word(column: str) -> pl.Expr:
    """A word of a list, in one spelling: `one_time`, `OneTime` and `one time` are the same."""
    return pl.col(column).str.to_lowercase().str.replace_all(r"[_\s-]", "").fill_null("")


def filled(column: str) -> pl.Expr:
    """Text, or null where there is none: an empty string says nothing."""
    return pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column).str.strip_chars())


def folded(column: str) -> pl.Expr:
    """An id whose case means nothing, without the prefix of older rows."""
    return filled(column).str.to_lowercase().str.strip_prefix("org:")


def reservation(column: str) -> pl.Expr:
    """A reservation as bills and entitlements both name it: no path, no word before the id, any case."""
    last = pl.col(column).str.strip_chars().str.strip_chars_end("/").str.split("/").list.last().str.to_lowercase()
    bare = last
    for before in ("rioderid", "riorderid", "pctest"):
        bare = pl.when(last.str.starts_with(before)).then(last.str.slice(len(before))).otherwise(bare)
    bare = bare.str.strip_chars_start("-_: ")
    return pl.when(bare != "").then(bare).alias("reservation")


def moment(column: str) -> pl.Expr:
    """A time in UTC: any number of digits after the second, any zone or none; the year 1 is none."""
    text = pl.col(column).str.replace_all(r"\s", "")
    second = text.str.extract(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
    day = text.str.extract(r"^(\d{4}-\d\d-\d\d)$") + "T00:00:00"
    digits = (text.str.extract(r"T[\d:]+\.(\d{1,6})").fill_null("") + "000000").str.slice(0, 6)
    zone = text.str.extract(r"T.*([+-]\d\d:?\d\d)$").fill_null("+0000").str.replace(":", "")
    parsed = (second.fill_null(day) + "." + digits + zone).str.to_datetime("%Y-%m-%dT%H:%M:%S%.6f%z", time_unit="us")
    return pl.when(text.str.slice(0, 4) != "0001").then(parsed).dt.replace_time_zone(None)


def tables(connection: duckdb.DuckDBPyConnection) -> Raw:
    """The raw schema of a loaded database."""

    def rows(table: str) -> pl.DataFrame:
        found: pl.DataFrame = connection.sql(
            f"select t.*, l.endpoint, l.invoice_id as _invoice_id, l.customer_id as _customer_id, "
            f"l.line_item_type as _line_item_type, l.provider as _provider, l.read_at as _read_at, "
            f"l.currency as _currency, l.month as _month, l.period as _period, l.status as _status "
            f"from {RAW}.{table} t join {RAW}.load_ledger l on l.partition_id = t._partition "
            f"and l.walk_id = t._walk_id and l.status in {LOADED}"
        ).pl()
        return found

    ledger = connection.sql(f"select * from {RAW}.load_ledger").pl()
    states = connection.sql(f"select * from {RAW}.order_line_states").pl()
    orders = _orders(rows("orders"))
    return Raw(
        documents=rows("invoices"),
        details=rows("invoice_details"),
        lines=pl.concat(_lines(rows(kind).rename(names)) for kind, names in LINE_KINDS.items()).with_row_index(
            "line"
        ),
        unbilled=_unbilled(rows("unbilled_line_items")),
        orders=orders,
        order_lines=_order_lines(rows("order_line_items"), orders),
        states=states,
        records=_records(rows("audit_records"), rows("audit_record_values")),
        # Lists of one type say what the list of all says.
        entitlements=_entitlements(rows("entitlements").filter(pl.col("endpoint") == "entitlements")),
        artifacts=rows("entitlement_artifacts").select("_partition", "path", reservation("resource_id")),
        customers=rows("customers").select(folded("id").alias("customer_id")).unique(),
        ledger=ledger.with_columns(folded("customer_id")),
    )


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [name for name in LINE_TEXTS if name not in rows.columns]
    amounts = [
        name for name in ("quantity", "subtotal", "tax_total", "total_for_customer") if name not in rows.columns
    ]
    rows = rows.with_columns(
        *[pl.lit(None, pl.String).alias(name) for name in absent],
        *[pl.lit(None, UNITS).alias(name) for name in amounts],
    )
    return rows.select(
        *ROW,
        pl.col("_invoice_id").alias("invoice_id"),
        pl.col("_provider").alias("provider"),
        pl.col("_line_item_type").alias("line_item_type"),
        folded("customer_id"),
        *[filled(name) for name in ("order_id", "product_id", "sku_id", "meter_description", "credit_reason_code")],
        reservation("reservation_order_id"),
        folded("order_id").alias("folded_order_id"),
        folded("alternate_id"),
        word("charge_type"),
        word("billing_frequency"),
        moment("order_date").alias("order_at"),
        pl.col("quantity").cast(UNITS),
        *[pl.col(name).cast(MONEY) for name in ("subtotal", "tax_total", "total_for_customer")],
        filled("currency").str.to_uppercase(),
    )


def _unbilled(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each month and currency the last reading that lists anything, if nothing was refused since."""
    named = rows.with_columns(
        pl.lit("onetime").alias("_provider"),
        pl.lit("billing").alias("_line_item_type"),
        pl.col("_currency").str.to_uppercase(),
        (word("_period") == "previous").alias("_is_later"),
    )
    last = (
        named.select("_currency", "_month", "_is_later", "_partition", "_status")
        .unique()
        .sort("_is_later", descending=True)
        .unique(["_currency", "_month"], keep="first", maintain_order=True)
        .filter(pl.col("_status") == "complete")
    )
    kept = named.join(last.select("_partition"), on="_partition", how="semi")
    month = pl.concat_str("_month", pl.lit("-01")).str.to_datetime("%Y-%m-%d", time_unit="us")
    return _lines(kept).with_columns(kept.select(month.alias("month_at"))["month_at"]).with_row_index("line")


def _orders(rows: pl.DataFrame) -> pl.DataFrame:
    # Of one moment the list of a customer comes before an answer by id.
    return (
        rows.sort(pl.col("endpoint") != "orders", *ROW)
        .unique("id", keep="first", maintain_order=True)
        .select(
            pl.col("id").alias("order_id"),
            pl.coalesce(folded("reference_customer_id"), folded("_customer_id")).alias("customer_id"),
            folded("alternate_id"),
            word("billing_cycle"),
            word("transaction_type"),
            filled("currency_code").str.to_uppercase().alias("order_currency"),
            moment("creation_date").alias("created_at"),
            word("status"),
            *("_partition", "_read_at"),
        )
    )


def _records(records: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """When something was done to an order that was there already. Told twice is told once: the moment is the same."""
    done = records.filter(
        (word("resource_type") == "order")
        & (word("operation_status") == "succeeded")
        & (word("operation_type") != "createorder")
    ).select(*ROW, moment("operation_date").alias("done_at"))
    named = values.filter(pl.col("key").str.to_lowercase() == "orderid").select(
        *ROW, filled("value").alias("order_id")
    )
    return done.join(named, on=list(ROW)).select("order_id", "done_at").unique()


def _order_lines(rows: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    parts = pl.col("offer_id").str.split(":")
    named = parts.list.len() == 3
    return rows.join(orders.select("order_id", "_partition"), on=["order_id", "_partition"], how="semi").select(
        "order_id",
        pl.col("line_item_number").alias("line_number"),
        pl.when(named).then(parts.list.get(0, null_on_oob=True)).otherwise(
            pl.col("sku_uri").str.extract(r"/products/([^/?]+)")
        ).alias("product_id"),
        pl.when(named).then(parts.list.get(1, null_on_oob=True)).otherwise(
            pl.col("sku_uri").str.extract(r"/skus/([^/?]+)")
        ).alias("sku_id"),
        word("transaction_type").is_in(["", "new", "renew"]).alias("is_of_its_own"),
        *("quantity", "extended_price"),
    )  # fmt: skip


def _entitlements(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        *("_partition", "path", "parent_path", "quantity", "quantity_details"),
        folded("_customer_id").alias("customer_id"),
        filled("reference_order_id").alias("order_id"),
        pl.col("reference_order_line_item_id").cast(pl.Int64, strict=False).alias("line_number"),
        *[filled(name) for name in ("product_id", "sku_id")],
    )


def month_start(moment_at: pl.Expr) -> pl.Expr:
    """The first of the month of a time, 00:00."""
    return moment_at.dt.truncate("1mo")


def eleventh_after(moment_at: pl.Expr) -> pl.Expr:
    """The 11th of the next month, 00:00: the invoice comes by the 8th, and three days are given."""
    return month_start(moment_at).dt.offset_by("1mo").dt.offset_by("10d")
