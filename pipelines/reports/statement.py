"""Question: what was billed, what of it is proven, and what is not?

Source:   fct_invoices, fct_invoice_lines, fct_breaks, fct_reconciliation of the published database.
Caveats:  one statement per currency; currencies are never added together.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb

_DOCUMENTS = """
select currency, count(*), sum(total_charges), sum(line_count), sum(unexplained_amount)
from marts.fct_invoices where is_counted group by currency order by currency
"""
_CHARGES = """
select currency, bucket, count(*), sum(total)
from marts.fct_invoice_lines where line_class = 'one_time' and bucket <> 'not_counted'
group by currency, bucket
"""
_BREAKS = """
select b.currency, b.break_code, min(b.severity), count(*),
    coalesce(sum(case when b.is_primary then b.at_risk_amount end), 0)
from marts.fct_breaks b where b.status <> 'resolved'
group by b.currency, b.break_code
order by 5 desc, b.break_code
"""
_PERIODS = """
select currency, period, verdict, charges_amount, matched_amount, open_breaks_count, at_risk_amount
from marts.fct_reconciliation order by currency, period
"""
_BUCKETS = (
    ("matched", "matched"),
    ("matched_with_break", "matched, with a break"),
    ("timing", "timing"),
    ("suggested", "suggested match"),
    ("unmatched", "unmatched"),
    ("not_compared", "not compared"),
)


def statement(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The statement as lines of text, one part per currency.

    Units:   amounts in the currency of the part, with the currency's own digits.
    """
    digits = dict(connection.execute("select currency, minor_digits from seeds.currencies").fetchall())
    charges = {(row[0], row[1]): row[2:] for row in connection.execute(_CHARGES).fetchall()}
    breaks = connection.execute(_BREAKS).fetchall()
    periods = connection.execute(_PERIODS).fetchall()
    documents = {row[0]: row[1:] for row in connection.execute(_DOCUMENTS).fetchall()}
    currencies = sorted({*documents, *(row[0] for row in breaks if row[0])})
    for currency in currencies:
        decimals = digits.get(currency, 2)
        count, total, lines, unexplained = documents.get(currency, (0, Decimal(0), 0, Decimal(0)))
        mine = [(name, *charges.get((currency, bucket), (0, Decimal(0)))) for bucket, name in _BUCKETS]
        yield f"{currency}"
        yield _line("documents", count, total, decimals)
        yield _line("  lines", lines, None, decimals)
        yield _line("  not explained by lines", None, unexplained, decimals)
        yield _line("one-time charges", sum(row[1] for row in mine), sum(row[2] for row in mine), decimals)
        for name, rows, amount in mine:
            if rows:
                yield _line(f"  {name}", rows, amount, decimals)
        open_breaks = [row for row in breaks if row[0] == currency]
        at_risk = sum((row[4] for row in open_breaks), Decimal(0))
        yield _line("open breaks, at risk", sum(row[3] for row in open_breaks), at_risk, decimals)
        for _, code, severity, rows, amount in open_breaks:
            yield _line(f"  {code} ({severity})", rows, amount, decimals)
        for _, period, verdict, charged, matched, open_count, risk in (row for row in periods if row[0] == currency):
            yield (
                f"  {period}: {verdict.replace('_', ' ')}; charged {amount_text(charged, decimals)}, "
                f"matched {amount_text(matched, decimals)}, {open_count} open breaks, "
                f"{amount_text(risk, decimals)} at risk"
            )
        yield ""
    for _, code, severity, rows, _ in (row for row in breaks if not row[0]):
        yield f"without currency: {code} ({severity}): {rows}"


def amount_text(amount: Decimal | None, decimals: int) -> str:
    """An amount for reading: thousands apart, the currency's digits; more digits only where there are more."""
    if amount is None:
        return "unknown"
    shown = amount.normalize()
    exponent = shown.as_tuple().exponent
    places = max(decimals, -exponent if isinstance(exponent, int) else 0)
    return f"{amount:,.{places}f}"


def _line(name: str, count: int | None, amount: Decimal | None, decimals: int) -> str:
    rows = f"{count:,}" if count is not None else ""
    money = amount_text(amount, decimals) if amount is not None else ""
    return f"  {name:<44}{rows:>9}{money:>22}"
