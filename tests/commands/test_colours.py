"""Colours on terminals that want them, and never a word more or less."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipelines.commands.colours import painted
from tests.published_marts import publish_example


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  2026-09: NOT RECONCILED; charged 1.00", {"NOT RECONCILED": "red"}),
        ("EUR 2026-09: breaks (3 charges, 2 order items, 1 open breaks)", {"breaks": "yellow"}),
        ("  2026-09: clean; charged 1.00, matched 1.00, 0 open breaks, 0.00 at risk", {"clean": "green"}),
        ("  charge_without_order (critical)      3    12.00", {"critical": "red"}),
        ("open breaks of all periods: 9 critical, 56 high, 42 medium, 5 low", {"critical": "red", "high": "red"}),
        ("verdict: open breaks of severity high or above", {"open breaks of severity": "yellow"}),
        ("verdict: not reconciled", {"not reconciled": "red"}),
        ("verdict: clean", {"clean": "green"}),
        ("NOT  disk: 1.0 GiB free", {"NOT": "red"}),
        ("warn buying: this sign-in may order", {"warn": "yellow"}),
        ("one-time charges                 12    1.00", {}),
    ],
)
def test_verdicts_and_severities_are_painted_and_the_text_stays(line: str, words: dict[str, str]) -> None:
    expected = line
    for word, colour in words.items():
        expected = expected.replace(word, click.style(word, fg=colour, bold=True), 1)
    assert painted(line) == expected
    assert click.unstyle(painted(line)) == line


def on_a_terminal(data: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """The program with a terminal of its own as stdout and stderr."""
    mine, its = pty.openpty()
    outside = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "CI")}
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", *arguments],
        stdout=its,
        stderr=its,
        stdin=subprocess.DEVNULL,
        env=outside | {"TERM": "xterm-256color", "RECON_DATA_DIR": os.fspath(data)} | environment,
    )
    os.close(its)
    said = b""
    while True:
        try:
            part = os.read(mine, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(mine)
    return process.wait(timeout=60), said.decode()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_example(tmp_path_factory.mktemp("colours") / "data")


def test_a_terminal_gets_colours(data: Path) -> None:
    code, said = on_a_terminal(data, "check")
    assert code == 2
    assert click.style("not reconciled", fg="red", bold=True) in said


@pytest.mark.parametrize("no_thanks", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_none_gets_the_same_words_plain(data: Path, no_thanks: dict[str, str]) -> None:
    _, coloured = on_a_terminal(data, "check", RECON_AS_OF="2026-09-16")
    _, plain = on_a_terminal(data, "check", RECON_AS_OF="2026-09-16", **no_thanks)
    assert click.unstyle(coloured) == plain
    assert "\x1b" not in plain + on_a_terminal(data, "doctor", "--offline", **no_thanks)[1]


def test_a_pipe_gets_no_colours(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "check"],
        env=os.environ | {"TERM": "xterm-256color", "RECON_DATA_DIR": os.fspath(data)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "verdict: " in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
