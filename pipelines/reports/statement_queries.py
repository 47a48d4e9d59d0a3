"""What the statement reads: one query a part, each by currency; currencies are never added together."""

from __future__ import annotations

import duckdb

from pipelines.reports.rows import Row, rows

DOCUMENTS = """
select currency, count(*) as documents_count, sum(total_charges) as total_amount,
    cast(sum(line_count) as bigint) as lines_count, sum(lines_total) as lines_amount,
    sum(amendment_amount) as amendments_amount, sum(rounding_amount) as rounding_amount,
    sum(unexplained_amount) as unexplained_amount, sum(out_of_scope_amount) as out_of_scope_amount
from marts.fct_invoices where is_counted group by currency order by currency
"""
OUT_OF_SCOPE = """
select currency, count(*) as lines_count from marts.fct_invoice_lines where bucket = 'out_of_scope' group by currency
"""
CHARGES = """
select currency, bucket, count(*) as lines_count, sum(total) as amount
from marts.fct_invoice_lines where line_class = 'one_time' and bucket <> 'not_counted'
group by currency, bucket
"""
# No total of a document has them: without this line, lines of documents and charges do not tie.
FOREIGN = """
select l.currency, count(*) as lines_count, sum(l.total) as amount
from marts.fct_invoice_lines l inner join marts.fct_invoices i on i.invoice_id = l.invoice_id
where i.is_counted and l.line_class = 'one_time' and l.bucket <> 'not_counted' and l.currency <> i.currency
group by l.currency order by l.currency
"""
BREAKS = """
select currency, break_code, severity, count(*) as breaks_count,
    count(*) filter (where is_primary) as primary_count,
    coalesce(sum(case when is_primary then at_risk_amount end), 0) as at_risk_amount
from marts.fct_breaks where status not in ('resolved', 'accepted')
group by currency, break_code, severity
order by 6 desc, break_code, severity
"""
ACCEPTED = """
select currency, count(*) as breaks_count, coalesce(sum(at_risk_amount), 0) as at_risk_amount
from marts.fct_breaks where status = 'accepted' group by currency
"""
PERIODS = """
select currency, period, verdict, charges_amount, matched_amount, open_breaks_count, at_risk_amount
from marts.fct_reconciliation order by currency, period
"""
# What could be compared at all: one-time business, and documents of any kind.
COVERAGE = """
select currency, kind, cast(sum(compared_count) as bigint) as compared_count,
    cast(sum(compared_count + not_compared_count) as bigint) as all_count
from marts.fct_coverage
where kind in ('documents', 'balances', 'statements', 'audit_feed') or part like '%one_time'
group by currency, kind
"""
NOT_READ = """
select currency, kind, not_compared_reason as reason, min(partition_id) as first_partition_id,
    cast(sum(not_compared_count) as bigint) as not_compared_count, sum(not_compared_amount) as amount
from marts.fct_coverage
where partition_id is not null and kind <> 'readings'
group by currency, kind, not_compared_reason
order by 5 desc, 2, 3
"""


def figures(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Row]]:
    """The statement for programs: the same rows that its text is made of, by part.

    Units:   amounts in the currency of the row.
    """
    return {
        "documents": rows(connection, DOCUMENTS),
        "charges": rows(connection, CHARGES),
        "charges_on_other_currency_documents": rows(connection, FOREIGN),
        "open_breaks": rows(connection, BREAKS),
        "accepted_breaks": rows(connection, ACCEPTED),
        "periods": rows(connection, PERIODS),
        "compared": rows(connection, COVERAGE),
        "not_compared": rows(connection, NOT_READ),
    }
