"""With --json a command prints one document on stdout, and nothing else there."""

from __future__ import annotations

import io
import json
import math
import os
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from pipelines import stopping
from pipelines.cli import cli, main
from pipelines.commands.output import Document, json_option, plain
from pipelines.errors import UsageError


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


class StoppedOnce(io.StringIO):
    """Somebody presses Ctrl-C in the moment in which the document has just been written."""

    def __init__(self) -> None:
        super().__init__()
        self.is_stopped = False

    def flush(self) -> None:
        if not self.is_stopped:
            self.is_stopped = True
            raise KeyboardInterrupt


def test_a_document_is_written_once_also_when_somebody_stops_the_command_meanwhile() -> None:
    out = StoppedOnce()
    document = Document("sandbox", out)
    with pytest.raises(KeyboardInterrupt):
        document.end(0)
    document.end(0)
    assert json.loads(out.getvalue()) == {"command": "sandbox", "exit_code": 0}


@pytest.mark.parametrize(("begun", "documents"), [(True, 0), (False, 1)])
def test_what_fails_after_the_answer_adds_no_second_document(
    begun: bool, documents: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(**call: Any) -> None:
        call["obj"].document = Document("report", io.StringIO())
        if begun:
            call["obj"].document.end(0)
        raise UsageError("no such month")

    monkeypatch.setattr(sys, "argv", ["recon", "report", "--json"])
    monkeypatch.setattr(cli, "main", fails)
    monkeypatch.setattr(stopping, "listen", lambda: None)
    monkeypatch.setattr(os, "umask", lambda mask: mask)
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 4
    assert said.out.count('"exit_code"') == documents
    assert "no such month" in said.err


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
