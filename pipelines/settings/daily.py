"""What a scheduled day may be told: where alerts go and what of, and how long logs and reports are kept."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.errors import SettingsError
from pipelines.settings.checks import whole_number_of
from pipelines.settings.values import Values

FORMATS = ("auto", "teams", "slack", "both")
SEVERITIES = ("low", "medium", "high", "critical")
_LONGEST_DAYS = 36_500
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_YES, _NO = ("true", "yes", "1", "on"), ("false", "no", "0", "off")


@dataclass(frozen=True)
class DailySettings:
    """Checked settings of alerts and of clearing up. The address is a secret and never part of `repr`.

    Shape:   `profile` says of which partner a message is, where there are several.
    Units:   `keep_…_days` in days, 0: for ever.
    """

    alert_url: str | None = None
    alert_format: str = "auto"
    alert_severity: str = "high"
    alert_names: bool = False
    alert_stale_hours: int = 30
    keep_logs_days: int = 90
    keep_reports_days: int = 400
    keep_enquiries_days: int = 0
    profile: str = ""

    def __repr__(self) -> str:
        return f"DailySettings({self.in_words()})"

    def in_words(self) -> str:
        """What they mean, in one line; the address stays out of it."""
        kept = ", ".join(
            f"{name} {f'{days} days' if days else 'for ever'}"
            for name, days in (
                ("logs", self.keep_logs_days),
                ("reports", self.keep_reports_days),
                ("enquiries", self.keep_enquiries_days),
            )
        )
        if not self.alert_url:
            return f"keeps {kept}; no alert: RECON_ALERT_URL is not set"
        names = "with names" if self.alert_names else "amounts and ids only"
        return (
            f"keeps {kept}; alerts from {self.alert_severity} on, {names}, format {self.alert_format}, stale after "
            f"{self.alert_stale_hours} h"
        )


def read_daily_settings(values: Values) -> DailySettings:
    """These settings, checked.

    Errors:  SettingsError says which setting is wrong and what it may be.
    """
    return DailySettings(
        alert_url=_webhook(values.text("RECON_ALERT_URL")),
        alert_format=_one_of(values, "RECON_ALERT_FORMAT", FORMATS),
        alert_severity=_one_of(values, "RECON_ALERT_SEVERITY", SEVERITIES),
        alert_names=_yes_or_no(values, "RECON_ALERT_NAMES"),
        alert_stale_hours=whole_number_of(values, "RECON_ALERT_STALE_HOURS", 1, 24 * 366),
        keep_logs_days=whole_number_of(values, "RECON_KEEP_LOGS_DAYS", 0, _LONGEST_DAYS),
        keep_reports_days=whole_number_of(values, "RECON_KEEP_REPORTS_DAYS", 0, _LONGEST_DAYS),
        keep_enquiries_days=whole_number_of(values, "RECON_KEEP_ENQUIRIES_DAYS", 0, _LONGEST_DAYS),
        profile=values.profile,
    )


def _webhook(url: str | None) -> str | None:
    """The whole address is a secret, so no message repeats any of it."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_usable = bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        raise SettingsError("RECON_ALERT_URL is not a URL; copy the whole address of the webhook") from None
    if parts.scheme not in ("https", "http") or not is_usable or " " in url or "@" in parts.netloc:
        raise SettingsError("RECON_ALERT_URL is not a URL like https://host.example/…; copy the webhook's address")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise SettingsError("RECON_ALERT_URL: plain http is for loopback only; set the webhook's https address")
    return url


def _one_of(values: Values, variable: str, allowed: tuple[str, ...]) -> str:
    value = (values.text(variable) or "").lower()
    if value not in allowed:
        raise SettingsError(f"{variable} is `{value}`; it may be {', '.join(allowed)}")
    return value


def _yes_or_no(values: Values, variable: str) -> bool:
    value = (values.text(variable) or "").lower()
    if value not in _YES + _NO:
        raise SettingsError(f"{variable} is `{value}`; it may be true or false")
    return value in _YES
