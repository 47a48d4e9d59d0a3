"""The catalog of what was bought: names and terms of products that charges and orders name.

A product is asked for by id in the country where most of its customers are; only if it is not there, in the other
countries of its customers. A 404 is an answer: catalog items vanish. Whatever was answered is believed for a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import AVAILABILITIES, PRODUCTS_BY_ID, SKUS_BY_ID
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

RECHECK_AFTER = timedelta(days=30)
# Where to ask when nothing says in which country a customer is.
DEFAULT_COUNTRY = "US"


@dataclass(frozen=True)
class Named:
    """A product that charges or orders name.

    Shape:   `countries` of its customers, the most frequent first; `listed_in` the country of a recent list of
             products that shows it, or "".
    """

    product_id: str
    sku_ids: tuple[str, ...]
    countries: tuple[str, ...]
    listed_in: str


@dataclass
class CatalogPhase:
    """One of the phases in which the catalog is read: later ones look at what earlier ones found."""

    TITLE: str
    NEEDS_LOADED: bool
    requests: Callable[[Plan], Sequence[WalkRequest]]


def products_at_home(plan: Plan) -> list[WalkRequest]:
    """Products in the country where most of their customers are."""
    return [
        _product(named, named.countries[0])
        for named in named_products(plan)
        if not named.listed_in and _state(plan, PRODUCTS_BY_ID, _values(named, named.countries[0])) == "due"
    ]


def products_elsewhere(plan: Plan) -> list[WalkRequest]:
    """Products that are not there, in all other countries of their customers."""
    return [
        _product(named, country)
        for named in named_products(plan)
        if not named.listed_in and _state(plan, PRODUCTS_BY_ID, _values(named, named.countries[0])) == "absent"
        for country in named.countries[1:]
        if _state(plan, PRODUCTS_BY_ID, _values(named, country)) == "due"
    ]


def parts_of_products(plan: Plan) -> list[WalkRequest]:
    """SKUs and their availabilities, where their product was found."""
    return [
        WalkRequest(endpoint, values, not_found_is_empty=True)
        for named in named_products(plan)
        if (country := _found_in(plan, named))
        for endpoint, values in _parts(named, country)
        if _state(plan, endpoint, values) == "due"
    ]


AT_HOME = CatalogPhase("products that charges and orders name", True, products_at_home)
ELSEWHERE = CatalogPhase("products of other countries", False, products_elsewhere)
PARTS = CatalogPhase("their SKUs and availabilities", False, parts_of_products)


def named_products(plan: Plan) -> list[Named]:
    """What charges, open charges and orders name, from the raw tables; looked up once a load."""
    found = plan.remembered.get("named products")
    if isinstance(found, list):
        return found
    with plan.database() as connection:
        rows = connection.execute(_NAMED, [plan.now.replace(tzinfo=None) - RECHECK_AFTER]).fetchall()
    named = [
        Named(product_id, tuple(sku_ids or ()), tuple(countries or ()) or (DEFAULT_COUNTRY,), listed_in or "")
        for product_id, sku_ids, countries, listed_in in rows
    ]
    plan.remembered["named products"] = named
    return named


_NAMED = f"""
with lines as (
    select product_id, sku_id, customer_id, customer_country, true as is_kept from {DATASET}.invoice_line_items
    union all
    -- Estimates come and go: they name products, and do not decide where to ask.
    select product_id, sku_id, customer_id, customer_country, false from {DATASET}.unbilled_line_items
    union all
    select
        case when l.offer_id like '%:%:%' then split_part(l.offer_id, ':', 1)
            else regexp_extract(coalesce(l.sku_uri, l.product_uri), '/products/([^/?]+)', 1) end,
        case when l.offer_id like '%:%:%' then split_part(l.offer_id, ':', 2)
            else regexp_extract(l.sku_uri, '/skus/([^/?]+)', 1) end,
        o.reference_customer_id, null, true
    from {DATASET}.order_line_items l
    join {DATASET}.orders o on o.id = l.order_id and o._partition = l._partition
),
named as (
    select
        trim(l.product_id) as product_id, nullif(trim(l.sku_id), '') as sku_id,
        upper(coalesce(c.country, nullif(l.customer_country, ''))) as country,
        lower(replace(l.customer_id, 'org:', '')) as customer_id, bool_or(l.is_kept) as is_kept
    from lines l
    left join (select distinct lower(id) as id, country from {DATASET}.customers_by_id) c
        on c.id = lower(replace(l.customer_id, 'org:', ''))
    where trim(coalesce(l.product_id, '')) <> ''
    group by all
),
countries as (
    select product_id, list(country order by customer_count desc, country) as countries
    from (
        select product_id, country, count(distinct customer_id) filter (where is_kept) as customer_count from named
        where country is not null group by all
    )
    group by product_id
),
skus as (
    select product_id, list(distinct sku_id order by sku_id) filter (where sku_id is not null) as sku_ids
    from named group by product_id
),
listed as (
    select p.id as product_id, min(split_part(l.partition_id, '/', 2)) as listed_in
    from {DATASET}.products p
    join {DATASET}.load_ledger l on l.partition_id = p._partition and l.walk_id = p._walk_id
    where l.endpoint = 'products' and l.status = 'complete' and l.checked_at > ?
    group by p.id
)
select s.product_id, s.sku_ids, c.countries, l.listed_in
from skus s
left join countries c on c.product_id = s.product_id
left join listed l on l.product_id = s.product_id
order by s.product_id
"""


def _product(named: Named, country: str) -> WalkRequest:
    return WalkRequest(PRODUCTS_BY_ID, _values(named, country), not_found_is_empty=True)


def _values(named: Named, country: str) -> dict[str, str]:
    return {"product_id": named.product_id, "country": country}


def _parts(named: Named, country: str) -> Iterator[tuple[Endpoint, dict[str, str]]]:
    for sku_id in named.sku_ids:
        values = {"product_id": named.product_id, "sku_id": sku_id, "country": country}
        yield SKUS_BY_ID, values
        yield AVAILABILITIES, values | {"segment": "", "reservation_scope": ""}


def _found_in(plan: Plan, named: Named) -> str:
    found = (one for one in named.countries if _state(plan, PRODUCTS_BY_ID, _values(named, one)) == "found")
    return named.listed_in or next(found, "")


def _state(plan: Plan, endpoint: Endpoint, values: dict[str, str]) -> Literal["due", "found", "absent"]:
    """What a recent answer said, or `due` where there is none, it is old, or the newest attempt failed."""
    partition = plan.landing.partition(endpoint.name, values, "")
    if partition.status != "complete" or partition.current is None:
        return "due"
    looked_at = datetime.fromisoformat(partition.checked_at or partition.current.read_at)
    if plan.now - looked_at > RECHECK_AFTER:
        return "due"
    return "found" if partition.current.item_count else "absent"
