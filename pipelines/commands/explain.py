"""`recon explain`: why a number is what it is."""

from __future__ import annotations

from datetime import datetime

import click

from pipelines.commands.common import as_of_option, prepare
from pipelines.warehouse import open_published


@click.command(short_help="Why a break, a line or an order is what it is")
@click.argument("subject", metavar="BREAK_ID | INVOICE | ORDER | LINE")
@click.argument("part", required=False, metavar="[LINE | PRODUCT[:SKU]]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; amounts are text.")
@as_of_option
def explain(subject: str, part: str | None, as_json: bool, as_of: datetime | None) -> None:
    """Why a break, an invoice (or a line of it) or an order (or a product of it) is what it is."""
    from pipelines.reports import explanation

    _, folders = prepare()
    with open_published(folders, as_of) as connection:
        if as_json:
            click.echo(explanation.explain_as_json(connection, subject, part))
            return
        for text in explanation.explain(connection, subject, part):
            click.echo(text)
