"""Where a partner's data is, without a look at anything else that is set: for those who only read it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pipelines.settings.profiles import checked_profile, profile_folder, profile_names
from pipelines.settings.values import Values, read_toml_files


def data_folder(
    profile: str | None = None, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Path:
    """The data directory of a partner; without `profile` of the one that RECON_PROFILE names, if any.

    Errors:  SettingsError for a profile that there is not.
    """
    environment = os.environ if environment is None else environment
    files = read_toml_files(folder or Path.cwd())
    values = Values(environment, files)
    if profile := profile or values.text("RECON_PROFILE"):
        values = values.of_profile(checked_profile(profile, profile_names(environment, files)))
    return Path(profile_folder(values)).expanduser().absolute()
