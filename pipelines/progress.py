"""Progress of a run: a live line on a terminal, plain lines elsewhere, and a JSON-lines log in any case."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from rich.console import Console

from pipelines.partner_center.walks import WalkOutcome

SECONDS_BETWEEN_LINES = 3.0


class Progress:
    """Told what happens by the client and the loader, on any thread; draws and logs it.

    Shape:   with `log` None nothing is logged; `console` decides whether there is a terminal. A quiet one
             draws nothing.
    """

    def __init__(self, log: Path | None = None, console: Console | None = None, *, is_quiet: bool = False) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._lock = threading.Lock()
        self._log: IO[str] | None = None
        if log is not None:
            self._log = log.open("a", encoding="utf-8")
            log.chmod(0o600)
        self._is_quiet = is_quiet
        self._status = self._console.status("") if self._console.is_terminal and not is_quiet else None
        self._started = self._last_line = time.monotonic()
        self._phase, self._partitions, self._done = "", 0, 0
        self._requests = self._rows = self._failed = 0
        self._waiting = ""

    def __enter__(self) -> Progress:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()
        self._write("end", error=f"{kind.__name__}: {error}" if kind else None)
        if self._log:
            self._log.close()

    # What the HTTP client tells.

    def request_sent(self, *, method: str, url: str, attempt: int, request_id: str) -> None:
        """A request leaves."""
        with self._lock:
            self._requests += 1
            self._waiting = ""

    def answer_received(self, **about: Any) -> None:
        """An answer is complete."""
        self._write("answer", **about)

    def attempt_failed(self, *, url: str, attempt: int, request_id: str, problem: str) -> None:
        """An attempt gave nothing usable; it may be sent again."""
        self._write("attempt_failed", url=url, attempt=attempt, request_id=request_id, problem=problem)

    def waiting(self, *, url: str, seconds: float, why: str) -> None:
        """The client waits, and why."""
        with self._lock:
            self._waiting = f", waiting {seconds:.0f} s: {why}" if seconds >= 1 else ""
        if seconds >= 1:
            self._write("waiting", url=url, seconds=round(seconds, 3), why=why)
        self._draw()

    # What the loader tells.

    def phase(self, name: str, partitions: int) -> None:
        """A new part of the job begins."""
        with self._lock:
            self._phase, self._partitions, self._done = name, partitions, 0
        self._write("phase", name=name, partitions=partitions)
        self._draw(now=True)

    def page_read(self, partition_id: str, items: int) -> None:
        """A page is in the landing."""
        with self._lock:
            self._rows += items
        self._draw()

    def partition_done(self, outcome: WalkOutcome) -> None:
        """A partition was read, found unchanged, or could not be read."""
        with self._lock:
            self._done += 1
            self._failed += outcome.result == "failed"
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
            self._done, self._partitions = done, total
        self._draw()

    def noted(self, event: str, **about: Any) -> None:
        """Something that only the log keeps."""
        self._write(event, **about)

    def _draw(self, *, now: bool = False) -> None:
        if self._is_quiet:
            return
        with self._lock:
            elapsed = time.monotonic() - self._started
            parts = f" {self._done}/{self._partitions}" if self._partitions else ""
            failed = f", {self._failed} not read" if self._failed else ""
            line = (
                f"{self._phase}{parts} · {self._requests} requests, {self._rows:,} rows, "
                f"{elapsed:.0f} s{failed}{self._waiting}"
            )
            if self._status:
                self._status.update(line)
            elif now or time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
                self._last_line = time.monotonic()
                print(line, file=sys.stderr, flush=True)

    def _write(self, event: str, **about: Any) -> None:
        if self._log is None:
            return
        entry = {"at": round(time.time(), 3), "event": event} | {
            name: value for name, value in about.items() if value is not None
        }
        with self._lock:
            self._log.write(json.dumps(entry, default=str) + "\n")
            self._log.flush()
