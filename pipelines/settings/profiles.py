"""Several partners: each is a profile with a section of its own, and by default a data directory of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipelines.errors import SettingsError, did_you_mean
from pipelines.settings.table import SETTINGS
from pipelines.settings.values import PROFILES, File, Values

_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_LONGEST_NAME = 40
# A profile named by a variable alone: PROFILES__CONTOSO__SOURCES__PARTNER_CENTER__TENANT_ID.
_VARIABLE = re.compile(
    rf"{PROFILES}__([A-Z0-9]+(?:_[A-Z0-9]+)*)__(?:{'|'.join(re.escape(one.variable) for one in SETTINGS)})"
)


def profile_names(environment: Mapping[str, str], files: list[File]) -> list[str]:
    """The profiles that somebody set up, in files or in variables.

    Errors:  SettingsError for two that variables could not tell apart.
    """
    sections = (file.get(PROFILES.lower()) for file in files)
    names = {name for section in sections if isinstance(section, Mapping) for name in section}
    by_variable = {name.upper().replace("-", "_"): name for name in sorted(names)}
    if len(by_variable) < len(names):
        twins = sorted(names - set(by_variable.values()))[0]
        raise SettingsError(
            f"the profile `{twins}` has the same variables as another one: case, - and _ make no difference in "
            "them; rename one of the two sections"
        )
    found = (_VARIABLE.fullmatch(name) for name, value in environment.items() if value.strip())
    return sorted(names | {one[1].lower() for one in found if one and one[1] not in by_variable})


def checked_profile(name: str, names: list[str]) -> str:
    """The name of a profile that exists.

    Errors:  SettingsError names those that do.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise SettingsError(
            f"`{name}` cannot be a profile: its name has up to {_LONGEST_NAME} small letters, digits, - and _, "
            "and begins and ends with a letter or digit"
        )
    if name in names:
        return name
    if not names:
        raise SettingsError(
            f"there is no profile `{name}`, nor any other; write its sign-in into .dlt/secrets.toml, as "
            f"[profiles.{name}.sources.partner_center]"
        )
    raise SettingsError(f"there is no profile `{name}`; there are {', '.join(names)}{did_you_mean(name, names)}")


def profile_folder(values: Values) -> str:
    """Where a profile's data is: its own setting, else a folder of its name under the common directory."""
    common = values.text("RECON_DATA_DIR") or "data"
    if not values.profile:
        return common
    return values.own_text("RECON_DATA_DIR") or str(Path(common) / "profiles" / values.profile)
