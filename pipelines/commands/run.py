"""`recon run`: load, transform, publish, tell."""

from __future__ import annotations

import sys

import click

from pipelines.commands.common import enquiry_run, prepare, whole_run
from pipelines.warehouse import published_info


@click.command(short_help="Load, transform, publish, and a statement")
@click.option("--sweep", is_flag=True, help="Read the orders and entitlements of every customer.")
def run(sweep: bool) -> None:
    """Load, transform, publish, and one statement per currency; as of an earlier moment: what was known then."""
    from pipelines.run import is_earlier

    settings, folders = prepare()
    if is_earlier(published_info(folders), settings.as_of):
        sys.exit(enquiry_run(settings, folders, "run"))
    settings.require_sign_in()
    sys.exit(whole_run(settings, folders, "run", sweep=sweep))
