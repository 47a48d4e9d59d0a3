"""What holds for each command there is, also for one that comes tomorrow."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import pipelines.commands
from pipelines.cli import cli
from pipelines.commands import COMMANDS, GROUPS

FOLDER = Path(pipelines.commands.__file__).parent
SUPPORT = {"__init__", "colours", "common", "completing", "failures", "output", "runs"}


def leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from leaves(one, f"{name} {one.name}".strip())
    else:
        yield name, command


EVERY = dict(leaves(cli))


def test_there_is_one_in_each_file() -> None:
    used = {command.callback.__module__.rsplit(".", 1)[1] for command in COMMANDS if command.callback}
    assert {path.stem for path in FOLDER.glob("*.py")} - SUPPORT == used


@pytest.mark.parametrize("name", EVERY)
def test_it_answers_programs_and_knows_partners(name: str) -> None:
    options = {option for parameter in EVERY[name].params for option in parameter.opts}
    assert {"--json", "--profile"} <= options


@pytest.mark.parametrize("name", EVERY)
def test_its_help_has_a_line_that_fits_and_a_sentence(name: str) -> None:
    help_text = CliRunner().invoke(cli, [*name.split(), "--help"]).output
    assert "Usage: " in help_text
    assert re.search(r"^  \w.*\.$", help_text, re.MULTILINE), help_text


def test_the_menu_shows_each_once_in_a_line_of_its_own() -> None:
    menu = CliRunner().invoke(cli, []).output
    assert CliRunner().invoke(cli, ["--help"]).output == menu
    assert re.findall(r"^(\w+):$", menu, re.MULTILINE) == ["Options", *GROUPS]
    for command in COMMANDS:
        line = re.findall(rf"^  {command.name} +\S.*$", menu, re.MULTILINE)
        assert len(line) == 1, command.name
        # A line that goes on below says too much.
        assert command.short_help, command.name
        assert len(line[0]) < 80
        assert line[0].endswith(command.short_help), line[0]


def test_help_waits_for_no_library() -> None:
    """What takes long to import is imported by the command that needs it."""
    heavy = {"duckdb", "dlt", "dbt", "polars", "pyarrow", "httpx", "rich", "jinja2", "altair", "xlsxwriter"}
    asked = "import sys, pipelines.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert heavy & set(done.stdout.split()) == set()
