"""Several partners: each has its own sign-in and its own data directory, and nothing is taken from another."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import cli
from pipelines.doctor import examine
from pipelines.errors import SettingsError
from pipelines.partner_center.sign_in_advice import sign_in_advice
from pipelines.session import claim_data_dir
from pipelines.settings import SECTION, Settings, read_settings
from pipelines.warehouse import Folders

TWO_PARTNERS = """
[sources.partner_center]
tenant_id = "common"
client_id = "common"
client_secret = "common-secret"
refresh_token = "common-refresh"
requests_per_minute = 100

[profiles.contoso.sources.partner_center]
tenant_id = "contoso-tenant"
client_id = "contoso-app"
client_secret = "contoso-secret"
requests_per_minute = 200

[profiles.contoso]
recon_sweep_days = 3

[profiles.fabrikam-eu]
recon_data_dir = "elsewhere"
[profiles.fabrikam-eu.sources.partner_center]
tenant_id = "fabrikam-tenant"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, TWO_PARTNERS)
    return tmp_path


def write(folder: Path, text: str, name: str = "secrets.toml", mode: int = 0o600) -> None:
    (folder / ".dlt").mkdir(exist_ok=True)
    (folder / ".dlt" / name).write_text(text)
    (folder / ".dlt" / name).chmod(mode)


def read(folder: Path, profile: str | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    return read_settings(environment or {}, folder, profile)


def test_a_profile_has_its_own_sign_in_and_its_own_data_directory(folder: Path) -> None:
    contoso = read(folder, "contoso")
    assert (contoso.tenant_id, contoso.client_id, contoso.client_secret) == (
        "contoso-tenant",
        "contoso-app",
        "contoso-secret",
    )
    assert contoso.data_dir == folder / "data" / "profiles" / "contoso"
    assert read(folder).data_dir == folder / "data"
    assert (contoso.profile, contoso.profiles) == ("contoso", ("contoso", "fabrikam-eu"))
    assert "profile='contoso'" in repr(contoso)
    contoso.require_sign_in()


def test_what_is_not_of_one_partner_is_common_unless_the_profile_says_otherwise(folder: Path) -> None:
    assert read(folder, "contoso").requests_per_minute == 200
    assert read(folder, "fabrikam-eu").requests_per_minute == 100
    assert (read(folder, "contoso").sweep_days, read(folder, "fabrikam-eu").sweep_days) == (3, 7)


def test_another_partners_secret_is_never_a_default(folder: Path) -> None:
    """Neither from the common section nor from common variables."""
    outside = {f"{SECTION}CLIENT_SECRET": "leaked-secret", f"{SECTION}REFRESH_TOKEN": "leaked-refresh"}
    fabrikam = read(folder, "fabrikam-eu", outside)
    assert (fabrikam.client_id, fabrikam.client_secret, fabrikam.refresh_token) == (None, None, None)
    assert read(folder, "contoso", outside).refresh_token is None
    with pytest.raises(SettingsError, match=r"client_id, client_secret.*\[profiles\.fabrikam-eu\.sources"):
        fabrikam.require_sign_in()


def test_the_data_directory_of_a_profile_is_set_in_its_section_or_follows_the_common_one(folder: Path) -> None:
    outside = {"RECON_DATA_DIR": str(folder / "all")}
    assert read(folder, "contoso", outside).data_dir == folder / "all" / "profiles" / "contoso"
    assert read(folder, "fabrikam-eu", outside).data_dir == folder / "elsewhere"


def test_a_profile_can_be_set_in_variables_alone(tmp_path: Path) -> None:
    variables = {f"PROFILES__NORTH_WIND__{SECTION}TENANT_ID": "north", "PROFILES__NORTH_WIND__RECON_SWEEP_DAYS": "1"}
    found = read(tmp_path, "north_wind", variables)
    assert (found.tenant_id, found.sweep_days, found.profiles) == ("north", 1, ("north_wind",))


def test_a_variable_of_a_profile_wins_over_its_file(folder: Path) -> None:
    variables = {f"PROFILES__FABRIKAM_EU__{SECTION}TENANT_ID": "from the variable"}
    found = read(folder, "fabrikam-eu", variables)
    assert (found.tenant_id, found.profiles) == ("from the variable", ("contoso", "fabrikam-eu"))


def test_a_variable_names_the_profile_and_the_option_wins_over_it(folder: Path) -> None:
    variable = {"RECON_PROFILE": "contoso"}
    assert read(folder, None, variable).profile == "contoso"
    assert read(folder, "fabrikam-eu", variable).profile == "fabrikam-eu"


def test_a_mistyped_profile_is_told_those_that_exist(folder: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"no profile `contsoo`; there are contoso, fabrikam-eu; did you mean `co"
    ):
        read(folder, "contsoo")
    with pytest.raises(SettingsError, match="nor any other; write its sign-in"):
        read(folder / "data", "contoso")


@pytest.mark.parametrize("name", ["../other", "Contoso", "a__b", "-a", "a-", "a b", "a" * 41, "ä"])
def test_a_profile_is_a_plain_word(folder: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be a profile: its name has"):
        read(folder, name)


def test_two_profiles_that_variables_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "[profiles.a-b]\nrecon_sweep_days = 1\n[profiles.a_b]\nrecon_sweep_days = 2\n")
    with pytest.raises(SettingsError, match="rename one"):
        read(tmp_path)


def test_a_profiles_secret_in_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    secret = '[profiles.a.sources.partner_center]\nclient_secret = "kept"\n'
    write(tmp_path, secret, "config.toml", 0o644)
    with pytest.raises(SettingsError, match=r"config\.toml can be read by others"):
        read(tmp_path)


def test_without_a_sign_in_of_its_own_the_profiles_are_offered(tmp_path: Path) -> None:
    write(tmp_path, '[profiles.a.sources.partner_center]\ntenant_id = "t"\n')
    with pytest.raises(SettingsError, match=r"--profile \(a\)"):
        read(tmp_path).require_sign_in()


def test_doctor_says_whose_settings_it_looks_at_and_names_the_others(folder: Path) -> None:
    def said(profile: str | None) -> str:
        return next(one.text for one in examine(read(folder, profile), None) if one.name == "profile")

    assert said(None) == (
        "this is the partner without one; `recon doctor --profile contoso` looks at another: contoso, fabrikam-eu"
    )
    assert said("contoso") == "this is contoso; `recon doctor --profile fabrikam-eu` looks at another: fabrikam-eu"
    write(folder, "")
    assert said(None) == "none: there is one partner"


def recon(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments], prog_name="recon")


