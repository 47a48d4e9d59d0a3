"""Every setting: variable, default, unit, meaning. Read once by the command line, handed on as plain values."""

from __future__ import annotations

from pipelines.settings.data_folder import data_folder
from pipelines.settings.reading import Settings, parse_as_of, read_settings
from pipelines.settings.table import SECTION, SETTINGS, Setting

__all__ = ["SECTION", "SETTINGS", "Setting", "Settings", "data_folder", "parse_as_of", "read_settings"]
