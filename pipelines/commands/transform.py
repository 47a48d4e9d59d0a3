"""`recon transform`: dbt build."""

from __future__ import annotations

import click

from pipelines.commands.common import prepare, watched
from pipelines.commands.output import Document, json_option
from pipelines.warehouse import exclusive_run


@click.command(short_help="Build and check the models; publish nothing")
@json_option
def transform(document: Document) -> None:
    """Build and check all models on the working database (dbt build); publishes nothing."""
    from pipelines import run as running

    settings, folders = prepare()
    with exclusive_run(folders, "transform"), watched(folders, "transform") as progress:
        progress.phase("building and checking the models", 0)
        done = running.build(
            folders,
            as_of=settings.as_of,
            generation=running.next_generation(folders),
            not_compared_share=settings.not_compared_share,
            on_node=progress.node_done,
        )
    document.add(built=done.built, checks=done.checks)
    click.echo(f"{done.built:,} models and seeds built, {done.checks:,} checks hold; `recon run` publishes")
