"""`recon alert`: tell the webhook what nobody was told yet."""

from __future__ import annotations

import click

from pipelines.commands.common import DONE, prepare
from pipelines.commands.output import Document, json_option


@click.command(short_help="Tell a webhook what nobody was told yet")
@click.option("--dry-run", is_flag=True, help="Show what would be told; send and remember nothing.")
@click.option("--check-stale", is_flag=True, help="Tell as well that nothing was published for too long.")
@json_option
def alert(dry_run: bool, check_stale: bool, document: Document) -> int:
    """Tell the webhook of breaks that are new, worse or back, and of runs; each thing once."""
    from pipelines.alerting.telling import stale, tell

    settings, folders = prepare()
    notes = [stale(folders, settings.daily, settings.as_of)] if check_stale else []
    told = tell(folders, settings.daily, *notes, dry_run=dry_run)
    document.add(is_sent=told.is_sent, breaks_count=told.breaks, message=told.message.facts if told.message else None)
    if told.message is None:
        click.echo("nothing to tell")
    elif dry_run:
        click.echo(f"would be told:\n{told.message.text}")
    else:
        click.echo(f"told: {told.message.title}")
    return DONE
