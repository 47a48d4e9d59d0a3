"""Arguments in, exit code out. What a command does is in `commands/`.

0 done (check: clean) · 1 check: open breaks · 2 check: not reconciled · 3 the run failed, nothing was
published · 4 wrong usage or settings · 5 another run holds the lock · 6 published, but some partitions
could not be read · 7 published, but not reported, cleared up or told (wins over 6)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click

from pipelines import stopping
from pipelines.commands import COMMANDS, GROUPS
from pipelines.commands.common import PROFILE
from pipelines.commands.completing import profiles
from pipelines.commands.failures import Failure, failure_of, show_trace, stop_text
from pipelines.commands.output import Asked, write_document


class _Program(click.Group):
    """The commands by what they are for."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        longest = max(len(command.name or "") for command in COMMANDS)
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [
                        ((command.name or "").ljust(longest), command.get_short_help_str(formatter.width))
                        for command in commands
                        if not command.hidden
                    ]
                )


def _profile(context: click.Context, _option: click.Parameter, name: str | None) -> None:
    # Wherever it stands, it is of the whole call.
    if name is not None:
        context.find_root().meta[PROFILE] = name


_PROFILE_OPTION = click.option(
    "--profile",
    metavar="NAME",
    expose_value=False,
    callback=_profile,
    shell_complete=profiles,
    help="The partner, where there are several (or RECON_PROFILE).",
)


@click.group(
    cls=_Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
    invoke_without_command=True,
    epilog="First time: `recon demo`, then `recon report`. With credentials: `recon doctor`, then `recon run`.",
)
@click.version_option(package_name="partner-center-reconciliation", prog_name="recon")
@click.option("--trace", is_flag=True, envvar="RECON_TRACE", help="Show where a failure happened (or RECON_TRACE=1).")
@_PROFILE_OPTION
@click.pass_context
def cli(context: click.Context, trace: bool) -> None:
    """Proves, line by line, what Microsoft Partner Center billed."""
    if asked := context.find_object(Asked):
        asked.trace = trace
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _leaves(commands: tuple[click.Command, ...]) -> Iterator[click.Command]:
    for command in commands:
        if isinstance(command, click.Group):
            yield from _leaves(tuple(command.commands.values()))
        else:
            yield command


for command in COMMANDS:
    cli.add_command(command)
for leaf in _leaves(COMMANDS):
    _PROFILE_OPTION(leaf)


def main() -> None:
    """The program `recon`: runs a command and turns every failure into one message and an exit code."""
    os.umask(0o077)
    stopping.listen()
    asked = Asked(as_json="--json" in sys.argv[1:])
    try:
        # A number only where click itself ended the call: after --help and --version.
        sys.exit(cli.main(prog_name="recon", standalone_mode=False, obj=asked))
    except (click.Abort, KeyboardInterrupt) as stop:
        code = stopping.exit_code(stop)
        _tell(asked, Failure(asked.command, code, "Stopped", *stop_text(asked.command, asked.published)))
        stopping.end_process(code)
    except Exception as error:
        failure = failure_of(error, asked.command, asked.logs, asked.published)
        if asked.trace:
            show_trace(error)
        _tell(asked, failure)
        sys.exit(failure.exit_code)


def _tell(asked: Asked, failure: Failure) -> None:
    # One document a call: what fails after the answer is told to people, and by the exit code.
    if asked.as_json and not (asked.document and asked.document.is_begun):
        about = {"kind": failure.kind, "message": failure.message, "next_step": failure.next_step}
        write_document(sys.stdout, failure.command, failure.exit_code, {"error": about})
    click.echo(f"recon: {failure.message}", err=True)
    if failure.next_step:
        click.echo(f"next: {failure.next_step}", err=True)
