"""Where a value comes from: the profile's own, else the common one; a variable, else a file, else the default.

dlt's own naming: `SOURCES__PARTNER_CENTER__BASE_URL` is `base_url` in `[sources.partner_center]`, and the same
variable of the profile `contoso` is `PROFILES__CONTOSO__SOURCES__PARTNER_CENTER__BASE_URL`, or `base_url` in
`[profiles.contoso.sources.partner_center]`.
"""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.errors import SettingsError
from pipelines.settings.table import SETTINGS

PROFILES = "PROFILES"
File = Mapping[str, Any]


class Values:
    """What is set, of one profile or of none.

    Shape:   `profile` is the name as files write it; in variables it is in capitals, with _ for -.
    """

    def __init__(self, environment: Mapping[str, str], files: list[File], profile: str = "") -> None:
        self._environment = environment
        self._files = files
        self.profile = profile

    def of_profile(self, profile: str) -> Values:
        """The same for a profile."""
        return Values(self._environment, self._files, profile)

    def text(self, variable: str) -> str | None:
        """The value, its default, or None; blank counts as not set."""
        return next(self._set(variable), None) or next(one.default for one in SETTINGS if one.variable == variable)

    def own_text(self, variable: str) -> str | None:
        """What the profile itself says; None when it says nothing, or there is no profile."""
        return next(self._set_at(self._own_path(variable)), None) if self.profile else None

    def is_set(self, variable: str) -> bool:
        """Whether somebody set it to something else than nothing."""
        return next(self._set(variable), None) is not None

    def _set(self, variable: str) -> Iterator[str]:
        if self.profile:
            yield from self._set_at(self._own_path(variable))
            # Another partner's secret is no default: it would sign in, and mix two partners' data.
            if next(one.is_of_one_partner for one in SETTINGS if one.variable == variable):
                return
        yield from self._set_at(variable.split("__"))

    def _own_path(self, variable: str) -> list[str]:
        return [PROFILES, self.profile, *variable.split("__")]

    def _set_at(self, path: list[str]) -> Iterator[str]:
        found = [self._environment.get("__".join(path).upper().replace("-", "_"))]
        found += [dig(file, [part.lower() for part in path]) for file in self._files]
        yield from (text for one in found if one is not None and (text := str(one).strip()))


def dig(file: File, path: list[str]) -> Any:
    """The value at a path of sections, None when there is none."""
    value: Any = file
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def read_toml_files(folder: Path) -> list[File]:
    """`.dlt/secrets.toml` and `.dlt/config.toml`, as far as they exist.

    Errors:  SettingsError for one that is not TOML, or that holds secrets and can be read by others.
    """
    files: list[File] = []
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
        if is_open and (name == "secrets.toml" or _holds_secrets(found)):
            raise SettingsError(f"{path} can be read by others; run: chmod 600 {path}")
        files.append(found)
    return files


def _holds_secrets(file: File) -> bool:
    profiles = file.get(PROFILES.lower())
    sections = [file, *(profiles.values() if isinstance(profiles, Mapping) else ())]
    secrets = [one.variable.lower().split("__") for one in SETTINGS if one.is_secret]
    return any(dig(section, path) for section in sections for path in secrets if isinstance(section, Mapping))
