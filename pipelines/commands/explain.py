"""`recon explain`: why a number is what it is."""

from __future__ import annotations

from datetime import datetime

import click

from pipelines.commands.common import as_of_option, prepare
from pipelines.commands.completing import subjects
from pipelines.commands.output import Document, json_option
from pipelines.warehouse import open_published


@click.command(short_help="Why a break, a line or an order is what it is")
@click.argument("subject", metavar="BREAK_ID | INVOICE | ORDER | LINE", shell_complete=subjects)
@click.argument("part", required=False, metavar="[LINE | PRODUCT[:SKU]]")
@as_of_option
@json_option
def explain(document: Document, subject: str, part: str | None, as_of: datetime | None) -> None:
    """Why a break, an invoice (or a line of it) or an order (or a product of it) is what it is."""
    from pipelines.reports import explanation

    _, folders = prepare(make=False)
    with open_published(folders, as_of) as connection:
        if document.is_wanted:
            document.add(**explanation.explained(connection, subject, part))
            return
        for text in explanation.explain(connection, subject, part):
            click.echo(text)
