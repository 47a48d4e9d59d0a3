"""`recon sql`: a read-only question."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from pipelines.commands.common import as_of_option, prepare
from pipelines.warehouse import open_published


@click.command()
@click.argument("query", required=False)
@click.option("--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@as_of_option
def sql(query: str | None, shape: str, as_of: datetime | None) -> None:
    """Ask the published database (read-only); without QUERY, line by line."""
    from pipelines.reports import query as queries

    _, folders = prepare()
    with open_published(folders, as_of) as connection:
        if query is not None:
            queries.show(connection, query, shape, sys.stdout)
        else:
            queries.ask(connection, shape)
