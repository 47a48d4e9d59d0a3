"""Question: which open breaks are new, worse or back since somebody was last told of them?

Source:   fct_breaks, with names from the dimensions; the log of break events up to the published generation.
Caveats:  what an analyst accepted is not open; what opened and was settled between two messages is never told. Worse
          is a rise by more than the tolerance of the currency, or a higher severity; many small rises add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.alerting.memory import Entry
from pipelines.money import subtract_exactly
from pipelines.settings.daily import SEVERITIES

NEW, WORSE, REOPENED = "new", "worse", "reopened"
_NOTHING = Decimal(0)
_TOLERANCES = "select currency, tolerance_amount from seeds.currencies"
# For a currency that nobody has heard of.
_TOLERANCE = Decimal("0.01")
_OPEN = """
select
    breaks.break_id, breaks.break_code, breaks.severity, breaks.is_primary, breaks.period, breaks.invoice_id,
    breaks.order_id, breaks.customer_id, breaks.product_id, breaks.sku_id, breaks.currency, breaks.at_risk_amount,
    breaks.explanation, customers.company_name, products.product_name
from marts.fct_breaks as breaks
left join marts.dim_customers as customers on breaks.customer_id = customers.customer_id
left join marts.dim_products as products on breaks.product_id = products.product_id
where breaks.status not in ('resolved', 'accepted') and breaks.severity in (select unnest(?))
"""
# The log that a build was offered ends before it; what it added itself stands beside.
_EVENTS = """
with events as (
    select break_id, generation, event, currency, at_risk_amount from recon_memory.break_log
    union
    select break_id, generation, event, currency, at_risk_amount from intermediate.int_break_events
)

select events.break_id, events.generation, events.event, events.currency, events.at_risk_amount
from events
inner join marts.fct_breaks as breaks on events.break_id = breaks.break_id
where breaks.status not in ('resolved', 'accepted')
order by events.break_id, events.generation
"""


@dataclass(frozen=True)
class Break:
    """An open break, as far as a message may speak of it.

    Units:   `at_risk_amount` in `currency`; None is unknown.
    """

    break_id: str
    break_code: str
    severity: str
    is_primary: bool
    period: str | None
    invoice_id: str | None
    order_id: str | None
    customer_id: str | None
    product_id: str | None
    sku_id: str | None
    currency: str | None
    at_risk_amount: Decimal | None
    explanation: str
    company_name: str | None
    product_name: str | None


@dataclass(frozen=True)
class Change:
    """A break that somebody has to be told of.

    Shape:   `event` is new, worse or reopened; `before` is what was last told, None for a new one.
    """

    event: str
    found: Break
    before: Entry | None = None


@dataclass(frozen=True)
class _Event:
    generation: int
    event: str
    currency: str | None
    at_risk_amount: Decimal | None


def changes(connection: duckdb.DuckDBPyConnection, told: Mapping[str, Entry], severity: str) -> list[Change]:
    """Changes of breaks of that severity and above, the gravest first; per severity and currency the greatest.

    Shape:   `told` is what was last told of each break.
    """
    counted = SEVERITIES[SEVERITIES.index(severity) :]
    cursor = connection.execute(_OPEN, [list(counted)])
    found = [Break(*row) for row in cursor.fetchall()]
    events = _events(connection) if any(one.break_id in told for one in found) else {}
    tolerances = dict(connection.execute(_TOLERANCES).fetchall())
    changed = (
        _change(one, told.get(one.break_id), events.get(one.break_id, []), tolerances.get(one.currency, _TOLERANCE))
        for one in found
    )
    return sorted(filter(None, changed), key=_gravest_first)


def _events(connection: duckdb.DuckDBPyConnection) -> dict[str, list[_Event]]:
    by_break: dict[str, list[_Event]] = {}
    for break_id, *about in connection.execute(_EVENTS).fetchall():
        by_break.setdefault(break_id, []).append(_Event(*about))
    return by_break


def _change(found: Break, told: Entry | None, events: list[_Event], tolerance: Decimal) -> Change | None:
    if told is None:
        return Change(NEW, found)
    since = [one for one in events if one.generation > told.generation]
    if any(one.event in ("opened", "reopened") for one in since):
        return Change(REOPENED, found, told)
    # Worse than at its best since then: what went from 100 to 50 and then to 80 has got worse by 30.
    measured = [(told.currency, told.at_risk_amount), *((one.currency, one.at_risk_amount) for one in since)]
    comparable = [amount or _NOTHING for currency, amount in measured if currency == found.currency]
    best = min(comparable, default=_NOTHING)
    has_grown = subtract_exactly(found.at_risk_amount or _NOTHING, best) > tolerance
    if not has_grown and not _is_graver(found.severity, told.severity):
        return None
    return Change(WORSE, found, replace(told, currency=found.currency, at_risk_amount=best) if comparable else told)


def _is_graver(severity: str, told: str) -> bool:
    # What was told by a former version of this program has no severity: nothing can be said of it.
    return told in SEVERITIES and SEVERITIES.index(severity) > SEVERITIES.index(told)


def _gravest_first(change: Change) -> tuple[Any, ...]:
    one = change.found
    rank = len(SEVERITIES) - SEVERITIES.index(one.severity)
    return rank, one.currency or "", -(one.at_risk_amount or _NOTHING), one.break_code, one.break_id
