"""`recon run`: load, transform, publish, tell."""

from __future__ import annotations

import click

from pipelines.commands.common import prepare
from pipelines.commands.output import Document, json_option
from pipelines.commands.runs import enquiry_run, whole_run
from pipelines.warehouse import published_info


@click.command(short_help="Load, transform, publish, and a statement")
@click.option("--sweep", is_flag=True, help="Read the orders and entitlements of every customer.")
@json_option
def run(document: Document, sweep: bool) -> int:
    """Load, transform, publish, and one statement per currency; as of an earlier moment: what was known then."""
    from pipelines.run import is_earlier

    settings, folders = prepare()
    if is_earlier(published_info(folders), settings.as_of):
        return enquiry_run(settings, folders, "run", document)
    settings.require_sign_in()
    code = whole_run(settings, folders, "run", document, sweep=sweep)
    click.echo("next: recon report (a workbook, and a page)")
    return code
