"""Whether a run could work here and now: settings, sign-in, clock, disk, lock, versions, last load."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

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
    """One thing looked at."""

    name: str
    is_good: bool
    text: str


def examine(settings: Settings, client: PartnerCenterClient | None) -> Iterator[Finding]:
    """Every finding, cheap ones first; `client` None: no sign-in is set, so none is tried."""
    yield Finding("settings", True, f"{settings!r}")
    for setting in SETTINGS:
        if setting.is_secret:
            is_set = bool(getattr(settings, setting.variable.rsplit("__")[-1].lower()))
            yield Finding(setting.variable, True, "set" if is_set else "not set")
    yield Finding("python", True, platform.python_version())
    yield Finding("versions", True, ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES))
    yield _disk(settings)
    yield _lock(Folders(settings.data_dir))
    yield _last_published(Folders(settings.data_dir))
    if client is None:
        yield Finding("sign-in", False, "not set up; `recon demo` works without")
    else:
        yield from _sign_in(client)


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
