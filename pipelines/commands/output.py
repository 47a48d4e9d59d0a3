"""What a command answers with `--json`: one document for programs on stdout, and everything for people on stderr.

{"command": "close", "exit_code": 0, …the command's own facts}
{"command": "close", "exit_code": 4, "error": {"kind": "UsageError", "message": "…", "next_step": "…"}}

Amounts are text with every digit that the column has, so that no reader makes a float of them; moments are
ISO 8601 in UTC with a Z; ids are text.
"""

from __future__ import annotations

import functools
import json
import math
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import click


@dataclass
class Asked:
    """What is known of a call when it fails.

    Shape:   `logs` and `published` are None until the settings were read, `document` until a command began
             that answers with one.
    """

    as_json: bool = False
    trace: bool = False
    command: str = ""
    logs: Path | None = None
    published: Path | None = None
    document: Document | None = None


class Document:
    """The facts of one answer, collected while the command works.

    Shape:   `is_wanted` says whether somebody asked for it; adding facts does no harm when nobody did.
             `is_begun`: stdout holds it, or a part of it.
    """

    def __init__(self, command: str, out: IO[str] | None) -> None:
        self._facts: dict[str, object] = {}
        self._command = command
        self._out = out
        self.is_begun = False

    @property
    def is_wanted(self) -> bool:
        """Whether `--json` was given."""
        return self._out is not None

    def add(self, **facts: object) -> None:
        """More facts; a name that was there before is replaced."""
        self._facts |= facts

    def end(self, exit_code: int) -> None:
        """Writes the document, once; also for a command that goes on working after its answer."""
        # Forgotten before it is written: whoever stops the command meanwhile must not get a second one.
        out, self._out = self._out, None
        if out is not None:
            self.is_begun = True
            write_document(out, self._command, exit_code, self._facts)


def json_option(command: Callable[..., Any]) -> Callable[..., None]:
    """The option `--json`; the command is handed a `document` for its facts.

    A command may return nothing, return its exit code, or leave through `sys.exit`.
    """

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; text goes to stderr.")
    @click.pass_context
    @functools.wraps(command)
    def answered(context: click.Context, /, *args: Any, as_json: bool, **options: Any) -> None:
        name = command_name(context)
        if asked := context.find_object(Asked):
            asked.command = name
        if not as_json:
            sys.exit(command(*args, document=Document(name, None), **options))
        document = Document(name, sys.stdout)
        if asked:
            asked.document = document
        # Whatever prints, prints for people.
        with redirect_stdout(sys.stderr):
            try:
                code = command(*args, document=document, **options)
            except SystemExit as stop:
                code = stop.code
        exit_code = code if isinstance(code, int) else 0
        document.end(exit_code)
        sys.exit(exit_code)

    return answered


def command_name(context: click.Context) -> str:
    """The command as it is typed after `recon`."""
    return " ".join(context.command_path.split()[1:])


def write_document(out: IO[str], command: str, exit_code: int, facts: Mapping[str, object]) -> None:
    """One document and a line end. In ASCII: a pipe may have any encoding."""
    out.write(json.dumps({"command": command, "exit_code": exit_code} | plain(facts), indent=1) + "\n")
    out.flush()


def plain(value: Any) -> Any:
    """A value for JSON: what has no form of its own there is text; a float can only be a ratio, and stays one."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        # Times without a zone are UTC everywhere in the project.
        moment = value if value.tzinfo is None else value.astimezone(UTC)
        return f"{moment.replace(tzinfo=None).isoformat()}Z"
    if isinstance(value, date | Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(one) for one in value)
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)
