"""Where something may be bought: in this project's sandbox, and in tenants that the settings name. Nowhere else.

A tool that proves bills must never make one. There is no switch around this, and it is asked before any call.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from urllib.parse import urlsplit

from pipelines.errors import SettingsError

# What the sandbox of this project calls itself.
IDENTITY = "partner-center-reconciliation"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TIMEOUT_SECONDS = 5
LONGEST_ANSWER_BYTES = 10_000


def place_to_buy(
    base_url: str,
    tenant_id: str | None,
    sandbox_tenants: frozenset[str],
    identity_of: Callable[[str], str] | None = None,
) -> str:
    """Where these settings may buy, in words.

    Errors:  SettingsError anywhere else, before any call of the API.
    """
    if (tenant_id or "").lower() in sandbox_tenants:
        return f"the integration sandbox, tenant {tenant_id}"
    host = urlsplit(base_url).hostname or ""
    if host not in LOOPBACK:
        raise SettingsError(
            f"nothing can be bought from {host}: `recon cart` works with the built-in sandbox (`recon sandbox`), and "
            f"with a tenant that SOURCES__PARTNER_CENTER__INTEGRATION_SANDBOX_TENANTS names, and tenant {tenant_id} "
            "is not among them. Nothing was sent"
        )
    if (identity_of or identity_of_server)(base_url) != IDENTITY:
        raise SettingsError(
            f"nothing can be bought from {base_url}: the server there does not say that it is this project's "
            "sandbox. Start one with `recon sandbox`. Nothing was sent"
        )
    return "the built-in sandbox"


def identity_of_server(base_url: str) -> str:
    """What a server on this machine says it is; "" when it says nothing. No token is sent, no proxy is asked."""
    parts = urlsplit(base_url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/_sandbox/identity")
        answer = json.loads(connection.getresponse().read(LONGEST_ANSWER_BYTES))
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    finally:
        connection.close()
    said = answer.get("sandbox") if isinstance(answer, dict) else None
    return said if isinstance(said, str) else ""
