"""Every setting: variable, default, unit, meaning. Read once by the command line, handed on as plain values.

A value comes from the environment variable, else from `.dlt/secrets.toml`, else from `.dlt/config.toml`
(dlt's own order and naming: `SOURCES__PARTNER_CENTER__BASE_URL` is `[sources.partner_center] base_url`).
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.clouds import CHINA, Cloud, cloud_of, why_it_cannot_work
from pipelines.errors import SettingsError

SECTION = "SOURCES__PARTNER_CENTER__"
LINE_ITEM_APIS = ("auto", "v1", "graph")
_TENANT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Setting:
    """One row of the settings table."""

    variable: str
    default: str | None
    meaning: str
    is_secret: bool = False


SETTINGS = (
    Setting(f"{SECTION}BASE_URL", "https://api.partnercenter.microsoft.com", "API host"),
    Setting(f"{SECTION}AUTHORITY_URL", "https://login.microsoftonline.com", "token host"),
    Setting(f"{SECTION}GRAPH_URL", "https://graph.microsoft.com/v1.0", "async export host"),
    Setting(f"{SECTION}PARTNER_API_URL", "https://api.partner.microsoft.com", "price sheet and exchange rate host"),
    Setting(
        f"{SECTION}PARTNER_API_AUTHORITY_URL",
        None,
        "token host for it; without one it is not asked outside the global cloud",
    ),
    Setting(f"{SECTION}AUDIENCE", None, "token audience; derived from the base URL's cloud"),
    Setting(f"{SECTION}TENANT_ID", None, "the partner tenant"),
    Setting(f"{SECTION}CLIENT_ID", None, "the app registration"),
    Setting(f"{SECTION}CLIENT_SECRET", None, "its secret", is_secret=True),
    Setting(f"{SECTION}REFRESH_TOKEN", None, "set: app+user sign-in; unset: app-only", is_secret=True),
    Setting(f"{SECTION}LINE_ITEMS_API", "auto", "where lines are read: `auto` (by billing period), `v1` or `graph`"),
    Setting(f"{SECTION}EXPORT_MAX_WAIT_SECONDS", "3600", "total waiting for one export; it is resumed later"),
    Setting(
        f"{SECTION}INTEGRATION_SANDBOX_TENANTS",
        None,
        "ids of integration-sandbox tenants, separated by commas; `recon cart` buys there and in the sandbox only",
    ),
    Setting(f"{SECTION}REQUESTS_PER_MINUTE", "500", "client-side limit"),
    Setting(f"{SECTION}RETRY_MAX_WAIT_SECONDS", "300", "total waiting allowed for one request"),
    Setting("RECON_DATA_DIR", "data", "everything that is written"),
    Setting("RECON_AS_OF", None, "the moment the rules use, ISO 8601 UTC; default: now"),
    Setting(
        "RECON_NOT_COMPARED_SHARE", "0.01", "share of charges not compared from which a period is not reconciled"
    ),
    Setting("RECON_SWEEP_DAYS", "7", "age of a reading from which a customer's orders are read again anyway"),
    Setting("RECON_EXAMPLES_DIR", None, "folder with documented bodies for the optional tests"),
    Setting("RECON_TARGET", "duckdb", "where the warehouse lives; `duckdb` is the only one in this version"),
)


@dataclass(frozen=True)
class Settings:
    """Checked settings. Secrets are never part of `repr`."""

    base_url: str
    authority_url: str
    graph_url: str
    partner_api_url: str | None
    partner_api_authority_url: str
    audience: str
    tenant_id: str | None
    client_id: str | None
    client_secret: str | None
    refresh_token: str | None
    line_items_api: str
    export_max_wait_seconds: int
    requests_per_minute: int
    retry_max_wait_seconds: int
    data_dir: Path
    as_of: datetime
    not_compared_share: str
    sweep_days: int
    integration_sandbox_tenants: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Settings(base_url={self.base_url!r}, data_dir={str(self.data_dir)!r}, as_of={self.as_of})"

    def require_sign_in(self) -> None:
        """Stops before any call when the sign-in cannot work.

        Errors:  SettingsError names what is not set.
        """
        needed = {
            "TENANT_ID": self.tenant_id,
            "CLIENT_ID": self.client_id,
            "CLIENT_SECRET": self.client_secret,
        }
        missing = [f"{SECTION}{name}" for name, value in needed.items() if not value]
        if missing:
            raise SettingsError(
                f"not set: {', '.join(missing)}. Set them as environment variables or in .dlt/secrets.toml, "
                "or try `recon demo`, which needs no sign-in"
            )


def read_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """All settings, checked; no call is made.

    Errors:  SettingsError says which setting is wrong and what it may be.
    """
    environment = os.environ if environment is None else environment
    values = _Values(environment, _read_toml_files(folder or Path.cwd()))
    base_url, authority_url = _addresses(values)
    cloud = cloud_of(base_url, authority_url)
    audience = values.text(f"{SECTION}AUDIENCE") or cloud.audience
    if problem := why_it_cannot_work(base_url, authority_url, audience):
        raise SettingsError(f"{SECTION}BASE_URL, {SECTION}AUTHORITY_URL, {SECTION}AUDIENCE: {problem}")
    prices = (
        _url(values, f"{SECTION}PARTNER_API_AUTHORITY_URL")
        if values.text(f"{SECTION}PARTNER_API_AUTHORITY_URL")
        else ""
    )
    if values.text("RECON_TARGET") != "duckdb":
        raise SettingsError("RECON_TARGET: this version knows the target `duckdb` only")
    api = (values.text(f"{SECTION}LINE_ITEMS_API") or "").lower()
    if api not in LINE_ITEM_APIS:
        raise SettingsError(f"{SECTION}LINE_ITEMS_API is `{api}`; it may be {', '.join(LINE_ITEM_APIS)}")
    return Settings(
        base_url=base_url,
        authority_url=authority_url,
        graph_url=_url(values, f"{SECTION}GRAPH_URL"),
        # Their sign-in is the global one: a secret of another cloud is sent there only when that is wanted.
        partner_api_url=_url(values, f"{SECTION}PARTNER_API_URL") if prices or cloud.has_own_price_sign_in else None,
        partner_api_authority_url=prices or authority_url,
        audience=audience,
        tenant_id=values.text(f"{SECTION}TENANT_ID"),
        client_id=values.text(f"{SECTION}CLIENT_ID"),
        client_secret=values.text(f"{SECTION}CLIENT_SECRET"),
        refresh_token=values.text(f"{SECTION}REFRESH_TOKEN"),
        line_items_api=_line_items_api(api, cloud),
        export_max_wait_seconds=_whole_number(values, f"{SECTION}EXPORT_MAX_WAIT_SECONDS", 1, 86_400),
        requests_per_minute=_whole_number(values, f"{SECTION}REQUESTS_PER_MINUTE", 1, 100_000),
        retry_max_wait_seconds=_whole_number(values, f"{SECTION}RETRY_MAX_WAIT_SECONDS", 0, 86_400),
        data_dir=_folder(values.text("RECON_DATA_DIR") or "data"),
        as_of=parse_as_of(values.text("RECON_AS_OF")),
        not_compared_share=_share(values),
        sweep_days=_whole_number(values, "RECON_SWEEP_DAYS", 0, 80),
        integration_sandbox_tenants=_tenants(values),
    )


def parse_as_of(text: str | None) -> datetime:
    """The moment of the question, UTC; now when unset.

    Errors:  SettingsError when it is not an ISO 8601 moment, or lies before the first billing there was.
    """
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise SettingsError(f"RECON_AS_OF is `{text}`; write it like 2026-10-14T09:00:00Z") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not 2010 <= moment.year <= 2200:
        raise SettingsError(f"RECON_AS_OF is `{text}`; the year cannot be meant")
    return moment


class _Values:
    def __init__(self, environment: Mapping[str, str], files: list[Mapping[str, Any]]) -> None:
        self._environment = environment
        self._files = files

    def text(self, variable: str) -> str | None:
        """The value, its default, or None; blank counts as not set."""
        default = next(setting.default for setting in SETTINGS if setting.variable == variable)
        found: Any = self._environment.get(variable)
        for file in self._files:
            if found in (None, ""):
                found = _dig(file, variable.lower().split("__"))
        text = "" if found is None else str(found).strip()
        return text or default

    def is_set(self, variable: str) -> bool:
        """Whether somebody set it to something else than nothing."""
        files = (_dig(file, variable.lower().split("__")) for file in self._files)
        return any(str(found).strip() for found in (self._environment.get(variable), *files) if found is not None)


def _dig(file: Mapping[str, Any], path: list[str]) -> Any:
    value: Any = file
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _read_toml_files(folder: Path) -> list[Mapping[str, Any]]:
    files: list[Mapping[str, Any]] = []
    for name in ("secrets.toml", "config.toml"):
        path = folder / ".dlt" / name
        if not path.exists():
            continue
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
            is_open = bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
        except (OSError, ValueError) as error:
            # Not chained: a traceback of it could show what the file holds.
            raise SettingsError(f"{path} cannot be read: {error}") from None
        secrets = (_dig(found, one.variable.lower().split("__")) for one in SETTINGS if one.is_secret)
        if is_open and (name == "secrets.toml" or any(secrets)):
            raise SettingsError(f"{path} can be read by others; run: chmod 600 {path}")
        files.append(found)
    return files


def _url(values: _Values, variable: str) -> str:
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


def _addresses(values: _Values) -> tuple[str, str]:
    """API and sign-in; where only one of them is set, and it is China's, the other one follows."""
    base_url, authority_url = _url(values, f"{SECTION}BASE_URL"), _url(values, f"{SECTION}AUTHORITY_URL")
    if not values.is_set(f"{SECTION}AUTHORITY_URL") and urlsplit(base_url).hostname == CHINA.api_host:
        return base_url, f"https://{CHINA.authorities[0]}"
    if not values.is_set(f"{SECTION}BASE_URL") and urlsplit(authority_url).hostname in CHINA.authorities:
        return CHINA.audience, authority_url
    return base_url, authority_url