@pytest.mark.parametrize("before", [True, False])
def test_the_option_stands_before_the_command_or_behind_it(folder: Path, before: bool) -> None:
    option = ["--profile", "contoso"]
    done = recon(*(option if before else []), "doctor", "--offline", "--json", *([] if before else option))
    found = json.loads(done.stdout)
    assert (found["profile"], found["profiles"]) == ("contoso", ["contoso", "fabrikam-eu"])


def test_a_directory_of_another_profile_is_refused(folder: Path) -> None:
    """Also when somebody gives two partners one directory by hand."""
    for profile in ("contoso", "fabrikam-eu"):
        settings = dataclasses.replace(read(folder, profile), data_dir=folder / "one")
        folders = Folders(settings.data_dir)
        folders.make()
        if profile == "contoso":
            claim_data_dir(settings, folders)
        else:
            with pytest.raises(SettingsError, match=r"holds data of tenant contoso-tenant .* fabrikam-tenant"):
                claim_data_dir(settings, folders)


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize(("given", "reached"), [([], "from outside"), (["PROFILE=contoso"], "contoso")])
def test_make_passes_the_profile_on(tmp_path: Path, given: list[str], reached: str) -> None:
    makefile = Path(__file__).resolve().parents[1] / "Makefile"
    said = tmp_path / "said.mk"
    said.write_text(f"include {makefile}\nsay:\n\t@echo $$RECON_PROFILE\n")
    done = subprocess.run(
        ["make", "-s", "-f", said, "say", *given],
        env={**os.environ, "RECON_PROFILE": "from outside"},
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout.strip() == reached


GUIDE = Path(__file__).resolve().parents[1] / "pipelines" / "guides" / "connecting-a-tenant.md"


def test_the_files_of_the_guide_are_read(folder: Path) -> None:
    """Each of their keys reaches the setting that it is meant for."""
    alone, several = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    write(folder, alone)
    settings = read(folder)
    settings.require_sign_in()
    assert (settings.refresh_token, settings.data_dir.name) == ("from the consent", "data-of-my-tenant")
    write(folder, several.replace("/srv/billing", str(folder)))
    for profile, data in (
        ("contoso", folder / "data" / "profiles" / "contoso"),
        ("fabrikam-eu", folder / "fabrikam"),
    ):
        settings = read(folder, profile)
        settings.require_sign_in()
        assert (settings.data_dir, settings.requests_per_minute) == (data, 300)


def test_every_refusal_that_the_guide_explains_is_explained_by_the_program() -> None:
    codes = re.findall(r"AADSTS(\d+)", GUIDE.read_text(encoding="utf-8"))
    assert codes
    otherwise = sign_in_advice("", None, with_user=False)
    assert all(sign_in_advice(f"AADSTS{code}: no", None, with_user=True) != otherwise for code in codes)
