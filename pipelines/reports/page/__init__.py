"""Question: is the billing reconciled, where did the money go, what is open, and what changed since the last run?

Shape:    one HTML file that needs nothing else: style and pictures inside, no script, no request of any kind.
Units:    amounts in the currency that stands with them, exact, in the currency's own digits.
Source:   fct_reconciliation, fct_invoices, fct_breaks, fct_coverage, fct_order_items and the dims of the published
          database; its break log; its ledger of readings.
Caveats:  currencies are never added together; of the breaks, only primary ones are added. Long lists are cut, and
          say of how many. The same data gives the same bytes: nothing in it is of the moment of writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.files import write_atomically
from pipelines.reports.page.gathering import gathered
from pipelines.reports.page.rendering import rendered


def write_page(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    period: str | None = None,
    closed: Sequence[str] = (),
    is_enquiry: bool = False,
) -> None:
    """Writes the page of a published database (or an enquiry) to a file, whole or not at all.

    Shape:   `period` (YYYY-MM) leaves only documents and breaks of that month; `closed` are the sentences about
             closed months, which are kept outside the database and have no place in an enquiry. The folder of
             `path` must exist.
    """
    facts = gathered(connection, period=period)
    text = rendered(facts | {"closed": list(closed), "is_enquiry": is_enquiry})
    write_atomically(path, text.encode())
