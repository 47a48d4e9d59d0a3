"""Settings of a scheduled day: checked, and the address of the webhook never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.doctor import examine
from pipelines.errors import SettingsError
from pipelines.settings import read_settings

SECRET = "T00-secret-path"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("RECON_ALERT_URL", f"http://elsewhere.example/{SECRET}", "plain http is for loopback only"),
        ("RECON_ALERT_URL", f"hooks.example/{SECRET}", "is not a URL like"),
        ("RECON_ALERT_URL", f"https://user:{SECRET}@hooks.example/x", "is not a URL like"),
        ("RECON_ALERT_URL", f"https://hooks.example:{SECRET}/x", "is not a URL"),
        ("RECON_ALERT_FORMAT", "pigeon", "auto, teams, slack, both"),
        ("RECON_ALERT_SEVERITY", "grave", "low, medium, high, critical"),
        ("RECON_ALERT_NAMES", "perhaps", "true or false"),
        ("RECON_ALERT_STALE_HOURS", "0", "a whole number from 1"),
        ("RECON_KEEP_LOGS_DAYS", "-1", "a whole number from 0"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(tmp_path: Path, variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        read_settings({variable: value}, tmp_path)
    assert variable in str(caught.value)
    assert SECRET not in str(caught.value)


def test_an_address_keeps_its_query_and_is_never_shown(tmp_path: Path) -> None:
    url = f"https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig={SECRET}"
    settings = read_settings({"RECON_ALERT_URL": url, "RECON_DATA_DIR": str(tmp_path / "data")}, tmp_path)
    assert settings.daily.alert_url == url
    findings = {one.name: one.text for one in examine(settings, None)}
    assert findings["RECON_ALERT_URL"] == "set"
    assert "amounts and ids only" in findings["daily"]
    assert SECRET not in f"{findings}{settings!r}{settings.daily!r}"


def test_what_is_kept_is_shown_by_the_doctor(tmp_path: Path) -> None:
    settings = read_settings({"RECON_KEEP_LOGS_DAYS": "7", "RECON_DATA_DIR": str(tmp_path / "data")}, tmp_path)
    said = {one.name: one.text for one in examine(settings, None)}["daily"]
    assert said == ("keeps logs 7 days, reports 400 days, enquiries for ever; no alert: RECON_ALERT_URL is not set")


def test_a_webhook_on_this_machine_needs_no_https(tmp_path: Path) -> None:
    settings = read_settings({"RECON_ALERT_URL": "http://127.0.0.1:9/hook"}, tmp_path)
    assert settings.daily.alert_url == "http://127.0.0.1:9/hook"
