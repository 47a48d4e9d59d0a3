"""How fast and how many at once: one pace for all threads of a client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# After so many answers in a row without throttling, one more request may be under way again.
ANSWERS_BEFORE_SPEEDING_UP = 20


class Pacer:
    """A token bucket for requests per minute, and a limit on requests under way that adapts.

    The limit is halved by a 429 and grows back one by one: throttling is per partner, so all threads slow
    down together. A server that names a waiting time is left alone by new calls for that long.

    Units:   `clock` in seconds that never run backwards.
    """

    def __init__(
        self,
        *,
        requests_per_minute: int,
        concurrency: int,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        on_wait: Callable[[float, str], None],
    ) -> None:
        # A short burst is allowed, and taken off the steady rate, so no minute ever sees more than the limit.
        self._burst = max(1, min(concurrency, requests_per_minute // 20))
        steady = requests_per_minute - self._burst if self._burst > 1 else requests_per_minute
        self._per_second = steady / 60
        self._clock, self._sleep, self._on_wait = clock, sleep, on_wait
        self._lock = threading.Condition()
        self._bucket, self._filled_at = float(self._burst), clock()
        self._most, self.limit = concurrency, concurrency
        self._under_way = self._calm_answers = 0
        self._slowed_at = self._quiet_until = float("-inf")

    @contextmanager
    def slot(self) -> Iterator[float]:
        """Waits for a place under the limits and holds it; gives the time when it was granted."""
        with self._lock:
            self._lock.wait_for(lambda: self._under_way < self.limit)
            self._under_way += 1
            wait = self._reserve()
        try:
            if wait > 0:
                self._on_wait(wait, "requests per minute")
                self._sleep(wait)
            yield self._clock()
        finally:
            with self._lock:
                self._under_way -= 1
                self._lock.notify_all()

    def quiet_seconds(self) -> float:
        """How long a new call should hold back because another one was throttled."""
        with self._lock:
            return max(0.0, self._quiet_until - self._clock())

    def throttled(self, granted_at: float, quiet_seconds: float) -> None:
        """A 429 came for the request granted then: half the limit, once for all that were under way."""
        with self._lock:
            now = self._clock()
            self._quiet_until = max(self._quiet_until, now + quiet_seconds)
            self._calm_answers = 0
            if granted_at >= self._slowed_at:
                self._slowed_at = now
                self.limit = max(1, self.limit // 2)

    def answered(self) -> None:
        """An answer came that was not throttled."""
        with self._lock:
            self._calm_answers += 1
            if self._calm_answers >= ANSWERS_BEFORE_SPEEDING_UP and self.limit < self._most:
                self._calm_answers = 0
                self.limit += 1
                self._lock.notify_all()

    def _reserve(self) -> float:
        now = self._clock()
        earned = (now - self._filled_at) * self._per_second
        self._bucket = min(float(self._burst), self._bucket + earned) - 1
        self._filled_at = now
        return 0.0 if self._bucket >= 0 else -self._bucket / self._per_second
