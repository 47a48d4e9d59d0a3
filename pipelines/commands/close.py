"""`recon close` and `recon reopen`: a month whose numbers stay."""

from __future__ import annotations

import getpass

import click

from pipelines.commands.common import prepare
from pipelines.commands.completing import currencies, months
from pipelines.commands.output import Document, json_option
from pipelines.errors import UsageError
from pipelines.warehouse import exclusive_run


@click.command(short_help="Freeze a month, with certificate and evidence")
@click.argument("month", metavar="YYYY-MM", shell_complete=months)
@click.option(
    "--currency", metavar="CODE", shell_complete=currencies, help="This currency alone; default: all of the month."
)
@click.option("--with-open-breaks", metavar="REASON", help="Close it although something speaks against it, and why.")
@click.option("--by", "closed_by", metavar="NAME", help="Who closes it; default: the signed-in user.")
@json_option
def close(
    document: Document, month: str, currency: str | None, with_open_breaks: str | None, closed_by: str | None
) -> None:
    """Freeze a month: certificate and evidence of the published numbers, kept in history."""
    from pipelines import closing

    settings, folders = prepare()
    with exclusive_run(folders, "close"):
        done = closing.close(
            folders,
            month,
            currency.upper() if currency else None,
            closed_by=closed_by or getpass.getuser(),
            closed_at=settings.as_of,
            with_open_breaks=with_open_breaks,
        )
    document.add(month=month, currencies=done.currencies, folder=done.folder)
    click.echo(f"{month} is closed in {', '.join(done.currencies)}; certificate and evidence: {done.folder}")


@click.command(short_help="Open a closed month again")
@click.argument("month", metavar="YYYY-MM", shell_complete=months)
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept.")
@click.option(
    "--currency", metavar="CODE", shell_complete=currencies, help="This currency alone; default: all that are closed."
)
@click.option("--by", "reopened_by", metavar="NAME", help="Who opens it; default: the signed-in user.")
@json_option
def reopen(document: Document, month: str, reason: str, currency: str | None, reopened_by: str | None) -> None:
    """Open a closed month again; its certificates stay on record."""
    from pipelines import closed_months

    settings, folders = prepare()
    if not reason.strip():
        raise UsageError("--reason is empty; say why the month is opened again")
    note = {
        "reason": reason.strip(),
        "reopened_by": reopened_by or getpass.getuser(),
        "reopened_at": settings.as_of.isoformat(),
    }
    with exclusive_run(folders, "reopen"):
        opened = closed_months.reopen(folders, month, currency.upper() if currency else None, note)
    document.add(month=month, currencies=opened)
    click.echo(f"{month} is open again in {', '.join(opened)}")
