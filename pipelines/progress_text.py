"""What a run is doing, in one line: what is read, how far, how fast, how long still, what it waits for and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# Below that a rate or a guess says nothing.
_SECONDS_FOR_A_RATE = 3.0
_PARTS_FOR_A_GUESS = 5
_SHORTEST_WAIT_SECONDS = 1.0


@dataclass
class Work:
    """How far a run is.

    Shape:   `reading` is the kind of thing read last; `waits` holds until when each thread waits, and why.
    Units:   moments in seconds of one clock.
    """

    began_at: float
    phase: str = ""
    phase_began_at: float = 0.0
    parts: int = 0
    done: int = 0
    reading: str = ""
    requests: int = 0
    rows: int = 0
    phase_requests: int = 0
    phase_rows: int = 0
    failed: int = 0
    waits: dict[int, tuple[float, str]] = field(default_factory=dict)


def work_text(work: Work, now: float) -> str:
    """The line."""
    return " · ".join(_parts(work, now))


def _parts(work: Work, now: float) -> Iterator[str]:
    seconds = now - work.phase_began_at
    how_far = f" {work.done:,} of {work.parts:,}" if work.parts else ""
    yield f"{work.phase}{how_far}"
    if work.reading:
        yield work.reading
    if work.phase_requests:
        yield f"{work.requests:,} requests{_rate(work.phase_requests, seconds)}"
        yield f"{work.rows:,} rows{_rate(work.phase_rows, seconds)}"
    if work.failed:
        yield f"{work.failed:,} not read"
    yield duration_text(now - work.began_at)
    if work.parts > work.done >= _PARTS_FOR_A_GUESS and seconds >= _SECONDS_FOR_A_RATE:
        yield f"about {duration_text(seconds / work.done * (work.parts - work.done))} left of this"
    if waiting := waiting_text(work, now):
        yield waiting


def waiting_text(work: Work, now: float) -> str:
    """The longest wait of all threads, and its reason; blank without one."""
    waits = sorted((until - now, why) for until, why in list(work.waits.values()))
    if not waits or waits[-1][0] < _SHORTEST_WAIT_SECONDS:
        return ""
    seconds, why = waits[-1]
    return f"waiting {duration_text(seconds)}: {reason_text(why)}"


def reason_text(why: str) -> str:
    """Whose limit it is, or what went wrong before."""
    if why == "requests per minute":
        return "our own limit, REQUESTS_PER_MINUTE"
    if why.startswith("429"):
        return f"throttled by the API ({why})"
    if why.startswith(("export", "sign-in")):
        return why
    return f"before asking again, after {why}"


def duration_text(seconds: float) -> str:
    """Seconds for reading: `8 s`, `2 min 10 s`, `1 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _rate(count: int, seconds: float) -> str:
    if seconds < _SECONDS_FOR_A_RATE:
        return ""
    return f" ({count / seconds:,.0f}/s)" if count >= seconds else f" ({count / seconds * 60:,.0f}/min)"
