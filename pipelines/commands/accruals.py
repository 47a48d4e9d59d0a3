"""`recon accruals`: what was ordered and is on no invoice, as a journal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.common import as_of_option, prepare, reports_folder
from pipelines.commands.completing import months
from pipelines.commands.output import Document, json_option
from pipelines.files import write_atomically
from pipelines.warehouse import open_published


@click.command(short_help="Journal of what is ordered and on no invoice")
@click.option(
    "--period",
    metavar="YYYY-MM",
    shell_complete=months,
    help="The month to close; default: the month of the published moment.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the journal goes; default: `reports/accruals-YYYY-MM.csv` in the data directory.",
)
@as_of_option
@json_option
def accruals(document: Document, period: str | None, out: Path | None, as_of: datetime | None) -> None:
    """Write what was ordered or is listed as not billed yet, and is on no invoice, as a journal with its reversal."""
    from pipelines.reports import accrual_journal, accrual_text
    from pipelines.reports.accruals import accruals as accrued

    _, folders = prepare()
    with open_published(folders, as_of) as connection:
        found = accrued(connection, period)
    lines = accrual_journal.journal(found)
    totals = accrual_journal.control_totals(found, lines)
    asked = f"-as-of-{as_of:%Y-%m-%dT%H%M%S}" if as_of else ""
    file = out or reports_folder(folders) / f"accruals-{found.period}{asked}.csv"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(file, accrual_journal.journal_csv(lines).encode())
    for text in accrual_text.told(found, totals):
        click.echo(text)
    click.echo(f"journal: {file}")
    document.add(period=found.period, as_of=found.as_of, generation=found.generation, journal=file)
    document.add(totals=totals, without_amount_count=len(found.unknown), without_amount=None)
    unknown = file.with_name(f"{file.stem}-no-amount.csv")
    # Those of an earlier run would speak of what is priced by now.
    unknown.unlink(missing_ok=True)
    if found.unknown:
        write_atomically(unknown, accrual_journal.unknown_csv(found).encode())
        click.echo(f"without an amount: {unknown}")
        document.add(without_amount=unknown)
