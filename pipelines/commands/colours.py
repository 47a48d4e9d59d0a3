"""Colours for words that are a verdict, on terminals only. They say nothing that the words do not say."""

from __future__ import annotations

import os
import re
import sys
from typing import IO

import click

_GOOD, _WARN, _BAD = "green", "yellow", "red"
# Where a verdict stands: behind the colon of its month or of the check, or in front of what the doctor looked at.
_VERDICTS = re.compile(
    r"(?P<before>^(?:\S+ |  )20\d\d-\d\d: |^verdict: )"
    r"(?P<word>NOT RECONCILED|not reconciled|open breaks of severity|breaks|clean|no break of)"
    r"|^(?P<mark>ok|warn|NOT)(?= +\S+:)"
)
_SEVERITIES = re.compile(r"(?<=\()(?:critical|high|medium)(?=\))|(?<= )(?:critical|high)(?=,|$)")
_COLOURS = {
    "NOT RECONCILED": _BAD,
    "not reconciled": _BAD,
    "NOT": _BAD,
    "open breaks of severity": _WARN,
    "breaks": _WARN,
    "warn": _WARN,
    "medium": _WARN,
    "critical": _BAD,
    "high": _BAD,
}


def is_coloured(stream: IO[str]) -> bool:
    """Whether colours are welcome: a terminal that can, and nobody who said no (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(line: str) -> None:
    """A line for people, with its verdicts in colours where they are welcome."""
    click.echo(painted(line) if is_coloured(sys.stdout) else line)


def painted(line: str) -> str:
    """The line with its verdicts in colours; without them it is the same text."""
    line = _VERDICTS.sub(lambda found: (found["before"] or "") + _styled(found["word"] or found["mark"]), line)
    return _SEVERITIES.sub(lambda found: _styled(found[0]), line)


def _styled(word: str) -> str:
    return click.style(word, fg=_COLOURS.get(word, _GOOD), bold=True)
