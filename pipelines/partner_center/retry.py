"""When the same request is sent again, after how long, and when that ends."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

import tenacity

from pipelines.errors import PageContractBroken

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
LONGEST_BACKOFF_SECONDS = 60.0

T = TypeVar("T")


class TryAgain(Exception):
    """One attempt gave nothing usable, and the next one may.

    Shape:   `broken` is the error to end with when every attempt gives the same broken page.
    Units:   `retry_after_seconds` is what the server asked for, None when it did not say.
    """

    def __init__(
        self,
        problem: str,
        *,
        status: int | None = None,
        code: str | None = None,
        retry_after_seconds: float | None = None,
        broken: PageContractBroken | None = None,
    ) -> None:
        super().__init__(problem)
        self.broken = broken
        self.problem = problem
        self.status = status
        self.code = code
        self.retry_after_seconds = retry_after_seconds


class GaveUp(Exception):
    """The last attempt failed too; `ending` says why there is no further one."""

    def __init__(self, last: TryAgain, ending: str) -> None:
        super().__init__(f"{last.problem}; {ending}")
        self.last = last
        self.ending = ending


@dataclass(frozen=True)
class RetryPolicy:
    """How patient one call is.

    Units:   `max_wait_seconds` limits all the waiting of one call together, not the requests themselves.
    """

    max_attempts: int = 6
    max_wait_seconds: float = 300.0


class Patience:
    """The patience of one call: counts its attempts and its waiting.

    Waits grow exponentially with full jitter up to a minute. A server's Retry-After is a minimum; one that
    does not fit into the waiting left ends the call at once, since waiting less would only annoy the server.
    """

    def __init__(
        self, policy: RetryPolicy, *, sleep: Callable[[float], None], on_wait: Callable[[float, str], None]
    ) -> None:
        self.policy = policy
        self.waited_seconds = 0.0
        self.failures = 0
        self._sleep = sleep
        self._on_wait = on_wait
        self._backoff = tenacity.wait_random_exponential(multiplier=1, max=LONGEST_BACKOFF_SECONDS)
        self._ending = ""

    def run(self, attempt: Callable[[], T]) -> T:
        """What `attempt` returns, after as many tries as the policy allows.

        Errors:  GaveUp with the last failure; anything but TryAgain passes through at once.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TryAgain),
            wait=self._next_wait,
            stop=self._is_over,
            before_sleep=self._announce,
            sleep=self._sleep,
            reraise=True,
        )
        last: TryAgain | None = None
        try:
            return retrying(attempt)
        except TryAgain as failure:
            last = failure
        # Raised outside of the handler, so that no foreign text hangs on as context.
        raise GaveUp(last, self._ending)

    def spend(self, seconds: float) -> None:
        """Counts a wait that something else ordered against this call's patience."""
        self.waited_seconds += seconds

    def _asked_wait(self, state: tenacity.RetryCallState) -> float | None:
        failure = state.outcome.exception() if state.outcome else None
        return failure.retry_after_seconds if isinstance(failure, TryAgain) else None

    def _next_wait(self, state: tenacity.RetryCallState) -> float:
        wait = max(self._backoff(state), self._asked_wait(state) or 0.0)
        left = self.policy.max_wait_seconds - self.waited_seconds
        # Jitter may be cut to what is left; the server's own minimum may not (then the call is over).
        return max(min(wait, left), self._asked_wait(state) or 0.0, 0.0)

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        self.failures = state.attempt_number
        asked, allowed = self._asked_wait(state), self.policy.max_wait_seconds
        if state.attempt_number >= self.policy.max_attempts:
            self._ending = f"gave up after {state.attempt_number} attempts"
        elif asked is not None and self.waited_seconds + asked > allowed:
            self._ending = (
                f"gave up because it asks to wait {asked:.0f} s after {self.waited_seconds:.0f} s already "
                f"waited, and one request may wait {allowed:.0f} s in all (retry_max_wait_seconds)"
            )
        elif self.waited_seconds >= allowed:
            self._ending = (
                f"gave up after waiting {self.waited_seconds:.0f} s, all that is allowed (retry_max_wait_seconds)"
            )
        return bool(self._ending)

    def _announce(self, state: tenacity.RetryCallState) -> None:
        failure = state.outcome.exception() if state.outcome else None
        seconds = state.upcoming_sleep
        self.waited_seconds += seconds
        asked = self._asked_wait(state)
        why = failure.problem if isinstance(failure, TryAgain) else "retry"
        self._on_wait(seconds, why if asked is None else f"{why}, Retry-After {asked:.0f} s")


def retry_after_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """What `Retry-After` asks for, as seconds from now; None when absent or unreadable.

    A date is measured from the answer's own `Date`, so that a wrong clock on our side does not matter.

    Units:   `now` in epoch seconds.
    Source:  RFC 9110 section 10.2.3.
    """
    value = (headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        seconds = float(value)
        return seconds if math.isfinite(seconds) else None
    until = _epoch(value)
    if until is None:
        return None
    sent = _epoch(headers.get("Date") or "")
    return max(0.0, until - (now if sent is None else sent))


def _epoch(http_date: str) -> float | None:
    try:
        return parsedate_to_datetime(http_date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
