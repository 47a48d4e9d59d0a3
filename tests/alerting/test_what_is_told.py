"""Each break once, and again when it changed; runs that failed, and results that are too old."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
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


def test_a_rise_within_the_tolerance_is_no_news_until_rises_add_up_to_more(post: Post, inbox: Receiver) -> None:
    """What the rules take as equal is not worth a message; what creeps up by cents is, once."""
    post.tell()
    post.next_generation("remeasured", amount="150.01")
    assert post.tell().message is None
    post.next_generation("remeasured", amount="150.02")
    assert post.tell().breaks == 1
    assert "150.02 EUR, was 150.00 EUR" in inbox.texts()[1]


def test_a_higher_severity_is_worse_whatever_the_amount(post: Post, inbox: Receiver) -> None:
    post.tell()
    post.next_generation("remeasured", amount="150.01")
    with duckdb.connect(str(post.folders.published)) as connection:
        connection.execute("update marts.fct_breaks set severity = 'critical' where break_id = 'b1'")
    assert post.tell().breaks == 1
    [told] = inbox.bodies[1]["recon"]["breaks"]
    assert (told["event"], told["severity"], told["told_severity"]) == ("worse", "critical", "high")
    assert "150.01 EUR, was 150.00 EUR and high" in inbox.texts()[1]
    assert post.tell().message is None


def test_what_a_former_version_told_is_still_told(post: Post, inbox: Receiver) -> None:
    """Its files know no severity."""
    post.tell()
    [file] = post.folders.alerts.iterdir()
    pq.write_table(pq.read_table(file).drop_columns(["severity"]), file)
    assert post.tell().message is None
    post.next_generation("remeasured", amount="170.00")
    assert post.tell().breaks == 1


def test_what_could_not_be_read_is_told_once_for_each_change(post: Post, inbox: Receiver) -> None:
    post.tell()
    post.unread("orders/c1", "orders/c2")
    assert post.tell().message is not None
    post.next_generation(None)
    assert post.tell().message is None
    post.unread("orders/c2")
    assert post.tell().message is not None
    post.unread()
    assert post.tell().message is not None
    assert post.tell().message is None
    [first, second, third] = [body["recon"]["runs"] for body in inbox.bodies[1:]]
    assert [(one["event"], one["detail"]) for one in (*first, *second, *third)] == [
        ("not_read", "could not be read: orders/c1 (stale), orders/c2 (stale)"),
        ("not_read", "could not be read: orders/c2 (stale)"),
        ("read_again", ""),
    ]
    assert "not everything could be read" in inbox.texts()[1].splitlines()[0]
    assert "runs end with 6" in inbox.texts()[1]


def test_a_price_list_that_may_not_be_read_is_not_told(post: Post) -> None:
    post.tell()
    post.unread("price_sheets/DE/software/202609")
    assert post.tell().message is None


def test_what_is_refused_every_day_is_told_once(post: Post, inbox: Receiver) -> None:
    post.unread("audit_records/2026-09-14")
    post.tell()
    post.unread("audit_records/2026-09-14", "audit_records/2026-09-15")
    assert post.tell().message is None
    assert "could not be read: audit_records (stale);" in inbox.texts()[0]


def test_many_that_could_not_be_read_are_counted(post: Post, inbox: Receiver) -> None:
    post.unread(*(f"orders/c{number}" for number in range(500)))
    post.tell()
    assert "orders/c101 (stale) and 495 more; nothing of it" in inbox.texts()[0]


def test_trouble_in_reading_hides_no_trouble_of_runs(post: Post, inbox: Receiver) -> None:
    """A run that fails alike is told once, and one that works again is told, whatever was read meanwhile."""
    post.tell(run_failed(TransformFailed("z"), day(1)))
    post.unread("orders/c1")
    post.tell(run_failed(TransformFailed("z"), day(2)))
    post.tell(run_worked(9, day(3)))
    runs = [[one["event"] for one in body["recon"]["runs"]] for body in inbox.bodies]
    assert runs == [["run_failed"], ["not_read"], ["run_works_again"]]


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


def test_a_failed_run_is_told_also_when_the_published_file_cannot_be_opened(post: Post, inbox: Receiver) -> None:
    """That may be why it failed: a tool that opened it for writing stops runs, and must not stop the message."""
    post.tell()
    content = post.folders.published.read_bytes()
    post.folders.published.write_bytes(b"locked" * 1000)
    post.tell(run_failed(TransformFailed("x"), day(1)), stale(post.folders, post.settings, day(1)))
    assert [one["event"] for one in inbox.bodies[1]["recon"]["runs"]] == ["run_failed"]
    with pytest.raises(duckdb.Error):
        post.tell()
    post.folders.published.write_bytes(content)
    post.next_generation("remeasured", amount="170.00")
    assert post.tell().breaks == 1


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


def test_a_failure_points_to_its_log_and_to_no_message(post: Post, inbox: Receiver) -> None:
    """Who reads the channel sees no other message than this one."""
    post.tell(run_failed(SettingsError("x"), day(0)))
    line = inbox.texts()[0].splitlines()[1]
    assert "SettingsError: a setting is missing, wrong or unsafe; the published result stays. Details are in" in line


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
