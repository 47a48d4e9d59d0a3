"""A failure says what happened, where, and what to do next; nobody sees a trace who did not ask for one."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines import errors
from pipelines.commands.failures import failure_of, stop_text
from pipelines.errors import LockHeld, ReconError, SettingsError, UsageError, did_you_mean
from pipelines.parsed_project import project_hash
from pipelines.warehouse import Folders
from tests.published_marts import publish_example

ROOT = Path(__file__).resolve().parents[2]


def kinds(above: type[ReconError]) -> Iterator[type[ReconError]]:
    """Every kind of failure that is raised: those without kinds of their own."""
    below = above.__subclasses__()
    for one in below:
        yield from kinds(one)
    if not below and above.__module__ == errors.__name__:
        yield above


@pytest.mark.parametrize("kind", kinds(ReconError))
def test_every_kind_of_failure_names_a_next_step(kind: type[ReconError]) -> None:
    # Nobody but the reader of pages ever sees this one.
    if kind is not errors.TokenRefused:
        assert failure_of(kind("what and where"), "load", None).next_step


@pytest.mark.parametrize(
    ("error", "code"), [(SettingsError("x"), 4), (UsageError("x"), 4), (LockHeld("x"), 5), (ReconError("x"), 3)]
)
def test_the_exit_code_is_that_of_its_kind(error: Exception, code: int) -> None:
    assert failure_of(error, "load", None).exit_code == code


def test_wrong_usage_names_the_help_of_the_command() -> None:
    assert failure_of(UsageError("x"), "catalog skus", None).next_step.startswith("`recon catalog skus --help`")
    assert failure_of(UsageError("x"), "", None).next_step.startswith("`recon --help`")


@pytest.mark.parametrize(
    ("error", "says", "step"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "data/landing/x"),
            "the disk is full: data/landing/x",
            "free",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "data"), "no right to read or write: data", "owns"),
        (FileNotFoundError(errno.ENOENT, "No such file", "notes.csv"), "notes.csv", "recon doctor"),
        (duckdb.IOException('Could not set lock on file "x": held by DBeaver'), "the database says", "close it"),
        (
            duckdb.IOException('Could not set lock on file "/data/published/generations/warehouse-000002.duckdb"'),
            "the database says",
            "has the published file open for writing: close it there, and connect read-only",
        ),
        (duckdb.IOException("file was written with version number 99"), "the database says", "--rebuild"),
        (duckdb.CatalogException("Table with name fct_new does not exist!"), "fct_new", "`recon run` publishes"),
        (duckdb.InternalException("assertion"), "the database says", "`recon load --rebuild`"),
    ],
)
def test_what_the_machine_refuses_is_said_with_what_to_do(error: Exception, says: str, step: str) -> None:
    failure = failure_of(error, "run", None)
    assert failure.exit_code == 3
    assert says in failure.message
    assert step in failure.next_step


def test_what_nobody_expected_leaves_its_trace_in_a_file_and_one_line_on_the_terminal(tmp_path: Path) -> None:
    try:
        raise KeyError("no-such-key")
    except KeyError as error:
        failure = failure_of(error, "run", tmp_path)
    assert failure.exit_code == 3
    assert "KeyError: 'no-such-key'" in failure.message
    (log,) = tmp_path.iterdir()
    assert str(log) in failure.next_step
    assert "RECON_TRACE=1" in failure.next_step
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_who_stopped_a_run_is_told_what_is_kept(tmp_path: Path) -> None:
    published = tmp_path / "warehouse.duckdb"
    assert stop_text("run", published)[0] == "stopped; nothing is published yet"
    (tmp_path / "warehouse-000012.duckdb").touch()
    published.symlink_to("warehouse-000012.duckdb")
    assert stop_text("run", published) == (
        "stopped; published is generation 000012, whole",
        "what was read so far is kept; `recon run` goes on from there",
    )
    assert stop_text("check", published) == ("stopped", "")


def test_a_word_that_is_nearly_right_is_recognised() -> None:
    assert did_you_mean("custmers", ["orders", "customers"]) == "; did you mean `customers`?"
    assert did_you_mean("xyz", ["orders", "customers"]) == ""


def recon(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("RECON_")}
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments],
        env=outside | {"RECON_DATA_DIR": os.fspath(data)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["lod"], 4, ["no such command 'lod'", "'load'", "next: `recon --help`"]),
        (["load", "custmers"], 4, ["no resource `custmers`", "did you mean `customers`?"]),
        (["check", "--fail-on", "hgh"], 4, ["'--fail-on'", "next: `recon check --help`"]),
        (["explain"], 4, ["missing argument", "next: `recon explain --help`"]),
        (["check"], 3, ["nothing is published", "recon demo"]),
        (["run"], 4, ["not set: SOURCES__PARTNER_CENTER__TENANT_ID", "recon demo"]),
        (["--profile", "nobody", "check"], 4, ["no profile `nobody`", "[profiles.nobody.sources.partner_center]"]),
    ],
)
def test_the_program_says_it_on_stderr_and_with_json_on_stdout(
    tmp_path: Path, arguments: list[str], code: int, says: list[str]
) -> None:
    done = recon(tmp_path / "data", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert all(one in done.stderr for one in says), done.stderr
    assert done.stderr.startswith("recon: ")
    again = recon(tmp_path / "data", *arguments, "--json")
    assert again.returncode == code
    found = json.loads(again.stdout)
    assert (found["exit_code"], set(found["error"])) == (code, {"kind", "message", "next_step"})
    assert found["error"]["message"] in done.stderr


def test_a_trace_is_shown_to_whoever_asks(tmp_path: Path) -> None:
    data = publish_example(tmp_path / "data")
    (data / "landing").mkdir()
    asked = ["explain", "no-such-thing"]
    assert "Traceback" not in recon(data, *asked).stderr
    assert "Traceback" in recon(data, *asked, RECON_TRACE="1").stderr
    assert "Traceback" in recon(data, "--trace", *asked).stderr


@pytest.mark.parametrize(("digest", "is_ours"), [(f"a-{project_hash()}-0.01", True), ("a-b-0.01", False)])
def test_a_result_of_another_version_is_not_called_a_fault_of_this_one(
    tmp_path: Path, digest: str, is_ours: bool
) -> None:
    """After an update the first look is at what the former version published, and a new column is not there yet."""
    published = Folders(publish_example(tmp_path / "data")).published
    with duckdb.connect(str(published)) as connection:
        connection.execute("alter table recon_meta.build_info add column input_digest text")
        connection.execute("update recon_meta.build_info set input_digest = ?", [digest])
    failure = failure_of(KeyError("a_new_column"), "explain", tmp_path, published)
    assert ("this should not have happened" in failure.message) is is_ours
    assert ("`recon run` publishes it anew" in failure.next_step) is not is_ours
    assert list(tmp_path.glob("*-failure.log"))
