"""Progress of a run: a live line on a terminal, plain lines elsewhere, and a JSON-lines log in any case."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from pipelines.partner_center.walks import WalkOutcome
from pipelines.progress_text import Work, work_text

SECONDS_BETWEEN_LINES = 5.0
# Where lines are sparse, a wait from that on has one of its own, at once.
LONG_WAIT_SECONDS = 10.0
_REFRESHES_PER_SECOND = 5


class Progress:
    """Told what happens by the client and the loader, on any thread; draws and logs it. Never writes to stdout.

    Shape:   with `log` None nothing is logged; `console` decides whether there is a terminal. A quiet one
             draws nothing.
    Units:   `clock` in seconds that never run backwards.
    """

    def __init__(
        self,
        log: Path | None = None,
        console: Console | None = None,
        *,
        is_quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        console = console or Console(stderr=True, highlight=False)
        self._lock = threading.Lock()
        self._log: IO[str] | None = None
        if log is not None:
            self._log = log.open("a", encoding="utf-8")
            log.chmod(0o600)
        self._is_quiet, self._clock = is_quiet, clock
        self._work = Work(began_at=clock())
        self._last_line = clock()
        self._live: Live | None = None
        if console.is_terminal and not console.is_dumb_terminal and not is_quiet:
            spinner = Spinner("dots")
            self._live = Live(
                get_renderable=lambda: self._renderable(spinner),
                console=console,
                refresh_per_second=_REFRESHES_PER_SECOND,
                transient=True,
                redirect_stdout=False,
            )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
        self._write("end", error=f"{kind.__name__}: {error}" if kind else None)
        if self._log:
            self._log.close()

    # What the HTTP client tells.

    def request_sent(self, *, method: str, url: str, attempt: int, request_id: str) -> None:
        """A request leaves."""
        with self._lock:
            self._work.requests += 1
            self._work.phase_requests += 1
            self._work.waits.pop(threading.get_ident(), None)
        self._draw()

    def answer_received(self, **about: Any) -> None:
        """An answer is complete."""
        self._write("answer", **about)

    def attempt_failed(self, *, url: str, attempt: int, request_id: str, problem: str) -> None:
        """An attempt gave nothing usable; it may be sent again."""
        self._write("attempt_failed", url=url, attempt=attempt, request_id=request_id, problem=problem)

    def waiting(self, *, url: str, seconds: float, why: str) -> None:
        """The client waits, and why."""
        with self._lock:
            self._work.waits[threading.get_ident()] = (self._clock() + seconds, why)
        if seconds >= 1:
            self._write("waiting", url=url, seconds=round(seconds, 3), why=why)
        self._draw(now=seconds >= LONG_WAIT_SECONDS)

    # What the loader tells.

    def phase(self, name: str, partitions: int) -> None:
        """A new part of the job begins."""
        with self._lock:
            work, now = self._work, self._clock()
            work.phase, work.phase_began_at, work.parts, work.done = name, now, partitions, 0
            work.phase_requests = work.phase_rows = 0
            work.reading = ""
            work.waits.clear()
            # Not before: a command without phases writes its own lines.
            if self._live and not self._live.is_started:
                self._live.start()
        self._write("phase", name=name, partitions=partitions)
        self._draw(now=True)

    def page_read(self, partition_id: str, items: int) -> None:
        """A page is in the landing."""
        with self._lock:
            self._work.rows += items
            self._work.phase_rows += items
            self._work.reading = partition_id.split("/")[0]
        self._draw()

    def partition_done(self, outcome: WalkOutcome) -> None:
        """A partition was read, found unchanged, or could not be read."""
        with self._lock:
            self._work.done += 1
            self._work.failed += outcome.result == "failed"
            self._work.reading = outcome.partition_id.split("/")[0]
        self._write(
            "partition",
            partition_id=outcome.partition_id,
            result=outcome.result,
            items=outcome.item_count,
            reason=outcome.reason,
        )
        self._draw()

    def node_done(self, done: int, total: int) -> None:
        """A model is built or a check has held."""
        with self._lock:
            self._work.done, self._work.parts = done, total
        self._draw()

    def noted(self, event: str, **about: Any) -> None:
        """Something that only the log keeps."""
        self._write(event, **about)

    def _renderable(self, spinner: Spinner) -> Spinner:
        # Asked several times a second, so that a wait is seen to get shorter.
        text = Text(work_text(self._work, self._clock()), no_wrap=True, overflow="ellipsis")
        spinner.update(text=text)
        return spinner

    def _draw(self, *, now: bool = False) -> None:
        if self._is_quiet or (self._live and self._live.is_started):
            return
        with self._lock:
            moment = self._clock()
            if now or moment - self._last_line > SECONDS_BETWEEN_LINES:
                self._last_line = moment
                print(work_text(self._work, moment), file=sys.stderr, flush=True)

    def _write(self, event: str, **about: Any) -> None:
        if self._log is None:
            return
        entry = {"at": round(time.time(), 3), "event": event} | {
            name: value for name, value in about.items() if value is not None
        }
        with self._lock:
            self._log.write(json.dumps(entry, default=str) + "\n")
            self._log.flush()
