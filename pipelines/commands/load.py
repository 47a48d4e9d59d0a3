"""`recon load`: pull what is new."""

from __future__ import annotations

import click

from pipelines.commands.common import PARTLY_READ, check_prices, check_resources, prepare, watched
from pipelines.commands.completing import resources as known_resources
from pipelines.commands.output import Document, json_option
from pipelines.commands.runs import load_text, loaded_now, read_facts, unread_code
from pipelines.warehouse import exclusive_run


@click.command(short_help="Pull what is new")
@click.argument("resources", nargs=-1, shell_complete=known_resources)
@click.option("--rebuild", is_flag=True, help="Make the working database again from the landing, without the API.")
@click.option("--sweep", is_flag=True, help="Read the orders and entitlements of every customer.")
@click.option("--month", metavar="YYYY-MM", help="With price_sheets or fx_rates: of this month, whatever is needed.")
@click.option("--market", metavar="CC", help="With price_sheets and --month: country of the sheet.")
@click.option("--view", help="With price_sheets and --month: azure_consumption, software, updatedlicensebased, …")
@json_option
def load(
    document: Document,
    resources: tuple[str, ...],
    rebuild: bool,
    sweep: bool,
    month: str | None,
    market: str | None,
    view: str | None,
) -> int:
    """Pull what is new (all RESOURCES, or those named)."""
    from pipelines import load as loading
    from pipelines.landing import Landing

    settings, folders = prepare()
    check_resources(resources)
    check_prices(resources, month, market, view)
    is_lacking = False
    with exclusive_run(folders, "load"), watched(folders, "load") as progress:
        if rebuild:
            progress.phase("loading the landing into a new database", 0)
            walks = loading.rebuild(folders)
            document.add(walks_loaded=walks)
            text = f"{walks:,} walks loaded from {Landing(folders.landing).folder}"
        else:
            named = (month, market, view)
            loaded = loaded_now(settings, folders, progress, frozenset(resources), sweep=sweep, prices=named)
            document.add(read=read_facts(loaded))
            text = load_text(loaded)
            # What somebody named and did not get is no success, whatever it proves.
            is_lacking = month is not None and bool(loaded.failed)
    click.echo(text)
    code = unread_code(folders, document)
    return PARTLY_READ if is_lacking else code
