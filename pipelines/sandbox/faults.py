"""What can go wrong on purpose.

A passing fault with `…_every=n` hits every n-th call, on its first `burst` attempts. Attempts are recognised by
MS-RequestId, so a client that keeps the id over its retries always gets through. The other faults last.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import Any

PASSING = (
    "throttle",
    "server_error",
    "reset",
    "short_body",
    "truncated_json",
    "duplicate_key",
    "nan",
    "slow",
    "redirect",
)


@dataclass(frozen=True)
class Faults:
    """Switches, all off.

    Units:   `…_every` counts calls, 0 is never; seconds as named.
    """

    throttle_every: int = 0
    throttle_style: str = "seconds"
    """`seconds`, `date` or `none`: how Retry-After is sent with a 429."""
    retry_after_seconds: int = 0
    server_error_every: int = 0
    server_error_statuses: tuple[int, ...] = (500, 502, 503, 504, 408)
    reset_every: int = 0
    short_body_every: int = 0
    truncated_json_every: int = 0
    duplicate_key_every: int = 0
    nan_every: int = 0
    slow_every: int = 0
    slow_seconds: float = 0.05
    redirect_every: int = 0
    burst: int = 1
    """Attempts of one call that a passing fault hits."""
    expire_tokens_after: int = 0
    """After that many calls every access token issued so far is refused, once."""
    refuse_continuations: int = 0
    """So many calls with a continuation token are refused."""
    endless_next: bool = False
    foreign_next_link: bool = False
    refuse_prices: bool = False
    refuse_price_sheets: bool = False
    forbidden_orders: tuple[str, ...] = ()
    """Ids of customers whose orders give 403."""
    forbidden_entitlements: tuple[str, ...] = ()
    """Ids of customers whose entitlements give 403."""
    missing_line_items: tuple[str, ...] = ()
    """Ids of invoices whose lines give 404; `unbilled` for what is not billed yet."""
    sold_out: tuple[str, ...] = ()
    """Ids of products that run out between the cart and its checkout."""
    truncated_statements: tuple[str, ...] = ()
    """Ids of invoices whose PDF ends in the middle."""
    html_statements: tuple[str, ...] = ()
    """Ids of invoices whose PDF is a web page, with 200."""
    error_statements: tuple[str, ...] = ()
    """Ids of invoices whose PDF is an error in JSON, with 200."""
    picture_statements: tuple[str, ...] = ()
    """Ids of invoices whose PDF is a picture without text."""
    forbidden_audit: bool = False
    """The record of activity gives 403."""
    unrecorded_orders: tuple[str, ...] = ()
    """Ids of orders that the record of activity does not name: what was done to them was done elsewhere."""
    export_forbidden: bool = False
    """Ordering exports gives 403: the app lacks the permission."""
    failing_exports: int = 0
    """So many exports, the next ones ordered, end as failed."""
    endless_exports: bool = False
    """No export ever ends."""
    export_word: str = ""
    """Another word for an export that runs."""
    export_retry_after: str = "0"
    """Seconds, a date, or `none`: how long an export asks to wait."""
    lost_operations: int = 0
    """So many exports are forgotten when they are asked for."""
    empty_exports: tuple[str, ...] = ()
    """Ids of invoices whose exports find no data."""
    older_manifest: bool = False
    """Manifests have the member names of the preview."""
    wrong_blob_count: bool = False
    expired_keys: int = 0
    """So many requests to storage find that their key has expired."""
    storage_errors: int = 0
    """So many requests to storage are answered 503."""
    truncated_blobs: int = 0
    """So many files end in the middle."""
    bomb_blobs: bool = False
    """Files inflate a thousand times."""

    @classmethod
    def of(cls, wanted: dict[str, Any]) -> Faults:
        """Faults from JSON; ValueError for a name that does not exist."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(wanted) - known):
            raise ValueError(f"no such fault: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in wanted.items()}
        return cls(**values)


class FaultDesk:
    """Decides which call is hit by which fault. Safe to use from several threads."""

    def __init__(self, faults: Faults) -> None:
        self._lock = threading.Lock()
        self.switch(faults)

    def switch(self, faults: Faults) -> None:
        """Use other faults from now on; the counting starts anew."""
        with self._lock:
            self.faults = faults
            self._ordinals: dict[str, int] = {}
            self._attempts: dict[str, int] = {}
            self._refusals_left = faults.refuse_continuations
            self._expiry_left = faults.expire_tokens_after
            self._used: dict[str, int] = {}

    def hit(self, key: str) -> tuple[str, int]:
        """The passing fault for this attempt of the call `key` ("" for none), and the call's ordinal."""
        with self._lock:
            ordinal = self._ordinals.setdefault(key, len(self._ordinals) + 1)
            attempt = self._attempts.get(key, 0)
            self._attempts[key] = attempt + 1
        if attempt < self.faults.burst:
            for offset, name in enumerate(PASSING):
                every = getattr(self.faults, f"{name}_every")
                # Each fault has its own offset, so that several at once do not all meet in one call.
                if every and (ordinal + offset) % every == 0:
                    return name, ordinal
        return "", ordinal

    def tokens_expire_now(self) -> bool:
        """True once, when the call count for it is reached."""
        with self._lock:
            if self._expiry_left <= 0:
                return False
            self._expiry_left -= 1
            return self._expiry_left == 0

    def refuses_continuation(self) -> bool:
        """True for as many calls with a token as were asked to be refused."""
        with self._lock:
            if self._refusals_left <= 0:
                return False
            self._refusals_left -= 1
            return True

    def uses_up(self, name: str) -> bool:
        """True for as many calls as the fault of that name counts."""
        with self._lock:
            if self._used.get(name, 0) >= getattr(self.faults, name):
                return False
            self._used[name] = self._used.get(name, 0) + 1
            return True
