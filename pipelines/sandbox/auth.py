"""Sign-in of the pretend Partner Center: tokens that expire, refresh tokens that rotate."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import uuid
from urllib.parse import parse_qs

# Any client secret and any first refresh token sign in, except those that begin so.
REFUSED_PREFIX = "wrong"
REFRESH_TOKEN = "sandbox-refresh"  # noqa: S105
RETIRED_AUDIENCE = "https://graph.windows.net"
LIFETIME_SECONDS = 3600
USER_GRANTS = {"refresh_token": "refresh_token", "authorization_code": "code", "password": "password"}
"""Grants that sign a user in, and what each of them hands over; anything but what begins with `wrong` is taken."""

TokenAnswer = tuple[int, dict[str, object]]


class Desk:
    """Issues tokens and knows which ones still work. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._access: dict[str, tuple[str, float, str]] = {}
        self._parents: dict[str, str] = {}
        self._dead: set[str] = set()
        self._issued = 0

    def token(self, form_body: bytes, *, version: int) -> TokenAnswer:
        """The answer of the token endpoint: status and body. Version 1 sends its numbers as strings."""
        form = {key: values[0] for key, values in parse_qs(form_body.decode()).items()}
        grant = form.get("grant_type", "")
        if not form.get("client_id") or not is_proven(form, grant):
            return 401, refusal("invalid_client", 7000215, "Invalid client secret provided.")
        # Clients in the wild send a scope to the first version as well.
        audience = form.get("resource") if version == 1 else None
        audience = audience or audience_of(form.get("scope", ""))
        if not audience:
            return 400, refusal("invalid_request", 900144, "The audience is missing.")
        extra: dict[str, object] = {}
        with self._lock:
            if grant in USER_GRANTS:
                given = form.get(USER_GRANTS[grant], "")
                if given in self._dead or not is_refresh_token(given):
                    return 400, refusal("invalid_grant", 70008, "The refresh token has expired or was replaced.")
                # The first use of a token ends the life of the one before it.
                former = self._parents.pop(given, None)
                if former is not None:
                    self._dead.add(former)
                kind = "app+user"
                fresh = signed(uuid.uuid4().hex)
                self._parents[fresh] = given
                extra = {"refresh_token": fresh, "scope": "user_impersonation", "id_token": "sandbox.id.token"}
            elif grant == "client_credentials":
                kind = "app"
            else:
                return 400, refusal("unsupported_grant_type", 70003, "This grant type is not offered.")
            access = access_token(self._next(), audience, form["client_id"])
            self._access[access] = (kind, time.time() + LIFETIME_SECONDS, audience.rstrip("/"))
        now = int(time.time())
        numbers = {
            "expires_in": LIFETIME_SECONDS - 1,
            "ext_expires_in": LIFETIME_SECONDS - 1,
            "expires_on": now + LIFETIME_SECONDS - 1,
            "not_before": now - 300,
        }
        sent: dict[str, object] = {k: str(v) if version == 1 else v for k, v in numbers.items()}
        if version == 2:
            del sent["expires_on"], sent["not_before"]
        return 200, {"token_type": "Bearer", **sent, "resource": audience, "access_token": access, **extra}

    def check(self, authorization: str) -> tuple[str, str, int]:
        """Who calls and with a token for what: (`app` or `app+user`, audience, 0), or ("", "", code of the 401)."""
        scheme, _, value = authorization.partition(" ")
        with self._lock:
            known = self._access.get(value)
        if scheme.lower() != "bearer" or known is None or known[1] < time.time():
            return "", "", 800001 if not authorization else 400
        return ("", "", 900420) if known[2] == RETIRED_AUDIENCE else (known[0], known[2], 0)

    def expire_all(self) -> None:
        """Every access token issued so far stops working."""
        with self._lock:
            self._access.clear()

    def _next(self) -> int:
        self._issued += 1
        return self._issued


def signed(name: str) -> str:
    """A refresh token that a later sandbox knows again: readers keep theirs longer than a sandbox runs."""
    return f"{REFRESH_TOKEN}-{name}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def audience_of(scope: str) -> str:
    """The audience that a list of scopes asks for: the first that is an address, without its last part."""
    named = next((one for one in scope.split() if "://" in one), "")
    return named.rpartition("/")[0] if named.count("/") > 2 else named


def access_token(number: int, audience: str, client_id: str) -> str:
    """A token in the form that clients take apart to see when it ends. Its signature proves nothing."""
    now = int(time.time())
    claims = {
        "aud": audience,
        "appid": client_id,
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME_SECONDS,
        "jti": number,
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), f"sandbox-{number}"])


def is_proven(form: dict[str, str], grant: str) -> bool:
    """Whether a client shows that it is the one: by its secret or a signed assertion; a public one need not."""
    if "client_secret" in form:
        return is_accepted(form["client_secret"])
    return bool(form.get("client_assertion")) or grant in USER_GRANTS


def is_accepted(secret: str) -> bool:
    """Whether the pretend tenant takes this secret."""
    return bool(secret) and not secret.startswith(REFUSED_PREFIX)


def is_refresh_token(value: str) -> bool:
    """Whether some sandbox issued this token, or it is a first one."""
    if not value.startswith(f"{REFRESH_TOKEN}-"):
        return is_accepted(value)
    name = value.removeprefix(f"{REFRESH_TOKEN}-").rpartition("-")[0]
    return value == signed(name)


def refusal(error: str, code: int, description: str) -> dict[str, object]:
    """The error body of the token endpoint."""
    return {"error": error, "error_description": f"AADSTS{code}: {description}", "error_codes": [code]}
