"""Every command, one file each. A new one is its file and a line here."""

from __future__ import annotations

import click

from pipelines.commands.accruals import accruals
from pipelines.commands.alert import alert
from pipelines.commands.annotate import annotate
from pipelines.commands.cart import cart
from pipelines.commands.catalog import catalog
from pipelines.commands.check import check
from pipelines.commands.close import close, reopen
from pipelines.commands.completion import completion
from pipelines.commands.daily import daily
from pipelines.commands.demo import demo
from pipelines.commands.disputes import disputes
from pipelines.commands.doctor import doctor
from pipelines.commands.explain import explain
from pipelines.commands.load import load
from pipelines.commands.notebooks import notebooks
from pipelines.commands.report import report
from pipelines.commands.run import run
from pipelines.commands.sandbox import sandbox
from pipelines.commands.sql import sql
from pipelines.commands.statements import statements
from pipelines.commands.transform import transform

# As `recon --help` shows them.
GROUPS: dict[str, tuple[click.Command, ...]] = {
    "First": (demo, doctor, sandbox),
    "Daily": (run, daily, check, load, transform, statements, alert),
    "Looking": (report, notebooks, explain, sql, catalog),
    "Closing": (annotate, disputes, accruals, close, reopen),
    "Development": (cart, completion),
}
COMMANDS: tuple[click.Command, ...] = tuple(command for commands in GROUPS.values() for command in commands)
