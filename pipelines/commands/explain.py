"""`recon explain`: why a number is what it is."""

from __future__ import annotations

import click

from pipelines.commands.common import prepare
from pipelines.warehouse import open_published


@click.command()
@click.argument("subject", metavar="BREAK_ID | INVOICE")
@click.argument("line", required=False, metavar="[LINE]")
def explain(subject: str, line: str | None) -> None:
    """Why a break, an invoice or a line is what it is."""
    from pipelines.reports import explanation

    _, folders = prepare()
    with open_published(folders) as connection:
        for text in explanation.explain(connection, subject, line):
            click.echo(text)
