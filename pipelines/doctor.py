"""Whether a run could work here and now: settings, sign-in, clock, disk, lock, versions, last load."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipelines.buying.permission import LOOPBACK
from pipelines.clouds import cloud_of
from pipelines.errors import LockHeld, ReconError
from pipelines.partner_center.client import PartnerCenterClient
from pipelines.partner_center.endpoints import INVOICE_SUMMARY
from pipelines.settings import SETTINGS, Settings
from pipelines.warehouse import Folders, exclusive_run, published_info

_ENOUGH_DISK_BYTES = 2 * 1024**3
_MOST_CLOCK_SKEW_SECONDS = 120
_PACKAGES = ("dlt", "dbt-core", "dbt-duckdb", "duckdb", "polars", "pyarrow", "httpx")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. A warning is good enough to work with, and has to be known."""

    name: str
    is_good: bool
    text: str
    is_warning: bool = False


def examine(settings: Settings, client: PartnerCenterClient | None) -> Iterator[Finding]:
    """Every finding, cheap ones first; `client` None: no sign-in is set, so none is tried."""
    yield Finding("settings", True, f"{settings!r}")
    for name in settings.unknown:
        yield Finding("settings", True, f"nothing reads {name}", is_warning=True)
    yield _profiles(settings)
    for setting in SETTINGS:
        if setting.is_secret:
            yield Finding(setting.variable, True, "set" if _is_set(settings, setting.variable) else "not set")
    yield Finding("daily", True, settings.daily.in_words())
    yield _cloud(settings)
    yield Finding("python", True, platform.python_version())
    yield Finding("versions", True, ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES))
    yield _disk(settings)
    yield _lock(Folders(settings.data_dir))
    yield _last_published(Folders(settings.data_dir))
    if client is None:
        yield Finding("sign-in", False, "not set up; `recon demo` works without")
    else:
        yield from _sign_in(client)
        yield buying(settings, client)


def _is_set(settings: Settings, variable: str) -> bool:
    if variable == "RECON_ALERT_URL":
        return settings.daily.alert_url is not None
    return bool(getattr(settings, variable.rsplit("__")[-1].lower()))


def _profiles(settings: Settings) -> Finding:
    """Whose settings these are, and whose there are besides."""
    others = [name for name in settings.profiles if name != settings.profile]
    mine = f"this is {settings.profile}" if settings.profile else "this is the partner without one"
    each = f"; `recon doctor --profile {others[0]}` looks at another: {', '.join(others)}" if others else ""
    return Finding("profile", True, f"{mine}{each}" if settings.profiles else "none: there is one partner")


def _cloud(settings: Settings) -> Finding:
    """Combinations that cannot work were refused with the settings; this tells what the cloud offers."""
    cloud = cloud_of(settings.base_url, settings.authority_url)
    exports = "exports" if cloud.has_exports else "no exports: every line is read through v1"
    prices = "price sheets and rates" if settings.partner_api_url else "no price sheets or rates: no sign-in for them"
    return Finding("cloud", True, f"{cloud.name}, tokens for {settings.audience}; {exports}; {prices}")


def _disk(settings: Settings) -> Finding:
    existing = next(parent for parent in (settings.data_dir, *settings.data_dir.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    return Finding("disk", free > _ENOUGH_DISK_BYTES, f"{free / 1024**3:.1f} GiB free for {settings.data_dir}")


def _lock(folders: Folders) -> Finding:
    if not folders.data.exists():
        return Finding("lock", True, "free (the data directory does not exist yet)")
    try:
        with exclusive_run(folders, "doctor"):
            return Finding("lock", True, "free")
    except LockHeld as error:
        return Finding("lock", False, str(error))


def _last_published(folders: Folders) -> Finding:
    info = published_info(folders)
    if info is None:
        return Finding("published", True, "nothing yet")
    return Finding("published", True, f"generation {info['generation']} as of {info['as_of'].isoformat()}Z")


def _sign_in(client: PartnerCenterClient) -> Iterator[Finding]:
    try:
        answer = client.get(INVOICE_SUMMARY.path)
    except ReconError as error:
        yield Finding("sign-in", False, str(error))
        return
    mode = "app+user" if client.sign_in_mode == "app_user" else "app-only: entitlements cannot be read with it"
    yield Finding("sign-in", True, mode)
    date = {name.lower(): value for name, value in answer.headers.items()}.get("date")
    if date:
        skew = abs((datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds())
        yield Finding("clock", skew < _MOST_CLOCK_SKEW_SECONDS, f"differs by {skew:.0f} s from the API's")


def buying(settings: Settings, client: PartnerCenterClient) -> Finding:
    """Whether this sign-in could place orders for real. No call tells without trying, so what is known is said."""
    host = urlsplit(settings.base_url).hostname or ""
    if (settings.tenant_id or "").lower() in settings.integration_sandbox_tenants:
        return Finding("buying", True, f"tenant {settings.tenant_id} is listed as an integration sandbox")
    if host in LOOPBACK:
        return Finding("buying", True, "the API is on this machine; `recon cart` buys there if it is the sandbox")
    try:
        claims = client.claims()
    except ReconError:
        claims = None
    if claims is None:
        said = "the access token is not readable, so its rights cannot be told"
    else:
        rights = (f"{name}={_words(claims[name])}" for name in ("scp", "roles", "wids") if claims.get(name))
        said = f"the access token says {'; '.join(rights) or 'nothing of rights (no scp, roles or wids)'}"
    mode = (
        "an app+user sign-in with user_impersonation may do whatever its user may"
        if client.sign_in_mode == "app_user"
        else "an app-only sign-in is taken by carts and orders too"
    )
    return Finding(
        "buying",
        True,
        f"this sign-in may be able to place orders in production: {mode}; {said}. `recon cart` refuses there, other "
        "programs with the same secrets would not: give this sign-in a user and roles that only read",
        is_warning=True,
    )


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
