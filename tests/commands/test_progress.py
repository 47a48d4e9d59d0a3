"""A run says what it reads, how far it is, how fast, and what it waits for; on a terminal in one line that lives."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.partner_center.walks import WalkOutcome
from pipelines.progress import SECONDS_BETWEEN_LINES, Progress
from pipelines.progress_text import Work, duration_text, reason_text, work_text


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def request(progress: Progress) -> None:
    progress.request_sent(method="GET", url="", attempt=1, request_id="r")


def outcome(result: str = "new") -> WalkOutcome:
    return WalkOutcome("orders/c-1", result)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    return Progress(console=Console(file=io.StringIO(), force_terminal=False), clock=clock)


def test_it_says_what_is_read_how_far_how_fast_and_how_long_still(
    progress: Progress, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    progress.phase("orders and entitlements", 20)
    clock.now += SECONDS_BETWEEN_LINES + 5
    for _ in range(10):
        request(progress)
        progress.page_read("orders/c-1", 700)
        progress.partition_done(outcome())
    clock.now += SECONDS_BETWEEN_LINES + 5
    progress.partition_done(outcome("failed"))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[0] == "orders and entitlements 0 of 20 · 0 s"
    assert told.err.splitlines()[-1] == (
        "orders and entitlements 11 of 20 · orders · 10 requests (30/min) · 7,000 rows (350/s) · 1 not read · 20 s · "
        "about 16 s left of this"
    )


def test_lines_are_sparse_where_there_is_no_terminal(
    progress: Progress, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    progress.phase("invoice lines", 1000)
    for _ in range(1000):
        clock.now += 0.01
        progress.partition_done(outcome())
    assert 2 <= len(capsys.readouterr().err.splitlines()) <= 1 + 10 / SECONDS_BETWEEN_LINES


def test_a_long_wait_is_said_at_once_with_its_reason_and_forgotten_after_it(
    progress: Progress, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    progress.phase("invoice lines", 2)
    progress.waiting(url="", seconds=90, why="429: Too many requests, Retry-After 90 s")
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith("waiting 1 min 30 s: throttled by the API (429: Too many requests, Retry-After 90 s)")
    clock.now += 90
    request(progress)
    assert "waiting" not in capsys.readouterr().err


def test_the_longest_wait_of_all_threads_is_shown_and_gets_shorter(progress: Progress, clock: Clock) -> None:
    progress.phase("invoice lines", 2)
    other = threading.Thread(target=lambda: progress.waiting(url="", seconds=60, why="requests per minute"))
    other.start()
    other.join()
    progress.waiting(url="", seconds=5, why="503: busy")
    work = progress._work
    clock.now += 3
    assert work_text(work, clock.now).endswith("waiting 57 s: our own limit, REQUESTS_PER_MINUTE")


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("429 of another request", "throttled by the API (429 of another request)"),
        ("503: busy", "before asking again, after 503: busy"),
        ("export is being made", "export is being made"),
        ("sign-in: 500: x", "sign-in: 500: x"),
    ],
)
def test_whose_limit_it_is(why: str, text: str) -> None:
    assert reason_text(why) == text


def test_a_part_that_asks_nothing_speaks_of_no_requests() -> None:
    work = Work(began_at=0, phase="building", phase_began_at=10, parts=402, done=201, requests=5000, rows=1)
    assert work_text(work, 40) == "building 201 of 402 · 40 s · about 30 s left of this"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min"), (130, "2 min 10 s"), (3600, "1 h"), (3900, "1 h 5 min")]
)
def test_times_are_for_reading(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_on_a_terminal_one_line_lives_and_nothing_of_it_stays(clock: Clock) -> None:
    screen = io.StringIO()
    with Progress(console=Console(file=screen, force_terminal=True, width=60), clock=clock) as progress:
        progress.phase("invoice lines", 12)
        assert progress._live is not None
        progress._live.refresh()
        assert "invoice lines 0 of 12" in screen.getvalue()
    # The line was erased.
    assert screen.getvalue().rstrip().endswith("\x1b[2K")


def test_a_terminal_that_can_do_nothing_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    Progress(console=Console(file=io.StringIO(), force_terminal=True)).phase("invoice lines", 12)
    assert capsys.readouterr().err == "invoice lines 0 of 12 · 0 s\n"


def test_a_quiet_one_draws_nothing_and_logs_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    with Progress(log, is_quiet=True) as progress:
        progress.phase("invoice lines", 1)
        progress.waiting(url="u", seconds=20, why="429")
        progress.partition_done(outcome())
    assert capsys.readouterr() == ("", "")
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events == ["phase", "waiting", "partition", "end"]
