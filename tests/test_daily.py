"""What a day says and ends with, whatever goes wrong after publishing; the runs in it are pretended."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from pipelines.errors import ReconError, TransformFailed
from pipelines.warehouse import Folders
from tests.alerting.receiver import SECRET, Receiver, receiver
from tests.published_marts import publish_example

# By name, since the package has the commands of these names in the place of the modules.
_DAILY = importlib.import_module("pipelines.commands.daily")
_REPORT = importlib.import_module("pipelines.commands.report")


class Day:
    """A small published result, and the command in this process."""

    def __init__(self, folders: Folders, inbox: Receiver, patch: pytest.MonkeyPatch) -> None:
        self.folders, self.inbox, self._patch = folders, inbox, patch
        loaded = SimpleNamespace(new=0, same=3, items_read=7, failed=())
        self.replace("load_and_publish", lambda *_, **__: (loaded, SimpleNamespace(generation=7, is_new=True)))
        self.replace("unread", lambda _: ([], 0))
        written = {"workbook": Path("reconciliation-g000007.xlsx")}
        patch.setattr(_REPORT, "write_reports", lambda *_: written)

    def replace(self, name: str, value: object) -> None:
        """Takes the place of a part of the command."""
        self._patch.setattr(_DAILY, name, value)

    def fail(self, error: Exception) -> None:
        """The run fails like that from now on."""

        def refuse(*_: object, **__: object) -> None:
            raise error

        self.replace("load_and_publish", refuse)

    def recon_daily(self, *arguments: str) -> Result:
        """Runs `recon daily`."""
        environment = {
            "RECON_DATA_DIR": str(self.folders.data),
            "RECON_AS_OF": "2026-09-15T08:00:00Z",
            "RECON_ALERT_URL": self.inbox.url,
        }
        return CliRunner().invoke(_DAILY.daily, list(arguments), env=environment)


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    folders = Folders(publish_example(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    with receiver() as inbox:
        yield Day(folders, inbox, monkeypatch)


def test_one_line_when_all_is_well(day: Day) -> None:
    done = day.recon_daily()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "recon daily: published generation 7; read 0 new, 3 unchanged partitions, 7 items; 6 open breaks; "
        "report reconciliation-g000007.xlsx; told: Billing reconciliation: breaks: 5 new\n"
    )


def test_what_was_not_read_is_named_and_ends_with_6(day: Day) -> None:
    day.replace("unread", lambda _: (["not read (stale): orders/c1: 403"], 6))
    done = day.recon_daily()
    assert done.exit_code == 6
    assert done.stderr == "recon daily: not read (stale): orders/c1: 403\n"


def test_a_price_list_that_may_not_be_seen_is_no_news(day: Day) -> None:
    day.replace("unread", lambda _: (["not read (missing): price_sheets/DE: 403"], 0))
    done = day.recon_daily()
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_report_that_fails_keeps_nobody_from_being_told(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise KeyError("a sheet")

    monkeypatch.setattr(_REPORT, "write_reports", refuse)
    day.replace("unread", lambda _: (["not read (stale): orders/c1: 403"], 6))
    done = day.recon_daily()
    # What nobody was told of wins over what every check shows.
    assert done.exit_code == 7
    assert "recon daily: report: 'a sheet'" in done.stderr
    assert "orders/c1" in done.stderr
    assert len(day.inbox.bodies) == 1


def test_a_deaf_receiver_ends_with_7_and_is_told_the_next_day(day: Day) -> None:
    day.inbox.answer(403)
    done = day.recon_daily("--json")
    assert done.exit_code == 7
    facts = json.loads(done.stdout)
    assert (facts["exit_code"], facts["generation"], facts["alert"]) == (7, 7, None)
    assert "did not reach 127.0.0.1: it answered 403" in facts["problems"][0]
    assert SECRET not in done.output
    day.inbox.answer(200)
    assert day.recon_daily().exit_code == 0
    assert len(day.inbox.bodies) == 1


def test_a_failed_run_is_told_before_it_ends(day: Day) -> None:
    day.fail(TransformFailed("a check found rows of Kyoto Tea"))
    done = day.recon_daily()
    assert isinstance(done.exception, TransformFailed)
    assert done.stdout == ""
    [body] = day.inbox.bodies
    assert [one["event"] for one in body["recon"]["runs"]] == ["run_failed"]
    assert "Kyoto" not in body["text"]


def test_a_failed_run_says_so_when_nobody_could_be_told(day: Day) -> None:
    day.inbox.answer(403)
    day.fail(ReconError("no API"))
    done = day.recon_daily()
    assert isinstance(done.exception, ReconError)
    assert str(done.exception) == "no API"
    assert "recon daily: alert: the alert did not reach" in done.stderr


def test_a_dry_run_names_what_would_go_and_be_told(day: Day) -> None:
    day.fail(AssertionError("nothing is to be loaded"))
    done = day.recon_daily("--dry-run")
    assert done.exit_code == 0, done.output
    assert "0 files would be removed; one message would be told" in done.stdout
    assert day.inbox.requests == 0
