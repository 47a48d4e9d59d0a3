"""What changed since the last published run: new, worse, opened again, resolved, smaller, or measured anew.

Source:   the events that this build wrote, and for the former amounts the log of earlier generations.
Caveats:  a build that found what the one before found has no events. Amounts of two currencies are not
          compared: a break that changed its currency is measured anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipelines.reports.page.words import EVENTS
from pipelines.reports.rows import Row, first_row, rows

LISTED = 5
_BEFORE = """
select count(*) as events, max(event_at) as last_at
from recon_memory.break_log where generation < $1
"""
_CHANGED = """
with before as (
    select break_id, arg_max(coalesce(at_risk_amount, 0), generation) as former_amount,
        arg_max(currency, generation) as former_currency
    from recon_memory.break_log
    where generation < $1
    group by break_id
),
changed as (
    select e.event, e.at_risk_amount, w.former_amount, b.* exclude (at_risk_amount),
        case
            when e.event = 'opened' then 'new'
            when e.event <> 'remeasured' then e.event
            when w.former_currency is distinct from b.currency then 'measured'
            when coalesce(e.at_risk_amount, 0) < w.former_amount then 'better'
            when coalesce(e.at_risk_amount, 0) > w.former_amount then 'worse'
            else 'measured'
        end as kind
    from intermediate.int_break_events e
    inner join marts.fct_breaks b on b.break_id = e.break_id
    left join before w on w.break_id = e.break_id
    where $2 is null or b.period = $2
)
"""
_COUNTS = f"""
{_CHANGED}
select currency, {", ".join(f"count(*) filter (kind = '{code}') as {code}" for code, _ in EVENTS)}
from changed
group by currency
order by currency nulls last
"""
_GRAVEST = f"""
{_CHANGED}
select c.*, coalesce(d.title, c.break_code) as title, d.next_step, n.company_name
from changed c
left join marts.dim_break_codes d on d.break_code = c.break_code
left join marts.dim_customers n on n.customer_id = c.customer_id
qualify row_number() over (
    partition by c.kind
    order by list_position(['critical', 'high', 'medium', 'low'], c.severity), c.currency,
        c.at_risk_amount desc nulls last, c.break_id
) <= {LISTED}
order by list_position(['critical', 'high', 'medium', 'low'], c.severity), c.currency,
    c.at_risk_amount desc nulls last, c.break_id
"""


@dataclass(frozen=True)
class Changes:
    """The difference to the run before.

    Shape:   `is_first` when no earlier run is remembered; then everything is new and nothing is listed again.
    """

    is_first: bool
    last_at: datetime | None
    counts: list[Row]
    listed: list[tuple[str, int, list[Row]]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not self.counts


def changes(connection: duckdb.DuckDBPyConnection, generation: int, period: str | None) -> Changes:
    """What this generation changed (of one month, if one is given): counts, and the gravest of each kind."""
    before = first_row(connection, _BEFORE, [generation]) or {"events": 0, "last_at": None}
    counts = rows(connection, _COUNTS, [generation, period])
    gravest = rows(connection, _GRAVEST, [generation, period])
    is_first = generation <= 1 or not before["events"]
    listed = [
        (name, there_are, [row for row in gravest if row["kind"] == code])
        for code, name in EVENTS
        if (there_are := sum(row[code] for row in counts)) and not (is_first and code == "new")
    ]
    return Changes(is_first, before["last_at"], counts, listed)