def _line_items_api(api: str, cloud: Cloud) -> str:
    """The export exists in the global cloud only; everywhere else lines are read through v1."""
    if cloud.has_exports:
        return api
    if api == "graph":
        raise SettingsError(
            f"{SECTION}LINE_ITEMS_API=graph: the export of Microsoft Graph exists in the global cloud only, and "
            f"these addresses are of the cloud {cloud.name}; set `auto` or `v1`"
        )
    return "v1"


def _whole_number(values: _Values, variable: str, lowest: int, highest: int) -> int:
    text = values.text(variable) or ""
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise SettingsError(f"{variable} is `{text}`; it is a whole number from {lowest} to {highest}")
    return int(text)


def _tenants(values: _Values) -> frozenset[str]:
    """Ids only: a domain can be moved to another tenant."""
    variable = f"{SECTION}INTEGRATION_SANDBOX_TENANTS"
    listed = [one.strip().lower() for one in (values.text(variable) or "").split(",")]
    for one in filter(None, listed):
        if not _TENANT_ID.fullmatch(one):
            raise SettingsError(f"{variable}: `{one}` is not a tenant id; write ids, separated by commas")
    return frozenset(filter(None, listed))


def _share(values: _Values) -> str:
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


def _folder(text: str) -> Path:
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
