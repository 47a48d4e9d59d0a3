"""The files of `recon report`: their names, who may read them, and that a failure leaves the old ones."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.commands.report import write_reports
from pipelines.errors import UsageError
from pipelines.warehouse import Folders
from tests.published_marts import publish_example
from tests.reports.workbook_reading import text_of

THEN = datetime(2026, 9, 12, 6, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders(publish_example(tmp_path / "data"))
    found.make()
    return found


def test_the_names_say_of_which_result_and_month(folders: Folders, tmp_path: Path) -> None:
    out = tmp_path / "out"
    files = write_reports(folders, out)
    assert {one.name for one in files.values()} == {"reconciliation-g000007.xlsx", "reconciliation-g000007.html"}
    assert write_reports(folders, out, period="2026-09")["page"].name == "reconciliation-g000007-2026-09.html"
    assert {path.stat().st_mode & 0o077 for path in out.iterdir()} == {0}


def test_an_enquiry_has_its_moment_in_the_name_and_says_that_it_is_one(folders: Folders, tmp_path: Path) -> None:
    folders.enquiries.mkdir()
    shutil.copyfile(folders.published, folders.enquiry(THEN))
    files = write_reports(folders, tmp_path / "out", as_of=THEN)
    assert files["workbook"].name == "reconciliation-as-of-2026-09-12T060000Z.xlsx"
    assert "an enquiry: what was known then" in text_of(files["workbook"], "About")


def test_a_failure_leaves_the_old_files_and_nothing_else(folders: Folders, tmp_path: Path) -> None:
    out = tmp_path / "out"
    files = write_reports(folders, out)
    before = {path: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(UsageError, match="nothing for 2001-01"):
        write_reports(folders, out, period="2001-01")
    assert {path: path.read_bytes() for path in out.iterdir()} == before
    assert set(files.values()) == set(before)


def test_a_file_is_not_taken_for_the_folder_of_both(folders: Folders, tmp_path: Path) -> None:
    """`--out month.xlsx` would make a folder of that name, and a workbook that nobody finds in it."""
    done = CliRunner().invoke(
        cli, ["report", "--out", str(tmp_path / "month.xlsx")], env={"RECON_DATA_DIR": str(folders.data)}
    )
    assert isinstance(done.exception, UsageError)
    assert f"write --out {tmp_path}" in str(done.exception)
    assert not (tmp_path / "month.xlsx").exists()
