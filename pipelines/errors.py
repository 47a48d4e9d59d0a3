"""Every exception of the project. A break is not here: a break is a row, these are our own failures.

ReconError
├── SettingsError               a setting is missing, wrong or unsafe; nothing was asked of the API
├── UsageError                  the command was called wrongly
├── NothingPublished            there is no result to look at yet
├── LockHeld                    another run holds the data directory
├── PartnerCenterError          speaking to the API
│   ├── RetryableError          the same request may work later
│   │   ├── Throttled           429; carries retry_after_seconds
│   │   ├── Unavailable         408, 5xx, no connection or a broken body, after the last retry
│   │   └── TokenRefused        a continuation token is no longer accepted; the walk starts again
│   └── FatalError              a person has to change something
│       ├── NotAuthorized       401, or a sign-in that was refused
│       ├── Forbidden           403
│       ├── NotFound            404
│       ├── RequestRefused      any other 4xx
│       ├── OriginRefused       a link, redirect or host that must not see the token
│       ├── ExportFailed        an export ended without data; carries its code
│       └── PageContractBroken  an answer that is not the documented shape
├── ListNotRead                 a list without which nothing else can be read
├── WalkRefused                 pages arrived, but the walk does not pass the gate
├── LandingDamaged              a landed file is missing or does not match its manifest
├── ControlTotalsDiffer         a hop lost or changed rows or money
├── TransformFailed             dbt failed or a check of severity error did; nothing was published
└── AlertNotDelivered           the receiver of alerts did not take the message; it is sent again
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ReconError(Exception):
    """Any failure that the command line reports in one clear message.

    Shape:   `next_step` is what to do about any of its kind; a message that says more comes first.
    """

    next_step = ""


class SettingsError(ReconError):
    """A setting is missing, wrong or unsafe; the message says which and what to set."""

    next_step = "change it in the environment or in .dlt/secrets.toml; `recon doctor` then looks at all of it"


class UsageError(ReconError):
    """The command was called in a way that cannot work; the message says what to call."""

    next_step = "`recon{command} --help` shows what it takes"


class NothingPublished(ReconError):
    """There is no result to look at yet."""

    next_step = "`recon doctor` says whether a run can work here"


class LockHeld(ReconError):
    """Another run holds the data directory; the message says who."""

    next_step = "a run that was killed holds nothing: only a living process does"


class PartnerCenterError(ReconError):
    """The API did not give what was asked.

    Shape:   `status`, `code` (text, as sent), `request_id` and `correlation_id` where they are known.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.correlation_id = correlation_id


class RetryableError(PartnerCenterError):
    """The same request may work later."""


class Throttled(RetryableError):
    """429: too many requests, after the last retry or the longest wait allowed."""

    next_step = "run again later, or lower SOURCES__PARTNER_CENTER__REQUESTS_PER_MINUTE; what was read is kept"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None, **about: object) -> None:
        super().__init__(message, **about)  # type: ignore[arg-type]
        self.retry_after_seconds = retry_after_seconds


class Unavailable(RetryableError):
    """No usable answer after the last retry."""

    next_step = "run again later; what was read is kept, and the next run goes on from there"


class TokenRefused(RetryableError):
    """The continuation token is no longer accepted; only a new walk can go on."""


class FatalError(PartnerCenterError):
    """A person has to change something before the same request can work."""


class NotAuthorized(FatalError):
    """The sign-in was refused, or a fresh token was not accepted."""

    next_step = (
        "check tenant, app, secret and consent with `recon doctor`; a secret ends on the day set at its creation"
    )


class Forbidden(FatalError):
    """403: this sign-in may not read this."""

    next_step = "`recon doctor` says how the sign-in is made; some answers need a user with the right role"


class NotFound(FatalError):
    """404: no such thing, or not any more."""

    next_step = "check the id; what has just been made can take some minutes until it is found"


class RequestRefused(FatalError):
    """Any other 4xx: the request itself is wrong."""

    next_step = "the message above is the API's own; nothing was changed there"


class OriginRefused(FatalError):
    """A link or redirect leads to a host that must not see the token."""

    next_step = "check the addresses with `recon doctor --offline`; the token was sent nowhere else"


class ExportFailed(FatalError):
    """An export was ordered and ended without data; the message says what it said."""

    next_step = "run again later; it is ordered anew"


class PageContractBroken(FatalError):
    """An answer that is not the documented shape; the message says what and where."""

    next_step = "run again; if it stays, the API has changed: the page is named above, and nothing of it was loaded"


class ListNotRead(ReconError):
    """The list of customers or of documents could not be read; nothing else can be planned."""

    next_step = "`recon doctor` tries the sign-in; run again when it works"


class WalkRefused(ReconError):
    """All pages arrived, but the walk does not pass the gate; the former walk stays."""

    next_step = "run again: it is read anew from its first page"


class LandingDamaged(ReconError):
    """A landed file is missing or differs from its manifest."""

    next_step = (
        "restore the file from a backup; without one, remove its folder and run: what the API still has is read anew"
    )


class ControlTotalsDiffer(ReconError):
    """Rows or money differ between two sides of a hop; nothing was published."""

    next_step = "`recon load --rebuild` makes the working database anew from the landing, then run again"


class TransformFailed(ReconError):
    """dbt failed, or a check of severity error found rows; nothing was published."""

    next_step = "the log named above has the statement; what was published before stays"


class AlertNotDelivered(ReconError):
    """The receiver of alerts did not take the message; it is sent again with the next one."""

    next_step = "check RECON_ALERT_URL; the next `recon alert` or `recon daily` tells it again"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message about a word that nobody knows; blank where nothing is like it."""
    like = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean `{like[0]}`?" if like else ""
