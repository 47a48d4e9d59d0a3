"""`recon statements`: invoice PDFs, downloaded once and read for the total that they print."""

from __future__ import annotations

import click

from pipelines.commands.common import DONE, PARTLY_READ, prepare, watched
from pipelines.commands.completing import invoices as invoice_ids
from pipelines.commands.output import Document, json_option
from pipelines.warehouse import exclusive_run


@click.command(short_help="Download invoice PDFs")
@click.argument("invoices", nargs=-1, metavar="[INVOICE ...]", shell_complete=invoice_ids)
@json_option
def statements(document: Document, invoices: tuple[str, ...]) -> int:
    """Download invoice PDFs that are not there yet (all, or those named); `recon run` compares their totals."""
    from pipelines.landing import Landing
    from pipelines.session import claim_data_dir, open_clients
    from pipelines.statements import report
    from pipelines.statements.download import download

    settings, folders = prepare()
    settings.require_sign_in()
    with exclusive_run(folders, "statements"), watched(folders, "statements") as progress:
        claim_data_dir(settings, folders)
        with open_clients(settings, folders, progress) as clients:
            landing = Landing(folders.landing)
            client = clients.partner_center
            fetched = download(client, landing, folders.statements, settings.as_of, progress, invoices)
    document.add(documents=[report.as_row(one, folders.statements) for one in fetched])
    for line in report.lines(fetched, folders.statements, named=bool(invoices)):
        click.echo(line)
    return PARTLY_READ if any(one.result == "failed" for one in fetched) else DONE
