"""One message to one webhook: sent until the receiver has answered 2xx, or patience ends."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from pipelines.errors import AlertNotDelivered
from pipelines.partner_center.retry import (
    RETRIED_STATUSES,
    GaveUp,
    Patience,
    RetryPolicy,
    TryAgain,
    retry_after_seconds,
)

PATIENCE = RetryPolicy(max_attempts=4, max_wait_seconds=60)
_TIMEOUT = httpx.Timeout(20, connect=10)
_LONGEST_ANSWER_BYTES = 4096
# A word such as `no_service` says why; anything longer could hold what it was sent.
_REASON = re.compile(r"[a-z_]{3,40}")
# The older Teams connectors answer 200 and say in the text that they could not post.
_REFUSED_IN_TEXT = re.compile(rb"returned HTTP error (\d{3})")


def deliver(
    url: str,
    body: bytes,
    *,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Posts a message; a return means that the receiver has it.

    Who gave no answer may have it all the same, and gets it again: told twice is better than never.

    Errors:  AlertNotDelivered says why; of the address it names the host alone.
    """
    patience = Patience(PATIENCE, sleep=sleep, on_wait=lambda _seconds, _why: None)
    host = urlsplit(url).hostname or ""
    problem = ""
    quiet = _Silence()
    # The HTTP library logs whole addresses.
    logging.getLogger("httpx").addFilter(quiet)
    try:
        # On this machine no proxy is asked; redirects could lead the message anywhere.
        with httpx.Client(
            transport=transport, timeout=_TIMEOUT, follow_redirects=False, trust_env=url.startswith("https:")
        ) as http:
            patience.run(lambda: _attempt(http, url, body))
    except GaveUp as failure:
        asked = failure.last.retry_after_seconds
        waits = f", and it asks to wait {asked:.0f} s" if asked else ""
        problem = f"{failure.last.problem} after {patience.failures} attempts{waits}"
    except _Refused as failure:
        problem = str(failure)
    finally:
        logging.getLogger("httpx").removeFilter(quiet)
    if problem:
        raise AlertNotDelivered(
            f"the alert did not reach {host}: {problem}. It is sent with the next `recon alert` or `recon daily`; "
            "check RECON_ALERT_URL if that does not help either"
        )


class _Silence(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return False


class _Refused(Exception):
    """An answer after which the same message would be refused again."""


def _attempt(http: httpx.Client, url: str, body: bytes) -> None:
    problem = ""
    try:
        with http.stream("POST", url, content=body, headers={"Content-Type": "application/json"}) as answer:
            text = _beginning(answer)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # Its text may hold the address.
        problem = f"no answer ({type(error).__name__})"
    if problem:
        raise TryAgain(problem)
    status = answer.status_code
    told = _REFUSED_IN_TEXT.search(text) if 200 <= status < 300 else None
    if told:
        status = int(told[1])
    if 200 <= status < 300:
        return
    reason = text.decode("ascii", "replace").strip()
    said = f"it answered {status}" + (f" ({reason})" if _REASON.fullmatch(reason) else "")
    if status in RETRIED_STATUSES:
        raise TryAgain(said, status=status, retry_after_seconds=retry_after_seconds(answer.headers, time.time()))
    if 300 <= status < 400:
        said += ", which leads elsewhere and is not followed"
    raise _Refused(said)


def _beginning(answer: httpx.Response) -> bytes:
    """As much of the answer as can say why."""
    found = b""
    for part in answer.iter_bytes():
        found += part
        if len(found) >= _LONGEST_ANSWER_BYTES:
            break
    return found
