"""`recon annotate`: what analysts say about breaks."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from pipelines.commands.common import prepare
from pipelines.commands.output import Document, json_option
from pipelines.warehouse import exclusive_run


@click.command(short_help="Import notes about breaks (CSV or xlsx)")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--by", "annotated_by", metavar="NAME", help="Who says so; default: the signed-in user.")
@json_option
def annotate(document: Document, file: Path, annotated_by: str | None) -> None:
    """Import notes about breaks from FILE (CSV or xlsx).

    Columns: break_id, status, owner, comment, ticket, expected_at, accept_order_id, annotated_by.
    """
    from pipelines.annotations import import_annotations

    settings, folders = prepare()
    with exclusive_run(folders, "annotate"):
        done = import_annotations(folders, file, settings.as_of, annotated_by or getpass.getuser())
    document.add(noted=done.noted, unchanged=done.unchanged, without_note=done.without_note)
    shown = f"; `{folders.next_run}` shows them" if done.noted else ""
    click.echo(f"{done.noted:,} noted, {done.unchanged:,} known already, {done.without_note:,} without a note{shown}")
