"""A wrong setting stops the run before any call, and the message says which one and what to set."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import SettingsError
from pipelines.settings import SECTION, SETTINGS, Settings, read_settings

SIGN_IN = {f"{SECTION}TENANT_ID": "tenant", f"{SECTION}CLIENT_ID": "app", f"{SECTION}CLIENT_SECRET": "s3cret-value"}


def read(folder: Path, **changes: str) -> Settings:
    """Settings from the given variables only."""
    return read_settings({"RECON_DATA_DIR": str(folder / "data"), **SIGN_IN, **changes}, folder)


def toml(folder: Path, name: str, text: str, mode: int = 0o600) -> None:
    (folder / ".dlt").mkdir(exist_ok=True)
    path = folder / ".dlt" / name
    path.write_text(text)
    path.chmod(mode)


def test_defaults_are_those_of_the_settings_table(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.base_url == settings.audience == "https://api.partnercenter.microsoft.com"
    assert settings.authority_url == "https://login.microsoftonline.com"
    assert (settings.requests_per_minute, settings.retry_max_wait_seconds) == (500, 300)
    assert settings.line_items_api == "auto"
    assert settings.as_of.tzinfo is UTC
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        (
            f"{SECTION}BASE_URL",
            "http://api.partnercenter.microsoft.com",
            "set https://api.partnercenter.microsoft.com",
        ),
        (f"{SECTION}BASE_URL", "http://127.0.0.1.example.net", "loopback only"),
        (f"{SECTION}BASE_URL", "api.partnercenter.microsoft.com", "write it like https://"),
        (f"{SECTION}BASE_URL", "ftp://host.example", "write it like https://"),
        (f"{SECTION}BASE_URL", "https://host.example:0", "write it like https://"),
        (f"{SECTION}BASE_URL", "https://host.example:port", "write it like https://"),
        (f"{SECTION}BASE_URL", "https://[half", "write it like https://"),
        (f"{SECTION}BASE_URL", "https://host.example?x=1", "write it like https://"),
        (f"{SECTION}AUTHORITY_URL", "http://login.example.net", "loopback only"),
        (f"{SECTION}REQUESTS_PER_MINUTE", "0", "whole number from 1"),
        (f"{SECTION}REQUESTS_PER_MINUTE", "many", "whole number from 1"),
        (f"{SECTION}REQUESTS_PER_MINUTE", "5.5", "whole number from 1"),
        (f"{SECTION}RETRY_MAX_WAIT_SECONDS", "-1", "whole number from 0"),
        (f"{SECTION}LINE_ITEMS_API", "v3", "auto, v1, graph"),
        (f"{SECTION}EXPORT_MAX_WAIT_SECONDS", "0", "whole number from 1"),
        ("RECON_AS_OF", "14.10.2026", "write it like 2026-10-14T09:00:00Z"),
        ("RECON_AS_OF", "0001-01-01", "year cannot be meant"),
        ("RECON_NOT_COMPARED_SHARE", "1.5", "from 0 to 1"),
        ("RECON_NOT_COMPARED_SHARE", "NaN", "from 0 to 1"),
        ("RECON_NOT_COMPARED_SHARE", "a lot", "from 0 to 1"),
        ("RECON_TARGET", "snowflake", "`duckdb` only"),
        ("RECON_DATA_DIR", "~nobody-of-that-name/data", "name a folder"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_it_may_be(
    tmp_path: Path, variable: str, value: str, hint: str
) -> None:
    with pytest.raises(SettingsError, match=variable) as stopped:
        read(tmp_path, **{variable: value})
    assert hint in str(stopped.value)


def test_a_password_in_a_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    for user in ("user:hunter2@", ":hunter2@", "hunter2@"):
        with pytest.raises(SettingsError, match="BASE_URL holds a user or password") as stopped:
            read(tmp_path, **{f"{SECTION}BASE_URL": f"https://{user}host.example"})
        assert "hunter2" not in str(stopped.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:1", "[::1]:9"])
def test_plain_http_is_for_loopback(tmp_path: Path, host: str) -> None:
    assert read(tmp_path, **{f"{SECTION}BASE_URL": f"http://{host}/"}).base_url == f"http://{host}"


def test_the_audience_follows_the_cloud_unless_it_is_set(tmp_path: Path) -> None:
    china = "https://partner.partnercenterapi.microsoftonline.cn"
    assert read(tmp_path, **{f"{SECTION}BASE_URL": china}).audience == china
    assert read(tmp_path, **{f"{SECTION}AUDIENCE": "https://x.example"}).audience == "https://x.example"


NATIONAL = (
    {f"{SECTION}BASE_URL": "https://partner.partnercenterapi.microsoftonline.cn"},
    {f"{SECTION}AUTHORITY_URL": "https://login.microsoftonline.us"},
    {f"{SECTION}AUTHORITY_URL": "https://login.microsoftonline.de"},
    {f"{SECTION}AUTHORITY_URL": "https://login.partner.microsoftonline.cn"},
)


@pytest.mark.parametrize("cloud", NATIONAL)
def test_a_national_cloud_has_no_export(tmp_path: Path, cloud: dict[str, str]) -> None:
    assert read(tmp_path, **cloud).line_items_api == "v1"
    with pytest.raises(SettingsError, match=r"LINE_ITEMS_API=graph: .* global cloud only.* set `auto` or `v1`"):
        read(tmp_path, **cloud, **{f"{SECTION}LINE_ITEMS_API": "graph"})


@pytest.mark.parametrize("url", ["https://api.partnercenter.microsoft.com", "http://127.0.0.1:8080"])
def test_the_global_cloud_and_a_sandbox_have_the_export(tmp_path: Path, url: str) -> None:
    for api in ("auto", "v1", "graph"):
        settings = read(tmp_path, **{f"{SECTION}BASE_URL": url, f"{SECTION}LINE_ITEMS_API": api})
        assert settings.line_items_api == api


def test_a_sign_in_that_is_not_set_is_named_variable_by_variable(tmp_path: Path) -> None:
    settings = read(tmp_path, **{f"{SECTION}CLIENT_SECRET": "  ", f"{SECTION}TENANT_ID": ""})
    with pytest.raises(SettingsError, match="recon demo") as stopped:
        settings.require_sign_in()
    assert f"not set: {SECTION}TENANT_ID, {SECTION}CLIENT_SECRET." in str(stopped.value)
    read(tmp_path).require_sign_in()


def test_no_secret_is_ever_in_the_text_of_settings(tmp_path: Path) -> None:
    settings = read(tmp_path, **{f"{SECTION}REFRESH_TOKEN": "r3fresh-value"})
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert "s3cret-value" not in shown
        assert "r3fresh-value" not in shown


def test_the_environment_wins_over_secrets_and_secrets_over_config(tmp_path: Path) -> None:
    toml(tmp_path, "config.toml", '[sources.partner_center]\nclient_id = "config"\ntenant_id = "config"', 0o644)
    toml(tmp_path, "secrets.toml", '[sources.partner_center]\ntenant_id = "secrets"\nclient_secret = "kept"')
    settings = read_settings({f"{SECTION}AUDIENCE": "https://a.example"}, tmp_path)
    assert (settings.client_id, settings.tenant_id, settings.client_secret) == ("config", "secrets", "kept")
    assert read(tmp_path).tenant_id == "tenant"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_secrets_that_others_can_read_are_refused(tmp_path: Path, mode: int) -> None:
    toml(tmp_path, "secrets.toml", "", mode)
    with pytest.raises(SettingsError, match=r"run: chmod 600 .*secrets\.toml"):
        read(tmp_path)


def test_a_secret_in_the_open_config_file_is_refused_too(tmp_path: Path) -> None:
    toml(tmp_path, "config.toml", '[sources.partner_center]\nclient_secret = "kept"', 0o644)
    with pytest.raises(SettingsError, match=r"config\.toml can be read by others") as stopped:
        read(tmp_path)
    assert "kept" not in str(stopped.value)


@pytest.mark.parametrize("content", [b"[sources", b'client_secret = "a\xff"', b'a = 1\na = 2\nsecret = "hunter2"'])
def test_a_file_that_is_not_toml_is_named_without_what_it_holds(tmp_path: Path, content: bytes) -> None:
    toml(tmp_path, "secrets.toml", "")
    (tmp_path / ".dlt" / "secrets.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"secrets\.toml cannot be read") as stopped:
        read(tmp_path)
    assert "hunter2" not in str(stopped.value)
    assert stopped.value.__cause__ is None


def test_the_data_directory_may_not_be_a_file_or_below_one(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("")
    for place in ("note", "note/data"):
        with pytest.raises(SettingsError, match=r"RECON_DATA_DIR: .*note is a file; name a folder"):
            read(tmp_path, RECON_DATA_DIR=str(tmp_path / place))


def test_a_folder_without_rights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever runs the tests may be allowed everything, so the answer of the system is pretended.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(SettingsError, match=r"RECON_DATA_DIR: .* cannot be read and written; choose another folder"):
        read(tmp_path)


def test_a_folder_that_cannot_even_be_looked_at_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", lambda path: refuse(path) if path.name == "data" else os.path.exists(path))
    with pytest.raises(SettingsError, match="RECON_DATA_DIR"):
        read(tmp_path)


@pytest.mark.parametrize("text", ["2026-10-14T09:00:00Z", "2026-10-14T02:00:00-07:00", "2026-10-14T09:00:00"])
def test_the_moment_of_the_question_is_utc(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, RECON_AS_OF=text).as_of == datetime(2026, 10, 14, 9, tzinfo=UTC)


def test_the_share_reaches_sql_without_an_exponent(tmp_path: Path) -> None:
    assert read(tmp_path, RECON_NOT_COMPARED_SHARE="1e-3").not_compared_share == "0.001"


def test_a_name_that_nothing_reads_is_found_with_the_one_that_it_is_like(tmp_path: Path) -> None:
    """A webhook under a misspelt name would be no webhook, and nobody would be told."""
    toml(
        tmp_path,
        "secrets.toml",
        'RECON_ALERT_URL = "https://hooks.example/s3cret"\nrecon_alert_ulr = "s3cret"\nrecon_sweep_days = 3\n'
        '[sources.partner_center]\ntenantid = "x"\nclient_id = "x"\n'
        '[sources.partner_centre]\nclient_secret = "s3cret"\n'
        '[profiles.contoso]\nrecon_datadir = "x"\n[profiles.contoso.sources.partner_center]\ntenant_id = "x"\n'
        "[runtime]\nlog_level = 3\n",
    )
    found = read(
        tmp_path,
        RECON_KEEP_LOG_DAYS="3",
        RECON_TRACE="1",
        PROFILES__CONTOSO__RECON_DATA_DIR="x",
        PROFILES__CONTOSO__SOURCES__PARTNER_CENTER__TENANT="x",
        RECONNECT="1",
    ).unknown
    assert found == (
        "PROFILES__CONTOSO__SOURCES__PARTNER_CENTER__TENANT; did you mean `SOURCES__PARTNER_CENTER__TENANT_ID`?",
        "RECON_KEEP_LOG_DAYS; did you mean `RECON_KEEP_LOGS_DAYS`?",
        "RECON_ALERT_URL; did you mean `recon_alert_url`?",
        "recon_alert_ulr; did you mean `recon_alert_url`?",
        "sources.partner_center.tenantid; did you mean `sources.partner_center.tenant_id`?",
        "sources.partner_centre.client_secret; did you mean `sources.partner_center.client_secret`?",
        "profiles.contoso.recon_datadir; did you mean `recon_data_dir`?",
    )


def test_what_is_set_as_documented_is_known(tmp_path: Path) -> None:
    variables = {one.variable: one.default for one in SETTINGS if one.default}
    assert read_settings(variables | {"RECON_DATA_DIR": str(tmp_path / "data")}, tmp_path).unknown == ()
