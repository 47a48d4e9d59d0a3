"""Ctrl-C and SIGTERM end a run at once in every phase: no trace, the lock is free, the next run goes on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.sandbox import DEFAULT_CLOCK, Faults, World
from pipelines.warehouse import Folders, exclusive_run
from tests.end_to_end.desk import Desk, copy_of, open_desk
from tests.signals import heard

# Far above what stopping takes, far below the wait that it has to end.
PROMPTLY_SECONDS = 30.0
LONG_WAIT_SECONDS = 200
PATIENTLY_SECONDS = 120.0


@contextmanager
def running(desk: Desk, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`recon` at work, as a process group of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", *arguments],
        env=desk.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENTLY_SECONDS
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stop(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str]:
    """Sends the signal; exit code and what was said."""
    process.send_signal(how)
    _, said = process.communicate(timeout=PROMPTLY_SECONDS)
    assert "Traceback" not in said
    assert "Exception" not in said
    return process.returncode, said


def lock_is_free(desk: Desk) -> bool:
    with exclusive_run(Folders(desk.data), "test"):
        return True


def log_says(desk: Desk, text: str) -> Callable[[], bool]:
    def holds() -> bool:
        return any(text in log.read_text() for log in (desk.data / "logs").glob("*.jsonl"))

    return holds


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_in_the_middle_of_a_wait_that_the_api_asked_for(
    world: World, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    throttled = Faults(throttle_every=1, burst=99, retry_after_seconds=LONG_WAIT_SECONDS)
    with open_desk(world, tmp_path / "data", faults=throttled) as desk, running(desk, "load") as process:
        until(log_says(desk, '"waiting"'), process)
        returned, said = stop(process, how)
        assert returned == code
        assert "recon: stopped; nothing is published yet" in said
        assert "next: what was read so far is kept; `recon load` goes on from there" in said
        assert lock_is_free(desk)


def test_while_threads_are_reading_and_the_next_load_goes_on(world: World, tmp_path: Path) -> None:
    slow = Faults(slow_every=1, slow_seconds=0.3)
    with open_desk(world, tmp_path / "data", faults=slow) as desk:
        with running(desk, "load") as process:
            until(lambda: desk.calls("orders") > 3, process)
            assert stop(process, signal.SIGINT)[0] == 130
        assert lock_is_free(desk)
        desk.switch(Faults())
        before = desk.calls("customers")
        landed = set((desk.data / "landing").rglob("manifest.json"))
        assert landed
        done = desk.recon("load", "orders")
        assert done.returncode == 0, done.stderr
        assert landed <= set((desk.data / "landing").rglob("manifest.json"))
        assert desk.calls("customers") > before


def test_while_dbt_builds_and_the_published_result_stays(finished: Desk, world: World, tmp_path: Path) -> None:
    with open_desk(world, copy_of(finished, tmp_path)) as desk:
        later = desk.at(DEFAULT_CLOCK + timedelta(days=1))
        before = os.readlink(desk.data / "published" / "warehouse.duckdb")
        with running(later, "transform") as process:
            assert process.stderr is not None
            assert any(re.search(r" [1-9]\d* of \d+ ", line) for line in process.stderr)
            returned, said = stop(process, signal.SIGINT)
        assert returned == 130
        assert "resource_tracker" not in said
        assert "recon: stopped; published is generation 000001, whole" in said
        assert os.readlink(desk.data / "published" / "warehouse.duckdb") == before
        assert lock_is_free(desk)
        again = later.recon("check")
        assert again.returncode in (0, 1), again.stderr
