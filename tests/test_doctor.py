"""What `recon doctor` says of a sign-in that could buy."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.doctor import Finding, buying, examine
from pipelines.errors import SettingsError
from pipelines.partner_center.claims import claims_of
from pipelines.settings import read_settings

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
SECTION = "SOURCES__PARTNER_CENTER__"


def finding(tmp_path: Path, claims: Any = None, mode: str = "app_user", **settings: str) -> Finding:
    environment = {f"{SECTION}{name}": value for name, value in {"TENANT_ID": TENANT, **settings}.items()}
    client = SimpleNamespace(sign_in_mode=mode, claims=lambda: claims)
    return buying(read_settings(environment, tmp_path), client)  # type: ignore[arg-type]


def test_a_production_sign_in_is_warned_of_with_what_its_token_says(tmp_path: Path) -> None:
    warned = finding(tmp_path, {"scp": "user_impersonation", "wids": ["62e90394", "b79fbf4d"]})
    assert (warned.is_good, warned.is_warning) == (True, True)
    assert "scp=user_impersonation; wids=62e90394 b79fbf4d" in warned.text
    assert "cannot be told" in finding(tmp_path, None, "app_only").text


def test_a_sandbox_is_not_warned_of(tmp_path: Path) -> None:
    assert not finding(tmp_path, BASE_URL="http://127.0.0.1:8080").is_warning
    listed = finding(tmp_path, INTEGRATION_SANDBOX_TENANTS=f" {TENANT.upper()} ,")
    assert not listed.is_warning


def test_tenants_are_listed_by_their_ids_only(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not a tenant id"):
        finding(tmp_path, INTEGRATION_SANDBOX_TENANTS="contoso.example.com")


def test_claims_are_read_from_a_token_that_has_any() -> None:
    middle = base64.urlsafe_b64encode(json.dumps({"scp": "a b"}).encode()).decode().rstrip("=")
    assert claims_of(f"head.{middle}.signature") == {"scp": "a b"}
    assert claims_of("sandbox-access-1") is None
    assert claims_of("a.!.c") is None
    assert claims_of(f"a.{base64.urlsafe_b64encode(b'[1]').decode()}.c") is None


def test_a_name_that_nothing_reads_is_warned_of(tmp_path: Path) -> None:
    settings = read_settings({"RECON_ALERT_ULR": "x", "RECON_DATA_DIR": str(tmp_path / "data")}, tmp_path)
    warned = [one for one in examine(settings, None) if one.is_warning]
    assert [one.text for one in warned] == ["nothing reads RECON_ALERT_ULR; did you mean `RECON_ALERT_URL`?"]
