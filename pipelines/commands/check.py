"""`recon check`: the verdict as an exit code."""

from __future__ import annotations

from datetime import datetime

import click

from pipelines.commands.colours import say
from pipelines.commands.common import as_of_option, prepare
from pipelines.commands.completing import months
from pipelines.commands.output import Document, json_option
from pipelines.warehouse import open_published, published_info


@click.command(short_help="The published verdict, as an exit code")
@click.option("--period", metavar="YYYY-MM", shell_complete=months, help="This month instead of the newest due one.")
@click.option(
    "--fail-on", type=click.Choice(["low", "medium", "high", "critical"]), default="high", show_default=True
)
@as_of_option
@json_option
def check(document: Document, period: str | None, fail_on: str, as_of: datetime | None) -> int:
    """Read the published verdict; the exit code says it."""
    from pipelines.closing import closed_lines
    from pipelines.reports import verdict

    settings, folders = prepare(make=False)
    info = published_info(folders, as_of)
    with open_published(folders, as_of) as connection:
        assert info is not None  # or nothing could have been opened
        result = verdict.check(connection, as_of=info["as_of"], period=period, fail_on=fail_on)  # type: ignore[arg-type]
        closed = [] if as_of is not None else list(closed_lines(folders, connection, period))
    document.add(verdict=result.verdict, as_of=info["as_of"], generation=info["generation"])
    document.add(periods=result.periods, open_breaks=result.open_breaks, closed=closed)
    for line in (*result.lines, *closed):
        say(line)
    if as_of is not None:
        click.echo(f"an enquiry as of {as_of:%Y-%m-%d %H:%M:%S} UTC; the published result is another")
        return result.exit_code
    age = settings.as_of.replace(tzinfo=None) - info["as_of"]
    click.echo(f"as of {info['as_of']:%Y-%m-%d %H:%M} UTC" + (f", {age.days} days ago" if age.days > 0 else ""))
    return result.exit_code
