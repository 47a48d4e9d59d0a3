"""Question: what was billed, what of it is proven, and what is not?

Source:   fct_invoices, fct_invoice_lines, fct_breaks, fct_reconciliation, fct_coverage of the published database.
Caveats:  one statement per currency; currencies are never added together.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.money import money_text
from pipelines.reports.statement_queries import (
    ACCEPTED,
    BREAKS,
    CHARGES,
    COVERAGE,
    DOCUMENTS,
    FOREIGN,
    NOT_READ,
    OUT_OF_SCOPE,
    PERIODS,
)

_KINDS = (
    ("lines", "one-time lines"),
    ("documents", "documents"),
    ("orders", "orders"),
    ("entitlements", "entitlements"),
    ("unbilled", "estimates"),
    ("balances", "balances"),
    ("statements", "statements"),
)
_MOST_REASONS = 3
_BUCKETS = (
    ("matched", "matched"),
    ("matched_with_break", "matched, with a break"),
    ("timing", "timing"),
    ("suggested", "suggested match"),
    ("unmatched", "unmatched"),
    ("not_compared", "not compared"),
)
_Rows = list[tuple[Any, ...]]


def statement(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The statement as lines of text, one part per currency.

    Units:   amounts in the currency of the part, with the currency's own digits.
    """
    digits = dict(connection.execute("select currency, minor_digits from seeds.currencies").fetchall())
    charges = {(row[0], row[1]): row[2:] for row in connection.execute(CHARGES).fetchall()}
    breaks = connection.execute(BREAKS).fetchall()
    accepted = {row[0]: row[1:] for row in connection.execute(ACCEPTED).fetchall()}
    periods = connection.execute(PERIODS).fetchall()
    documents = {row[0]: row[1:] for row in connection.execute(DOCUMENTS).fetchall()}
    foreign = {row[0]: row[1:] for row in connection.execute(FOREIGN).fetchall()}
    out_of_scope = dict(connection.execute(OUT_OF_SCOPE).fetchall())
    coverage = {(row[0], row[1]): row[2:] for row in connection.execute(COVERAGE).fetchall()}
    not_read = connection.execute(NOT_READ).fetchall()
    currencies = {*documents, *(row[0] for row in periods), *(row[0] for row in breaks)} - {None}
    for currency in sorted(currencies):
        decimals = digits.get(currency, 2)
        yield currency
        yield from _documents_part(documents.get(currency), out_of_scope.get(currency, 0), decimals)
        mine = [(name, *charges.get((currency, bucket), (0, Decimal(0)))) for bucket, name in _BUCKETS]
        yield from _charges_part(mine, decimals)
        if currency in foreign:
            count, amount = foreign[currency]
            yield _line("  of them on documents in another currency", count, amount, decimals)
        yield from _breaks_part([row for row in breaks if row[0] == currency], decimals)
        if currency in accepted:
            count, amount = accepted[currency]
            yield _line("accepted by an analyst, not open", count, amount, decimals)
        yield from _periods_part([row for row in periods if row[0] == currency], decimals)
        yield from _coverage_part(
            [(name, *coverage[currency, kind]) for kind, name in _KINDS if (currency, kind) in coverage],
            [row for row in not_read if row[0] == currency],
            decimals,
        )
        yield ""
    days_read, days = coverage.get((None, "audit_feed"), (0, 0))
    if days_read < days:
        yield f"record of activity: {days - days_read:,} of {days:,} days could not be read"
    for _, code, severity, rows, _, _ in (row for row in breaks if row[0] is None):
        yield f"open, without a currency: {rows:,} {code} ({severity})"


def _documents_part(found: tuple[Any, ...] | None, out_of_scope: int, decimals: int) -> Iterator[str]:
    if found is None:
        yield _line("documents", 0, None, decimals)
        return
    count, total, lines, lines_total, amendments, rounding, unexplained, out_of_scope_amount = found
    yield _line("documents", count, total, decimals)
    yield _line("  lines", lines, lines_total, decimals)
    for name, amount in (("amendments without lines", amendments), ("rounding", rounding)):
        if amount:
            yield _line(f"  {name}", None, amount, decimals)
    yield _line("  not explained by lines", None, unexplained, decimals)
    yield _line("lines out of scope (recurring, usage, credits)", out_of_scope, out_of_scope_amount, decimals)


def _charges_part(mine: _Rows, decimals: int) -> Iterator[str]:
    yield _line("one-time charges", sum(row[1] for row in mine), sum(row[2] for row in mine), decimals)
    for name, rows, amount in mine:
        if rows:
            yield _line(f"  {name}", rows, amount, decimals)


def _breaks_part(mine: _Rows, decimals: int) -> Iterator[str]:
    at_risk = sum((row[5] for row in mine), Decimal(0))
    yield _line("open breaks, at risk", sum(row[3] for row in mine), at_risk, decimals)
    for _, code, severity, rows, primary, amount in mine:
        # Money of a subject is added once; a second break of it stands without an amount.
        yield _line(f"  {code} ({severity})", rows, amount if primary else None, decimals)


def _periods_part(mine: _Rows, decimals: int) -> Iterator[str]:
    for _, period, verdict, charged, matched, open_breaks, at_risk in mine:
        yield (
            f"  {period}: {verdict.replace('_', ' ').upper() if verdict == 'not_reconciled' else verdict}; charged "
            f"{amount_text(charged, decimals)}, matched {amount_text(matched, decimals)}, "
            f"{open_breaks:,} open breaks, {amount_text(at_risk, decimals)} at risk"
        )


def _coverage_part(mine: _Rows, not_read: _Rows, decimals: int) -> Iterator[str]:
    """What was compared, of how much; and what could not be read, the most first."""
    if mine:
        yield "  compared: " + ", ".join(f"{name} {compared:,} of {rows:,}" for name, compared, rows in mine)
    for _, kind, reason, partition, rows, amount in not_read[:_MOST_REASONS]:
        money = "" if amount is None else f", {amount_text(amount, decimals)}"
        yield f"    not compared: {rows:,} {kind}{money}; {reason} ({partition})"
    if len(not_read) > _MOST_REASONS:
        yield f"    and {len(not_read) - _MOST_REASONS:,} more reasons in fct_coverage"


def amount_text(amount: Decimal | None, decimals: int) -> str:
    """An amount for reading: thousands apart, the currency's digits; more digits only where there are more."""
    if amount is None:
        return "unknown"
    # Plain text first: the usual context would round an amount of more than 28 digits.
    fraction = money_text(amount).partition(".")[2]
    places = max(decimals, len(fraction))
    return f"{amount:,.{places}f}"


def _line(name: str, count: int | None, amount: Decimal | None, decimals: int) -> str:
    rows = f"{count:,}" if count is not None else ""
    money = amount_text(amount, decimals) if amount is not None else ""
    return f"  {name:<48}{rows:>9}{money:>22}"
