"""Price sheets for charges whose order tells no price, and exchange rates for charges billed in another currency.

A sheet is large and proves nothing by itself, so only what some charge needs is asked for: a market and a month
with such a charge, in the view that its product belongs to. What is past is read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb

from pipelines.errors import UsageError
from pipelines.landing import Partition
from pipelines.partner_center.endpoints import FX_RATES, PRICE_SHEETS
from pipelines.partner_center.endpoints.price_sheets import price_view
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

TITLE = "price sheets and exchange rates"
# Runs behind a phase that had the raw tables loaded. What was read since then, single orders, is few.
NEEDS_LOADED = False

# Prices of the running month come and go; past ones stay.
RECHECK_AFTER = timedelta(days=7)
# A partner who may not see order prices has no price on any charge: then the newest months come first, and the
# rest with the next runs.
SHEETS_A_RUN = 40

# The view that a product belongs to, told by how its id begins. Usage is estimated retail in dollars and by far
# the largest sheet: only on demand. The macro `price_view` says the same of staged lines.
VIEW_OF_LINE = """
    case
        when trim(coalesce(meter_description, '')) <> '' then 'azure_consumption'
        when trim(coalesce(reservation_order_id, '')) <> '' then 'azure_reservations'
        when product_id like 'DZH318Z0%' then 'azure_reservations'
        when product_id like 'DG7GMGF0%' then 'software'
        when product_id like 'CFQ7TTC0%' then 'updatedlicensebased'
        when product_id <> '' then 'marketplace'
    end
"""


def requests(plan: Plan) -> list[WalkRequest]:
    """The sheets and rates that charges need and that are not there, or the one that was named."""
    options = plan.options
    if not plan.with_prices:
        if options.month is not None:
            raise UsageError("this cloud has no sign-in for price sheets; see the settings of the clouds")
        return []
    if options.month is not None:
        month = options.month.replace("-", "")
        if options.market is None or options.view is None:
            return [WalkRequest(FX_RATES, {"month": month})]
        return [_sheet(plan, options.market.upper(), price_view(options.view).value, month)]
    with plan.as_loaded() as connection:
        if not _has_lines(connection):
            return []
        sheets = connection.execute(_UNPRICED, {"now": plan.now.replace(tzinfo=None)}).fetchall()
        months = connection.execute(_FOREIGN, {"now": plan.now.replace(tzinfo=None)}).fetchall()
    wanted = [_sheet(plan, *row) for row in sheets]
    # A sheet that was named once, with a mistake, would be told as unread for ever.
    plan.landing.forget_failures(
        PRICE_SHEETS.name, {request.partition_id for request in wanted}, plan.now.isoformat()
    )
    plan.landing.forget_failures(
        FX_RATES.name, {FX_RATES.partition_id({"month": month}) for (month,) in months}, plan.now.isoformat()
    )
    due = [request for request in wanted if _is_due(_landed(plan, request), request.asked_for, plan.now)]
    return due[:SHEETS_A_RUN] + list(_rates(plan, [month for (month,) in months]))


def _sheet(plan: Plan, market: str, view: str, month: str) -> WalkRequest:
    values = {"market": market, "view": view, "month": month}
    if month == f"{plan.now:%Y%m}":
        return WalkRequest(PRICE_SHEETS, values, "current", params={"timeline": "current"})
    return WalkRequest(PRICE_SHEETS, values, "history", params={"timeline": "history", "month": month})


def _rates(plan: Plan, months: list[str]) -> Iterator[WalkRequest]:
    for month in months:
        # A month has one rate, also while it runs.
        request = WalkRequest(FX_RATES, {"month": month})
        if _landed(plan, request).status != "complete":
            yield request


def _landed(plan: Plan, request: WalkRequest) -> Partition:
    return plan.landing.partition(request.endpoint.name, request.partition, request.partition_id)


def _is_due(partition: Partition, asked_for: str, now: datetime) -> bool:
    if partition.status != "complete" or partition.current is None or partition.asked_for != asked_for:
        return True
    checked_at = datetime.fromisoformat(partition.checked_at or partition.current.read_at)
    return asked_for == "current" and now - checked_at > RECHECK_AFTER


def _has_lines(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [DATASET, "invoice_line_items"],
    ).fetchone()
    return bool(found and found[0])


def _current(table: str) -> str:
    return (
        f"{DATASET}.{table} as sent join {DATASET}.load_ledger as ledger "
        "on sent._partition = ledger.partition_id and sent._walk_id = ledger.walk_id"
    )


# In UTC, as an offset may move a day into another month. A text that is no time whole still begins with the day.
_MONTH_OF = (
    "strftime(coalesce(try_cast({0} as timestamptz) at time zone 'UTC', "
    "try_cast(substr({0}, 1, 10) as timestamp)), '%Y%m')"
)

_UNPRICED = f"""
    with priced as (
        select
            orders.id,
            lower(orders.alternate_id) as alternate_id,
            case when lines.offer_id like '%:%' then split_part(lines.offer_id, ':', 1)
                else regexp_extract(lines.sku_uri, '/products/([^/?]+)', 1) end as product_id,
            case when lines.offer_id like '%:%' then split_part(lines.offer_id, ':', 2)
                else regexp_extract(lines.sku_uri, '/skus/([^/?]+)', 1) end as sku_id
        from (select sent.* from {_current("order_line_items")}) as lines
        join (select sent.* from {_current("orders")}) as orders
            on lines.order_id = orders.id and lines._partition = orders._partition
        where coalesce(lines.price, lines.extended_price) is not null
    ),

    countries as (
        select lower(sent.id) as customer_id, max(sent.country) as country
        from {_current("customers_by_id")}
        group by 1
    ),

    lines as (
        select
            sent.product_id,
            sent.sku_id,
            sent.order_id,
            lower(nullif(trim(sent.alternate_id), '')) as alternate_id,
            upper(coalesce(nullif(trim(sent.customer_country), ''), countries.country)) as market,
            {VIEW_OF_LINE} as price_view,
            {_MONTH_OF.format("coalesce(nullif(sent.order_date, ''), sent.charge_start_date)")} as month
        from {_current("invoice_line_items")}
        left join countries on lower(replace(sent.customer_id, 'org:', '')) = countries.customer_id
        where lower(coalesce(sent.charge_type, '')) <> 'customercredit'
    )

    select distinct market, price_view, month
    from lines
    where market is not null and month <= strftime($now, '%Y%m')
        and price_view <> 'azure_consumption'
        and not exists (
            select 1 from priced
            where priced.product_id = lines.product_id and priced.sku_id = lines.sku_id and priced.id = lines.order_id
        )
        and not exists (
            select 1 from priced
            where priced.product_id = lines.product_id and priced.sku_id = lines.sku_id
                and priced.alternate_id in (lines.alternate_id, lower(lines.order_id))
        )
    order by month desc, market, price_view
"""

_FOREIGN = f"""
    select distinct {_MONTH_OF.format("sent.pc_to_bc_exchange_rate_date")} as month
    from {_current("invoice_line_items")}
    where upper(trim(sent.pricing_currency)) <> upper(trim(sent.currency))
        and {_MONTH_OF.format("sent.pc_to_bc_exchange_rate_date")} <= strftime($now, '%Y%m')
    order by month
"""
