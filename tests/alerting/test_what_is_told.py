"""Each break once, and again when it changed; runs that failed, and results that are too old."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.alerting.memory import Memory
from pipelines.alerting.telling import run_failed, run_worked, stale
from pipelines.errors import Forbidden, LandingDamaged, SettingsError, TransformFailed
from pipelines.warehouse import Folders
from tests.alerting.conftest import Post, day
from tests.alerting.receiver import Receiver


def test_breaks_of_that_severity_are_told_once(post: Post, inbox: Receiver) -> None:
    assert post.tell().breaks == 5
    [body] = inbox.bodies
    assert [one["break_id"] for one in body["recon"]["breaks"]] == ["b6", "b1", "b3", "b4", "b2"]
    assert {one["event"] for one in body["recon"]["breaks"]} == {"new"}
    assert post.tell().message is None
    post.next_generation(None)
    assert post.tell().message is None
    assert inbox.requests == 1


def test_a_lower_severity_is_told_when_that_is_wanted(post: Post, inbox: Receiver) -> None:
    post.tell()
    assert post.tell(alert_severity="low").breaks == 1
    assert inbox.bodies[1]["recon"]["breaks"][0]["break_id"] == "b7"


def test_a_break_that_got_worse_is_told_with_what_it_was(post: Post, inbox: Receiver) -> None:
    post.tell()
    post.next_generation("remeasured", amount="170.00")
    assert post.tell().breaks == 1
    [told] = inbox.bodies[1]["recon"]["breaks"]
    assert (told["event"], told["at_risk_amount"], told["told_at_risk_amount"]) == ("worse", "170", "150")
    assert "170.00 EUR, was 150.00 EUR" in inbox.texts()[1]
    assert post.tell().message is None


def test_a_break_that_got_better_is_not_told(post: Post) -> None:
    post.tell()
    post.next_generation("remeasured", amount="20.00")
    assert post.tell().message is None


def test_a_break_that_got_better_and_then_worse_is_told(post: Post, inbox: Receiver) -> None:
    post.tell()
    post.next_generation("remeasured", amount="20.00")
    post.tell()
    post.next_generation("remeasured", amount="80.00")
    assert post.tell().breaks == 1
    assert "80.00 EUR, was 20.00 EUR" in inbox.texts()[1]


def test_a_break_that_comes_back_is_told_as_reopened(post: Post, inbox: Receiver) -> None:
    post.tell()
    post.next_generation("resolved")
    assert post.tell().message is None
    post.next_generation("reopened")
    assert post.tell().breaks == 1
    assert inbox.bodies[1]["recon"]["breaks"][0]["event"] == "reopened"
    assert post.tell().message is None


def test_what_nobody_could_be_told_is_told_later_in_one_message(post: Post, inbox: Receiver) -> None:
    post.tell()
    inbox.answer(403)
    post.next_generation("remeasured", amount="170.00")
    for _ in range(2):
        with pytest.raises(Exception, match="did not reach"):
            post.tell(run_failed(TransformFailed("a check failed"), day(1)))
    post.next_generation("remeasured", break_id="b3", amount="60.00")
    inbox.answer(200)
    assert post.tell(run_worked(9, day(2))).breaks == 2
    told = inbox.bodies[1]["recon"]
    assert [one["event"] for one in told["runs"]] == ["run_failed", "run_works_again"]
    assert {one["break_id"] for one in told["breaks"]} == {"b1", "b3"}
    assert post.tell().message is None


def test_an_accepted_break_is_not_told(post: Post) -> None:
    import duckdb

    with duckdb.connect(str(post.folders.published)) as connection:
        connection.execute("update marts.fct_breaks set status = 'accepted'")
    assert post.tell().message is None


def test_a_dry_run_sends_and_remembers_nothing(post: Post, inbox: Receiver) -> None:
    told = post.tell(run_failed(TransformFailed("x"), day(0)), dry_run=True, alert_url=None)
    assert told.message is not None
    assert "a run failed; breaks: 5 new" in told.message.title
    assert not told.is_sent
    assert inbox.requests == 0
    assert not post.folders.alerts.exists()


def test_without_an_address_nothing_is_told(post: Post) -> None:
    with pytest.raises(SettingsError, match="RECON_ALERT_URL is not set"):
        post.tell(alert_url=None)


def test_a_failed_run_is_told_once_until_it_fails_otherwise(post: Post, inbox: Receiver) -> None:
    post.tell()
    for number, error in enumerate((Forbidden("x", status=403), Forbidden("y", status=403), TransformFailed("z"))):
        post.tell(run_failed(error, day(number)))
    assert [one["recon"]["runs"][0]["detail"] for one in inbox.bodies[1:]] == [
        "Forbidden: 403: this sign-in may not read this (status 403)",
        "TransformFailed: dbt failed, or a check of severity error found rows; nothing was published",
    ]


def test_a_run_that_works_again_is_told_after_trouble_only(post: Post, inbox: Receiver) -> None:
    post.tell(run_worked(7, day(0)))
    post.tell(run_failed(TransformFailed("z"), day(1)))
    post.tell(run_worked(8, day(2)))
    post.tell(run_worked(9, day(3)))
    assert [[one["event"] for one in body["recon"]["runs"]] for body in inbox.bodies] == [
        [],
        ["run_failed"],
        ["run_works_again"],
    ]
    # And a failure after it is a failure anew.
    assert post.tell(run_failed(TransformFailed("z"), day(4))).message is not None


def test_what_an_error_says_stays_in_the_log(post: Post, inbox: Receiver) -> None:
    """It may name a customer."""
    post.tell(run_failed(ValueError("Alpine Ski House"), day(0)))
    assert "ValueError" in inbox.texts()[0]
    assert "Alpine" not in inbox.texts()[0]


def test_a_stale_result_is_told_once_and_again_after_another_one(post: Post, inbox: Receiver) -> None:
    post.tell()
    assert post.tell(stale(post.folders, post.settings, day(1))).message is None
    for hour in (2, 3):
        post.tell(stale(post.folders, post.settings, day(hour)))
    assert len(inbox.bodies) == 2
    assert "nothing was published for 48 hours" in inbox.texts()[1]
    post.next_generation(None)
    post.tell(run_worked(8, day(1)))
    assert "runs work again" in inbox.texts()[2]
    post.tell(stale(post.folders, post.settings, day(9)))
    assert "nothing was published for 192 hours" in inbox.texts()[3]


def test_nothing_ever_published_is_stale(post: Post, inbox: Receiver, tmp_path: Path) -> None:
    post.folders = Folders(tmp_path / "empty")
    post.folders.make()
    for _ in range(2):
        post.tell(stale(post.folders, post.settings, day(0)))
    [text] = inbox.texts()
    assert "nothing has ever been published" in text


def test_the_memory_only_grows_and_a_damaged_file_stops_it(post: Post) -> None:
    post.tell()
    [first] = post.folders.alerts.iterdir()
    content = first.read_bytes()
    post.next_generation("remeasured", amount="170.00")
    post.tell()
    assert first.read_bytes() == content
    assert len(list(post.folders.alerts.iterdir())) == 2
    assert len(Memory.of(post.folders).told_breaks()) == 5
    first.write_bytes(b"no parquet")
    with pytest.raises(LandingDamaged, match="restore it from a copy"):
        post.tell()
