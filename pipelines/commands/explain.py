"""`recon explain`: why a number is what it is."""

from __future__ import annotations

from datetime import datetime

import click

from pipelines.commands.common import as_of_option, prepare
from pipelines.warehouse import open_published


@click.command()
@click.argument("subject", metavar="BREAK_ID | INVOICE")
@click.argument("line", required=False, metavar="[LINE]")
@as_of_option
def explain(subject: str, line: str | None, as_of: datetime | None) -> None:
    """Why a break, an invoice or a line is what it is."""
    from pipelines.reports import explanation

    _, folders = prepare()
    with open_published(folders, as_of) as connection:
        for text in explanation.explain(connection, subject, line):
            click.echo(text)
