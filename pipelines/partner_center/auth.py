"""Who we are: access tokens, fetched early, refreshed once, and never shown."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Literal

import httpx

from pipelines.errors import NotAuthorized, ReconError, SettingsError, Unavailable
from pipelines.partner_center.error_bodies import read_error_body, refusal
from pipelines.partner_center.masking import Mask, describe
from pipelines.partner_center.origins import check_header_text, safe_origin
from pipelines.partner_center.retry import (
    RETRIED_STATUSES,
    GaveUp,
    Patience,
    RetryPolicy,
    TryAgain,
    retry_after_seconds,
)
from pipelines.partner_center.sign_in_advice import sign_in_advice
from pipelines.partner_center.transport_checks import BodyLimits, RawAnswer, send

# A token is replaced this long before it ends, or a tenth of its life before, whichever is later.
EARLY_SECONDS = 300.0
# When an answer does not say how long its token lives.
SHORT_LIFE_SECONDS = 300.0
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_TOKEN_LIMITS = BodyLimits(max_body_bytes=1024 * 1024, max_inflate_ratio=200, deadline_seconds=60)


@dataclass(frozen=True)
class SignIn:
    """How to sign in: with the app's secret alone, or with a stored refresh token as app and user.

    Shape:   `audience` is the API the token is for; `endpoint_version` names the token endpoint.
    """

    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    authority_url: str
    audience: str
    endpoint_version: Literal["v1", "v2"] = "v1"


class RefreshToken:
    """The refresh token of one sign-in, shared by all audiences that redeem it.

    Redeeming gives a new one and may end the old one, so they take turns: whoever holds `turn` sees the newest.
    A new one is saved before the access token that came with it is used: were the order the other way, a crash
    in between could leave only a refresh token that no longer works. Without `save` it is kept in memory only.
    """

    def __init__(self, value: str, save: Callable[[str], None] | None = None) -> None:
        self.turn = threading.Lock()
        self.value = self._saved = value
        self._save = save

    def __repr__(self) -> str:
        return "RefreshToken(***)"

    def replace(self, new: object, mask: Mask) -> None:
        """Keeps what came with an access token; nothing new also retries a saving that failed before.

        Errors:  SettingsError when it could not be saved.
        """
        if isinstance(new, str) and new:
            mask.hide(new)
            self.value = new
        if self._save is None or self.value == self._saved:
            return
        problem = ""
        try:
            self._save(self.value)
        except ReconError:
            raise
        except Exception as error:
            problem = describe(error, mask)
        if problem:
            raise SettingsError(f"The new refresh token could not be saved ({problem}); it was not used.")
        self._saved = self.value


class TokenSource:
    """Gives out one access token to all threads, and a new one when it ends or is rejected.

    Sources of several audiences share one `RefreshToken`; without one, a source of app and user has its own.

    Errors:  SettingsError for values that cannot work; NotAuthorized when the sign-in is refused, and from
             then on without asking again; Unavailable when the token service gives no usable answer.
    """

    def __init__(
        self,
        sign_in: SignIn,
        *,
        http: httpx.Client,
        save_refresh_token: Callable[[str], None] | None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        policy: RetryPolicy | None = None,
        on_wait: Callable[[float, str], None] | None = None,
        mask: Mask | None = None,
        shared: RefreshToken | None = None,
    ) -> None:
        if shared is None and sign_in.refresh_token:
            shared = RefreshToken(sign_in.refresh_token, save_refresh_token)
        self.mode: Literal["app_only", "app_user"] = "app_user" if shared else "app_only"
        self.mask = mask or Mask()
        self.mask.hide(sign_in.client_secret, shared.value if shared else None)
        self._sign_in, self._http, self._refresh_token = sign_in, http, shared
        self._now, self._sleep, self._clock = now, sleep, clock
        self._policy, self._on_wait = policy or RetryPolicy(), on_wait or (lambda seconds, why: None)
        self._origin = safe_origin(sign_in.authority_url, "authority URL")
        self._url = _token_url(sign_in)
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = float("-inf")
        self._refused: NotAuthorized | None = None

    def __repr__(self) -> str:
        return f"TokenSource(mode={self.mode!r}, tenant_id={self._sign_in.tenant_id!r})"

    def token(self) -> str:
        """The current access token, safe to put into a header."""
        with self._lock:
            if not self._token or self._now() >= self._renew_at:
                self._fetch()
            return self._token

    def refresh(self, rejected: str) -> str:
        """A token other than the rejected one. Many threads that saw the same rejection fetch once."""
        with self._lock:
            if not self._token or self._token == rejected:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        if self._refused is not None:
            # Asking again with the same secret cannot help and may lock the account.
            raise NotAuthorized(str(self._refused), status=self._refused.status, code=self._refused.code)
        self._token = ""
        asked_at = self._now()
        with self._refresh_token.turn if self._refresh_token else nullcontext():
            try:
                granted = self._redeem()
                token = self._checked_token(granted)
            except NotAuthorized as refused:
                self._refused = refused
                raise
            if self._refresh_token is not None:
                self._refresh_token.replace(granted.get("refresh_token"), self.mask)
        life = _lifetime_seconds(granted, asked_at)
        self._renew_at = asked_at + life - min(EARLY_SECONDS, life / 10)
        self._token = token

    def _redeem(self) -> dict[str, object]:
        patience = Patience(self._policy, sleep=self._sleep, on_wait=self._on_wait)
        gave_up: GaveUp | None = None
        try:
            return patience.run(self._ask)
        except GaveUp as error:
            gave_up = error
        raise Unavailable(
            f"The sign-in service {self._origin} gave no usable answer: {self.mask(str(gave_up))}.",
            status=gave_up.last.status,
            code=gave_up.last.code,
        )

    def _ask(self) -> dict[str, object]:
        request = self._http.build_request("POST", self._url, data=self._form())
        answer = send(
            self._http,
            request,
            allowed=self._origin,
            limits=_TOKEN_LIMITS,
            mask=self.mask,
            clock=self._clock,
        )
        if answer.status == httpx.codes.OK:
            return _read_grant(answer)
        body = read_error_body(answer.body)
        error = refusal("Signing in", answer.status, body)
        if answer.status in RETRIED_STATUSES:
            raise TryAgain(
                self.mask(str(error)),
                status=answer.status,
                code=body.code,
                retry_after_seconds=retry_after_seconds(answer.headers, self._now()),
            )
        if 300 <= answer.status < 400 or answer.status >= 500:
            raise type(error)(self.mask(str(error)), status=answer.status, code=body.code)
        advice = sign_in_advice(body.message, body.code, with_user=self.mode == "app_user")
        raise NotAuthorized(f"{self.mask(str(error))} {advice}", status=answer.status, code=body.code)

    def _form(self) -> dict[str, str]:
        about = self._sign_in
        form = {"client_id": about.client_id, "client_secret": about.client_secret}
        if about.endpoint_version == "v2":
            form["scope"] = f"{about.audience.rstrip('/')}/.default"
        else:
            form["resource"] = about.audience
        if self._refresh_token is None:
            return {"grant_type": "client_credentials", **form}
        form.setdefault("scope", "openid")
        return {"grant_type": "refresh_token", "refresh_token": self._refresh_token.value, **form}

    def _checked_token(self, granted: dict[str, object]) -> str:
        token = granted.get("access_token")
        if not isinstance(token, str) or not token:
            raise NotAuthorized("The sign-in service answered without an access token.")
        self.mask.hide(token)
        if str(granted.get("token_type", "Bearer")).lower() != "bearer":
            raise NotAuthorized("The sign-in service gave a token that is not a bearer token.")
        if not check_header_text(token) or " " in token:
            # An HTTP library would quote it in its error; it never gets that far.
            raise NotAuthorized("The sign-in service gave a token that cannot stand in a header.")
        return token


def _token_url(sign_in: SignIn) -> str:
    if not _TENANT.fullmatch(sign_in.tenant_id) or ".." in sign_in.tenant_id:
        raise SettingsError("The tenant id must be a GUID or a domain name.")
    if not sign_in.client_id or not sign_in.client_secret or not sign_in.audience:
        raise SettingsError("Client id, client secret and audience must all be set to sign in.")
    path = "oauth2/v2.0/token" if sign_in.endpoint_version == "v2" else "oauth2/token"
    return f"{sign_in.authority_url.rstrip('/')}/{sign_in.tenant_id}/{path}"


def _read_grant(answer: RawAnswer) -> dict[str, object]:
    try:
        grant = json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        grant = None
    if not isinstance(grant, dict):
        raise TryAgain("the sign-in service answered with something that is not JSON", status=answer.status)
    return grant


def _lifetime_seconds(granted: dict[str, object], now: float) -> float:
    """How long the token lives from the moment it was asked for.

    Units:   the service sends seconds as text (v1) or as a number (v2); `expires_on` is an epoch second and
             depends on two clocks, so it is only the second choice.
    """
    for value, start in ((granted.get("expires_in"), 0.0), (granted.get("expires_on"), now)):
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                seconds = float(value) - start
            except ValueError:
                continue
            if 0 < seconds < 10 * 86400:
                return seconds
    return SHORT_LIFE_SECONDS
