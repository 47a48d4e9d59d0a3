"""What somebody set that nothing reads: a misspelt name would else be a setting that is silently not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelines.errors import did_you_mean
from pipelines.settings.table import SECTION, SETTINGS
from pipelines.settings.values import PROFILES, File

# Switches that are no settings: of traces, and of whoever runs the models alone.
_SWITCHES = {"RECON_TRACE", "RECON_BUILD_DATABASE"}
_KNOWN = {one.variable for one in SETTINGS}
_OURS = ("RECON_", SECTION)
_OF_PROFILE = re.compile(rf"{PROFILES}__.+?__(?=RECON_|SOURCES__)")
# Keys that are ours in whatever section somebody wrote them.
_SIGN_IN = {one.variable.removeprefix(SECTION).lower() for one in SETTINGS if one.is_of_one_partner}


def unknown_names(environment: Mapping[str, str], files: list[File]) -> tuple[str, ...]:
    """Names that look like settings and are none, each with the one that it is like. Values are not looked at.

    Shape:   variables first, as they are called; then keys of files, with their sections.
    """
    found = [f"{name}{did_you_mean(_bare(name), _KNOWN)}" for name in sorted(environment) if _is_unknown(name)]
    known = {variable.lower().replace("__", "."): variable for variable in _KNOWN}
    for path in (path for file in files for path in _paths(file)):
        own = path[2:] if path[0] == PROFILES.lower() else path
        name = ".".join(own)
        is_ours = len(own) < len(path) or name.upper().startswith(("RECON", "SOURCES.PARTNER"))
        if name not in known and (is_ours or own[-1].lower() in _SIGN_IN):
            found.append(f"{'.'.join(path)}{did_you_mean(name.lower(), known)}")
    return tuple(found)


def _bare(variable: str) -> str:
    return _OF_PROFILE.sub("", variable)


def _is_unknown(variable: str) -> bool:
    bare = _bare(variable)
    return bare.startswith(_OURS) and bare not in _KNOWN | _SWITCHES


def _paths(section: File, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in section.items():
        if isinstance(value, Mapping):
            yield from _paths(value, (*above, name))
        else:
            yield (*above, name)
