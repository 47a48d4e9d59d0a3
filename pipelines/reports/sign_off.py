"""Question: may a month be signed? Too early, a side missing, or a grave break without a decision speak against it.

Source:   fct_reconciliation, fct_breaks.
Caveats:  a break without a month, such as one of a balance, speaks against none; a customer who could not be
          compared in several months is one such break, and speaks against each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

# Grave ones keep a month open until somebody has said why they may stand. `b` is fct_breaks.
UNDECIDED = """b.status <> 'resolved' and b.severity in ('high', 'critical')
    and not (b.status in ('accepted', 'disputed') and coalesce(trim(b.comment), '') <> '')"""
# What of a month and a currency could not be compared, per customer.
UNCOMPARED = """
select l.customer_id, l.currency, sum(l.total) as total
from marts.fct_invoice_lines l inner join marts.fct_invoices i on i.invoice_id = l.invoice_id
where l.bucket = 'not_compared' and strftime(i.invoice_at, '%Y-%m') = ? and l.currency = ?
group by l.customer_id, l.currency
"""
# Asks for month and currency twice.
BREAKS_OF_MONTH = f"""(b.period = ? and (b.currency = ? or b.currency is null)
    or b.period is null and b.break_code = 'not_compared'
        and (b.customer_id, b.currency) in (select (customer_id, currency) from ({UNCOMPARED})))"""
_GRAVE = f"""
select b.break_code, count(*) from marts.fct_breaks b
where {BREAKS_OF_MONTH} and {UNDECIDED}
group by b.break_code order by b.break_code
"""
_VERDICT = """
select verdict, cast(period || '-11' as timestamp) > cast(? as timestamp)
from marts.fct_reconciliation where period = ? and currency = ?
"""


def objections(connection: duckdb.DuckDBPyConnection, as_of: datetime, month: str, currency: str) -> Iterator[str]:
    """What speaks against signing a month of a currency, in words; nothing where it may be signed."""
    verdict, is_early = connection.execute(_VERDICT, [as_of, month, currency]).fetchall()[0]
    if is_early:
        yield f"{currency} is not due before {month}-11"
    if verdict == "not_reconciled":
        yield f"{currency} is not reconciled"
    for code, count in connection.execute(_GRAVE, [month, currency] * 2).fetchall():
        yield f"{currency} has {count:,} open {code}"
