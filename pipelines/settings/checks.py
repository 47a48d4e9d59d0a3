"""What a value may be; each message says which setting is wrong and what to write."""

from __future__ import annotations

import os
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import SettingsError
from pipelines.settings.table import SECTION
from pipelines.settings.values import Values

_TENANT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def url_of(values: Values, variable: str) -> str:
    """An address: https, or http on this machine.

    Errors:  SettingsError, like all of these.
    """
    url = (values.text(variable) or "").rstrip("/")
    try:
        parts = urlsplit(url)
        is_usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise SettingsError(f"{variable} is not a URL; write it like https://host.example") from None
    if "@" in parts.netloc:
        # What stands before the @ may be a password, so the value is not repeated.
        raise SettingsError(f"{variable} holds a user or password; write it like https://host.example")
    if parts.scheme not in ("https", "http") or not is_usable or parts.query or parts.fragment:
        raise SettingsError(f"{variable} is `{url}`; write it like https://host.example")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(f"{variable} is `{url}`; plain http is for loopback only, set https://{parts.netloc}")
    return url


def whole_number_of(values: Values, variable: str, lowest: int, highest: int) -> int:
    """A whole number within bounds."""
    text = values.text(variable) or ""
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise SettingsError(f"{variable} is `{text}`; it is a whole number from {lowest} to {highest}")
    return int(text)


def tenants_of(values: Values) -> frozenset[str]:
    """Ids only: a domain can be moved to another tenant."""
    variable = f"{SECTION}INTEGRATION_SANDBOX_TENANTS"
    listed = [one.strip().lower() for one in (values.text(variable) or "").split(",")]
    for one in filter(None, listed):
        if not _TENANT_ID.fullmatch(one):
            raise SettingsError(f"{variable}: `{one}` is not a tenant id; write ids, separated by commas")
    return frozenset(filter(None, listed))


def share_of(values: Values) -> str:
    """A share from 0 to 1, as plain digits."""
    text = values.text("RECON_NOT_COMPARED_SHARE") or ""
    try:
        share = Decimal(text)
        is_share = 0 <= share <= 1
    except InvalidOperation:
        is_share = False
    if not is_share:
        raise SettingsError(f"RECON_NOT_COMPARED_SHARE is `{text}`; it is a share from 0 to 1, like 0.01")
    # It is written into SQL, where an exponent would make it a float.
    return format(share, "f")


def folder_of(text: str) -> Path:
    """A folder that exists or can be made."""
    try:
        path = Path(text).expanduser().absolute()
        existing = next(parent for parent in (path, *path.parents) if parent.exists())
    except (OSError, ValueError, RuntimeError) as error:
        raise SettingsError(f"RECON_DATA_DIR is `{text}`, which cannot be used ({error}); name a folder") from None
    if not existing.is_dir():
        raise SettingsError(f"RECON_DATA_DIR: {existing} is a file; name a folder")
    if not os.access(existing, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(f"RECON_DATA_DIR: {existing} cannot be read and written; choose another folder")
    return path
