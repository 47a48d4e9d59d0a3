"""Arguments in, exit code out. What a command does is in `commands/`.

0 done (check: clean) · 1 check: open breaks · 2 check: not reconciled · 3 the run failed, nothing was
published · 4 wrong usage or settings · 5 another run holds the lock · 6 published, but some partitions
could not be read
"""

from __future__ import annotations

import os
import sys

import click
import duckdb

from pipelines.commands import COMMANDS
from pipelines.commands.common import FAILED, LOCKED, WRONG_USAGE
from pipelines.errors import LockHeld, ReconError, SettingsError, UsageError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partner-center-reconciliation", prog_name="recon")
def cli() -> None:
    """Proves, line by line, what Microsoft Partner Center billed."""


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """The program `recon`: runs a command and turns every failure into one message and an exit code."""
    os.umask(0o077)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; what was read stays, nothing was published", err=True)
        sys.exit(130)
    except (SettingsError, UsageError) as error:
        click.echo(f"recon: {error}", err=True)
        sys.exit(WRONG_USAGE)
    except LockHeld as error:
        click.echo(f"recon: {error}", err=True)
        sys.exit(LOCKED)
    except (ReconError, duckdb.Error, OSError) as error:
        click.echo(f"recon: {error}", err=True)
        sys.exit(FAILED)
