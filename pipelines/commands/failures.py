"""A failure as the person at the keyboard gets it: what, where, what to do next, and an exit code."""

from __future__ import annotations

import errno
import re
import sys
import tempfile
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.commands.output import command_name
from pipelines.errors import AlertNotDelivered, LockHeld, ReconError, SettingsError, UsageError

FAILED, WRONG_USAGE, LOCKED, NOT_FINISHED = 3, 4, 5, 7


@dataclass(frozen=True)
class Failure:
    """One failure, and the command that it was of.

    Shape:   `next_step` is a sentence of its own; blank where the message has said it.
    """

    command: str
    exit_code: int
    kind: str
    message: str
    next_step: str


def failure_of(error: Exception, command: str, logs: Path | None, published: Path | None = None) -> Failure:
    """What to say of an exception; one that nobody expected is written into a file of its own.

    Shape:   `published` is the file that may have been read, if that is known.
    """
    kind = type(error).__name__
    if isinstance(error, click.ClickException):
        return _of_click(error, command)
    if isinstance(error, ReconError):
        code = FAILED
        if isinstance(error, SettingsError | UsageError):
            code = WRONG_USAGE
        elif isinstance(error, LockHeld):
            code = LOCKED
        elif isinstance(error, AlertNotDelivered):
            code = NOT_FINISHED
        return Failure(
            command, code, kind, str(error), error.next_step.format(command=f" {command}" if command else "")
        )
    if isinstance(error, OSError):
        return Failure(command, FAILED, kind, *_of_system(error))
    if type(error).__module__.split(".")[0] in ("duckdb", "_duckdb"):
        return Failure(command, FAILED, kind, *_of_database(error))
    return _unexpected(error, command, logs, published)


def _of_click(error: click.ClickException, command: str) -> Failure:
    context = getattr(error, "ctx", None)
    command = command_name(context) if context else command
    text = error.format_message().rstrip(".")
    step = _next_step(UsageError.next_step, command)
    return Failure(command, WRONG_USAGE, UsageError.__name__, text[:1].lower() + text[1:], step)


def _next_step(step: str, command: str) -> str:
    return step.format(command=f" {command}" if command else "")


def _of_system(error: OSError) -> tuple[str, str]:
    where = f": {error.filename}" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"the disk is full{where}",
            "free some space, or set RECON_DATA_DIR to a larger disk (`recon doctor` says how much there is); what "
            "was read is kept, and what was published stays",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"no right to read or write{where}",
            "run as the user who owns the data directory, or set RECON_DATA_DIR to a folder that you may write to",
        )
    return str(error), "`recon doctor` looks at settings, folders and disk"


# By what DuckDB says, the first that fits: its own classes are few, and a lock and a newer file are both an
# IOException.
_DATABASE = (
    (
        'Could not set lock on file "[^"]*published.(generations|as-of)',
        "a program has the published file open for writing: close it there, and connect read-only (in DBeaver "
        "`duckdb.read_only`, in ODBC `access_mode=read_only`)",
    ),
    (
        "Could not set lock",
        "another program has the working database open: close it, and open published/warehouse.duckdb instead, "
        "which no run waits for",
    ),
    (
        "version number",
        "the file was written by another version of DuckDB: run `make setup`, then `recon load --rebuild` and "
        "`recon run`; landing and history are kept",
    ),
    ("No space left", "free some space, or set RECON_DATA_DIR to a larger disk; what was published stays"),
    ("Out of Memory", "close other programs, or run on a machine with more memory; what was published stays"),
    (
        "does not exist",
        "the published database was made by another version of this program: `recon run` publishes it anew",
    ),
    ("not found in FROM", "the published database was made by another version of this program: run `recon run`"),
)
_REBUILD = "if it happens again: `recon load --rebuild` makes the working database anew from the landing"


def _of_database(error: Exception) -> tuple[str, str]:
    text = " ".join(str(error).split())
    step = next((step for sign, step in _DATABASE if re.search(sign, text, re.IGNORECASE)), _REBUILD)
    return f"the database says: {text}", step


def _is_of_other_models(published: Path | None) -> bool:
    """Whether the published file was built by other models than those of this program; no where nobody can tell."""
    import duckdb

    from pipelines.parsed_project import project_hash

    if published is None or not published.exists():
        return False
    try:
        with duckdb.connect(str(published.resolve()), read_only=True) as connection:
            [(digest,)] = connection.execute("select input_digest from recon_meta.build_info").fetchall()
    except (duckdb.Error, ValueError):
        return False
    return project_hash() not in str(digest)


def _unexpected(error: Exception, command: str, logs: Path | None, published: Path | None) -> Failure:
    """A fault of this program: the terminal gets a line, a file gets the trace."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    trace = "".join(traceback.format_exception(error))
    try:
        folder = logs if logs is not None and logs.is_dir() else Path(tempfile.mkdtemp(prefix="recon-"))
        file = folder / f"{stamp}-failure.log"
        file.write_text(trace, encoding="utf-8")
        file.chmod(0o600)
        where = f"the trace is in {file}"
    except OSError:
        where = "the trace could not be written"
    text = " ".join(str(error).split())[:300]
    if _is_of_other_models(published):
        return Failure(
            command,
            FAILED,
            type(error).__name__,
            f"the published result was made by another version of this program ({type(error).__name__}: {text})",
            f"`recon run` publishes it anew; {where}",
        )
    return Failure(
        command,
        FAILED,
        type(error).__name__,
        f"this should not have happened: {type(error).__name__}: {text}",
        f"{where} (RECON_TRACE=1 shows it here); nothing was published, so the same command may be tried again",
    )


def show_trace(error: BaseException) -> None:
    """The trace on the terminal, for whoever asked for it."""
    sys.stderr.write("".join(traceback.format_exception(error)))


_GOES_ON = {
    "load": "what was read so far is kept; `recon load` goes on from there",
    "run": "what was read so far is kept; `recon run` goes on from there",
    "demo": "what was read so far is kept; `recon demo` goes on from there",
    "daily": "what was read so far is kept; `recon daily` goes on from there",
    "statements": "the documents that came whole are kept; `recon statements` fetches the others",
    "transform": "`recon transform` builds all models anew",
}


def stop_text(command: str, published: Path | None) -> tuple[str, str]:
    """What somebody who stopped a command wants to know: what is kept, and how to go on."""
    if command not in _GOES_ON:
        return "stopped", ""
    # The name is replaced whole, so what it points to is complete at any moment.
    file = published.resolve() if published is not None and published.exists() else None
    what = (
        f"published is {file.stem.replace('warehouse-', 'generation ')}, whole"
        if file
        else "nothing is published yet"
    )
    return f"stopped; {what}", _GOES_ON[command]
