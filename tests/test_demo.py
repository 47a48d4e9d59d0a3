"""What the demo says of itself: which business it is, and whether what was planted was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.demo import SANDBOX_TENANT, claim_business, compared
from pipelines.errors import UsageError
from pipelines.warehouse import Folders
from tests.published_marts import publish_example


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "data")
    made.make()
    return made


def test_two_pretend_businesses_are_not_mixed(folders: Folders) -> None:
    """Read into one data directory they would be a third one, whose breaks nobody planted."""
    claim_business(folders, ["--seed 8"])
    claim_business(folders, ["--seed 8"])
    with pytest.raises(UsageError, match=r"holds the business of `recon demo --seed 8`; set RECON_DATA_DIR"):
        claim_business(folders, [])


def test_the_next_result_of_a_demo_is_made_by_the_same_demo(folders: Folders) -> None:
    assert folders.next_run == "recon run"
    claim_business(folders, ["--scale 0.1", "--seed 8"])
    assert folders.next_run == "recon demo --scale 0.1 --seed 8"


@pytest.mark.parametrize(("tenant", "next_run"), [(SANDBOX_TENANT, "recon demo"), ("a-real-one", "recon run")])
def test_a_directory_of_somebody_else_gets_no_note(folders: Folders, tenant: str, next_run: str) -> None:
    (folders.landing / "source.json").write_text(json.dumps({"api": "somewhere", "tenant_id": tenant}))
    claim_business(folders, [])
    assert folders.next_run == next_run


def test_planted_and_found_are_compared_code_by_code() -> None:
    assert compared({"a": 1, "b": 2}, {"b": 2, "a": 1}) == (
        ("planted by the sandbox: 3 breaks; found: 3: the same, code by code",),
        True,
    )
    lines, has_passed = compared({"a": 1, "b": 2}, {"a": 1, "c": 2})
    assert not has_passed
    assert lines == (
        "planted by the sandbox: 3 breaks; found: 3: NOT the same: this is a fault of the program",
        "  b: planted 2, found 0",
        "  c: planted 0, found 2",
    )


def test_what_an_analyst_changed_is_no_fault_of_the_program() -> None:
    lines, has_passed = compared({"a": 1}, {}, why_not="as a note has confirmed an order")
    assert has_passed
    assert lines[0].endswith("found: 0: not the same, as a note has confirmed an order")


def test_a_note_about_the_demo_is_shown_by_the_demo(tmp_path: Path) -> None:
    """Nobody who only tried the demo has a sign-in that `recon run` could use."""
    folders = Folders(publish_example(tmp_path / "data"))
    folders.make()
    file = tmp_path / "notes.csv"
    for options, shown_by in ((None, "`recon run` shows them"), ([], "`recon demo` shows them")):
        if options is not None:
            claim_business(folders, options)
        file.write_text(f"break_id,comment\nb1,{shown_by}\n")
        done = CliRunner().invoke(cli, ["annotate", str(file)], env={"RECON_DATA_DIR": str(folders.data)})
        assert shown_by in done.output, done.output
    again = CliRunner().invoke(cli, ["annotate", str(file)], env={"RECON_DATA_DIR": str(folders.data)})
    assert again.output == "0 noted, 1 known already, 0 without a note\n"
