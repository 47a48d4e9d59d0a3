"""`recon run`: load, transform, publish, tell."""

from __future__ import annotations

import sys

import click

from pipelines.commands.common import prepare, whole_run


@click.command()
@click.option("--sweep", is_flag=True, help="Read the orders and entitlements of every customer.")
def run(sweep: bool) -> None:
    """Load, transform, publish, and one statement per currency."""
    settings, folders = prepare()
    settings.require_sign_in()
    sys.exit(whole_run(settings, folders, "run", sweep=sweep))
