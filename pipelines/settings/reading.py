"""All settings, checked before any call is made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.clouds import CHINA, Cloud, cloud_of, why_it_cannot_work
from pipelines.errors import SettingsError
from pipelines.settings.checks import folder_of, share_of, tenants_of, url_of, whole_number_of
from pipelines.settings.daily import DailySettings, read_daily_settings
from pipelines.settings.profiles import checked_profile, profile_folder, profile_names
from pipelines.settings.spelling import unknown_names
from pipelines.settings.table import SECTION
from pipelines.settings.values import Values, read_toml_files

LINE_ITEM_APIS = ("auto", "v1", "graph")


@dataclass(frozen=True)
class Settings:
    """Checked settings. Secrets are never part of `repr`.

    Shape:   `profile` is blank for the partner who needs none; `profiles` are those that exist; `unknown` are names
             that look like settings, and that nothing reads.
    """

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
    profile: str = ""
    profiles: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    daily: DailySettings = field(default_factory=DailySettings)

    def __repr__(self) -> str:
        profile = f"profile={self.profile!r}, " if self.profile else ""
        return f"Settings({profile}base_url={self.base_url!r}, data_dir={str(self.data_dir)!r}, as_of={self.as_of})"

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
        if missing and self.profile:
            section = f"[profiles.{self.profile}.sources.partner_center]"
            keys = ", ".join(name.removeprefix(SECTION).lower() for name in missing)
            raise SettingsError(
                f"not set for the profile {self.profile}: {keys}. Write them below {section} in .dlt/secrets.toml"
            )
        if missing:
            others = f", or name a profile with --profile ({', '.join(self.profiles)})" if self.profiles else ""
            raise SettingsError(
                f"not set: {', '.join(missing)}. Set them as environment variables or in .dlt/secrets.toml{others}, "
                "or try `recon demo`, which needs no sign-in"
            )


def read_settings(
    environment: Mapping[str, str] | None = None, folder: Path | None = None, profile: str | None = None
) -> Settings:
    """All settings, checked; no call is made.

    Shape:   without `profile` the one that RECON_PROFILE names, if any.
    Errors:  SettingsError says which setting is wrong and what it may be.
    """
    environment = os.environ if environment is None else environment
    files = read_toml_files(folder or Path.cwd())
    values = Values(environment, files)
    profiles = profile_names(environment, files)
    if profile := profile or values.text("RECON_PROFILE"):
        values = values.of_profile(checked_profile(profile, profiles))
    base_url, authority_url = _addresses(values)
    cloud = cloud_of(base_url, authority_url)
    audience = values.text(f"{SECTION}AUDIENCE") or cloud.audience
    if problem := why_it_cannot_work(base_url, authority_url, audience):
        raise SettingsError(f"{SECTION}BASE_URL, {SECTION}AUTHORITY_URL, {SECTION}AUDIENCE: {problem}")
    prices = (
        url_of(values, f"{SECTION}PARTNER_API_AUTHORITY_URL")
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
        graph_url=url_of(values, f"{SECTION}GRAPH_URL"),
        # Their sign-in is the global one: a secret of another cloud is sent there only when that is wanted.
        partner_api_url=url_of(values, f"{SECTION}PARTNER_API_URL")
        if prices or cloud.has_own_price_sign_in
        else None,
        partner_api_authority_url=prices or authority_url,
        audience=audience,
        tenant_id=values.text(f"{SECTION}TENANT_ID"),
        client_id=values.text(f"{SECTION}CLIENT_ID"),
        client_secret=values.text(f"{SECTION}CLIENT_SECRET"),
        refresh_token=values.text(f"{SECTION}REFRESH_TOKEN"),
        line_items_api=_line_items_api(api, cloud),
        export_max_wait_seconds=whole_number_of(values, f"{SECTION}EXPORT_MAX_WAIT_SECONDS", 1, 86_400),
        requests_per_minute=whole_number_of(values, f"{SECTION}REQUESTS_PER_MINUTE", 1, 100_000),
        retry_max_wait_seconds=whole_number_of(values, f"{SECTION}RETRY_MAX_WAIT_SECONDS", 0, 86_400),
        data_dir=folder_of(profile_folder(values)),
        as_of=parse_as_of(values.text("RECON_AS_OF")),
        not_compared_share=share_of(values),
        sweep_days=whole_number_of(values, "RECON_SWEEP_DAYS", 0, 80),
        integration_sandbox_tenants=tenants_of(values),
        profile=profile or "",
        profiles=tuple(profiles),
        unknown=unknown_names(environment, files),
        daily=read_daily_settings(values),
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


def _addresses(values: Values) -> tuple[str, str]:
    """API and sign-in; where only one of them is set, and it is China's, the other one follows."""
    base_url, authority_url = url_of(values, f"{SECTION}BASE_URL"), url_of(values, f"{SECTION}AUTHORITY_URL")
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
