"""What is known of a break: the rule and its numbers, what speaks for the same cause, and what became of it.

Source:   fct_breaks and dim_break_codes; breaks that another one explains; the log and the notes of analysts.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.reports.rows import Row, first_row, rows

_BREAKS = """
select b.*, d.title, d.rule_in_words, d.next_step, coalesce(c.minor_digits, 2) as digits
from marts.fct_breaks b
left join marts.dim_break_codes d on d.break_code = b.break_code
left join seeds.currencies c on c.currency = b.currency
"""
_EXPLAINED = """
select f.*, s.suppressed_by, s.suppressed_by_break_id, d.title, d.rule_in_words, d.next_step,
    coalesce(c.minor_digits, 2) as digits
from intermediate.int_breaks_suppressed s
inner join intermediate.int_breaks_found f on f.break_id = s.break_id
left join marts.dim_break_codes d on d.break_code = f.break_code
left join seeds.currencies c on c.currency = f.currency
"""
_KEYS = """
select order_item_id, charge_group_id from intermediate.int_breaks_found where break_id = ?
"""
_LOG = """
select event_at as at, event, status, at_risk_amount, explanation, generation, null as annotated_by, null as comment,
    null as owner, null as ticket, null as expected_at
from recon_memory.break_log where break_id = $break_id
union all
select event_at, event, status, at_risk_amount, explanation, generation, null, null, null, null, null
from intermediate.int_break_events where break_id = $break_id
union all
select annotated_at, 'noted', status, at_risk_amount, null, generation, annotated_by, comment, owner, ticket,
    expected_at
from recon_memory.annotations where break_id = $break_id
order by 1, generation
"""


def named_breaks(connection: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    """Breaks whose id is, or begins with, the name (from 6 characters on); those that another explains as well."""
    condition = "{0}.break_id = ? or (length(?) >= 6 and starts_with({0}.break_id, ?))"
    values = [name, name, name]
    found = rows(connection, f"{_BREAKS} where {condition.format('b')}", values)
    known = {row["break_id"] for row in found}
    explained = rows(connection, f"{_EXPLAINED} where {condition.format('f')}", values)
    return found + [row for row in explained if row["break_id"] not in known]


def open_breaks_where(connection: duckdb.DuckDBPyConnection, condition: str, values: Sequence[object]) -> list[Row]:
    """Open breaks that fulfil a condition on `b` (fct_breaks), the greatest first."""
    query = f"{_BREAKS} where b.status <> 'resolved' and ({condition}) order by b.at_risk_amount desc nulls last, 1"
    return rows(connection, query, values)


def explained_by_others(connection: duckdb.DuckDBPyConnection, condition: str, values: Sequence[object]) -> list[Row]:
    """Breaks that are not shown because another one speaks for them; the condition is on `s` and `f`."""
    return rows(connection, f"{_EXPLAINED} where {condition} order by f.break_code, f.break_id", values)


def keys_of(connection: duckdb.DuckDBPyConnection, break_id: str) -> Row:
    """The order item and the charge group that an open break is about."""
    return first_row(connection, _KEYS, [break_id]) or {"order_item_id": None, "charge_group_id": None}


def history_of(connection: duckdb.DuckDBPyConnection, break_id: str) -> list[Row]:
    """What happened to a break, oldest first: events of the log, and notes."""
    cursor = connection.execute(_LOG, {"break_id": break_id})
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
