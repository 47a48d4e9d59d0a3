"""Every exception of the project. A break is not here: a break is a row, these are our own failures.

ReconError
├── SettingsError               a setting is missing, wrong or unsafe; nothing was asked of the API
├── UsageError                  the command was called wrongly
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


class ReconError(Exception):
    """Any failure that the command line reports in one clear message."""


class SettingsError(ReconError):
    """A setting is missing, wrong or unsafe; the message says which and what to set."""


class UsageError(ReconError):
    """The command was called in a way that cannot work; the message says what to call."""


class LockHeld(ReconError):
    """Another run holds the data directory; the message says who."""


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

    def __init__(self, message: str, *, retry_after_seconds: float | None = None, **about: object) -> None:
        super().__init__(message, **about)  # type: ignore[arg-type]
        self.retry_after_seconds = retry_after_seconds


class Unavailable(RetryableError):
    """No usable answer after the last retry."""


class TokenRefused(RetryableError):
    """The continuation token is no longer accepted; only a new walk can go on."""


class FatalError(PartnerCenterError):
    """A person has to change something before the same request can work."""


class NotAuthorized(FatalError):
    """The sign-in was refused, or a fresh token was not accepted."""


class Forbidden(FatalError):
    """403: this sign-in may not read this."""


class NotFound(FatalError):
    """404: no such thing, or not any more."""


class RequestRefused(FatalError):
    """Any other 4xx: the request itself is wrong."""


class OriginRefused(FatalError):
    """A link or redirect leads to a host that must not see the token."""


class ExportFailed(FatalError):
    """An export was ordered and ended without data; the message says what it said."""


class PageContractBroken(FatalError):
    """An answer that is not the documented shape; the message says what and where."""


class ListNotRead(ReconError):
    """The list of customers or of documents could not be read; nothing else can be planned."""


class WalkRefused(ReconError):
    """All pages arrived, but the walk does not pass the gate; the former walk stays."""


class LandingDamaged(ReconError):
    """A landed file is missing or differs from its manifest."""


class ControlTotalsDiffer(ReconError):
    """Rows or money differ between two sides of a hop; nothing was published."""


class TransformFailed(ReconError):
    """dbt failed, or a check of severity error found rows; nothing was published."""


class AlertNotDelivered(ReconError):
    """The receiver of alerts did not take the message; it is sent again with the next one."""
