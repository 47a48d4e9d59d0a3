"""With --json a command prints one document on stdout, and nothing else there."""

from __future__ import annotations

import json
import math
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from pipelines.commands.output import Document, json_option, plain


@click.group()
def program() -> None:
    pass


@program.command()
@click.argument("how")
@json_option
def told(document: Document, how: str) -> int | None:
    click.echo("for people")
    document.add(amount=Decimal("1234567890.120000000000"), how=how)
    if how == "exit":
        sys.exit(6)
    if how == "early":
        document.end(0)
        document.add(late=True)
    return 1 if how == "code" else None


def call(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["told", *arguments], prog_name="recon")


@pytest.mark.parametrize(("how", "code"), [("return", 0), ("code", 1), ("exit", 6)])
def test_the_document_says_the_command_its_exit_code_and_its_facts(how: str, code: int) -> None:
    done = call(how, "--json")
    assert done.exit_code == code
    assert json.loads(done.stdout) == {
        "command": "told",
        "exit_code": code,
        "amount": "1234567890.120000000000",
        "how": how,
    }
    assert done.stderr == "for people\n"


def test_without_it_the_text_is_the_answer() -> None:
    done = call("exit")
    assert (done.exit_code, done.stdout, done.stderr) == (6, "for people\n", "")


def test_a_document_is_written_once() -> None:
    assert "late" not in json.loads(call("early", "--json").stdout)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("-0.10"), "-0.10"),
        (Decimal("1E+3"), "1000"),
        (datetime.fromisoformat("2026-09-01T12:00:00"), "2026-09-01T12:00:00Z"),
        (datetime(2026, 9, 1, 12, tzinfo=UTC), "2026-09-01T12:00:00Z"),
        (datetime(2026, 9, 1, 12, tzinfo=timezone(timedelta(hours=2))), "2026-09-01T10:00:00Z"),
        (date(2026, 9, 1), "2026-09-01"),
        (Path("a") / "b", "a/b"),
        ([{"n": (1, None, True)}], [{"n": [1, None, True]}]),
        ({"b", "a"}, ["a", "b"]),
        (0.25, 0.25),
        (math.nan, "nan"),
        (timedelta(hours=1), "1:00:00"),
    ],
)
def test_every_value_has_one_form(value: object, text: Any) -> None:
    assert plain(value) == text
