"""What several commands do alike: settings and folders, progress, options, exit codes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands.completing import enquiries
from pipelines.commands.failures import FAILED, LOCKED, NOT_FINISHED, WRONG_USAGE
from pipelines.commands.output import Asked
from pipelines.errors import SettingsError, UsageError, did_you_mean
from pipelines.settings import Settings, parse_as_of, read_settings
from pipelines.warehouse import Folders

__all__ = ["DONE", "FAILED", "LOCKED", "NOT_FINISHED", "PARTLY_READ", "WRONG_USAGE"]

if TYPE_CHECKING:
    from pipelines.progress import Progress

DONE, PARTLY_READ = 0, 6
# Where the context keeps the profile that was named.
PROFILE = "recon.profile"


def prepare(*, make: bool = True) -> tuple[Settings, Folders]:
    """Settings and folders; the folders exist afterwards."""
    context = click.get_current_context(silent=True)
    settings = read_settings(profile=context.meta.get(PROFILE) if context else None)
    folders = Folders(settings.data_dir)
    if asked := (context.find_object(Asked) if context else None):
        asked.logs, asked.published = folders.logs, folders.published
    if make:
        folders.make()
    return settings, folders


def reports_folder(folders: Folders) -> Path:
    """Where reports are written that name no other place; readable by its owner only."""
    folder = folders.data / "reports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def check_resources(resources: tuple[str, ...]) -> None:
    """Stops at a resource that does not exist."""
    from pipelines.partner_center.endpoints import ENDPOINTS

    unknown = [name for name in resources if name not in ENDPOINTS]
    if unknown:
        hint = did_you_mean(unknown[0], ENDPOINTS)
        raise UsageError(f"no resource `{unknown[0]}`; there are {', '.join(ENDPOINTS)}{hint}")


def check_prices(resources: tuple[str, ...], month: str | None, market: str | None, view: str | None) -> None:
    """Stops at a price sheet, or a month of exchange rates, that cannot be meant."""
    from pipelines.partner_center.endpoints.price_sheets import price_view

    if (month, market, view) == (None, None, None):
        return
    wanted = ("fx_rates",) if (market, view) == (None, None) else ("price_sheets",)
    if resources != wanted or month is None or (market is None) != (view is None):
        raise UsageError(
            "write `recon load price_sheets --market DE --view software --month 2026-09`, "
            "or `recon load fx_rates --month 2026-09`"
        )
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", month):
        raise UsageError(f"`{month}` is not a month; write it like 2026-09")
    if market is not None and not re.fullmatch(r"[A-Za-z]{2}", market):
        raise UsageError(f"`{market}` is not a market; write the two letters of a country, like DE")
    if view is not None:
        price_view(view)


@contextmanager
def watched(folders: Folders, command: str, *, is_quiet: bool = False) -> Iterator[Progress]:
    """Progress on the terminal (not when quiet) and in a log of its own."""
    from pipelines.progress import Progress

    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    log = Path(folders.logs) / f"{stamp}-{command}-{os.getpid()}.jsonl"
    with Progress(log, is_quiet=is_quiet) as progress:
        yield progress


def as_of_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option `--as-of` of commands that read: an enquiry instead of the published result."""
    return click.option(
        "--as-of",
        "as_of",
        metavar="MOMENT",
        shell_complete=enquiries,
        callback=lambda _context, _option, text: _moment(text) if text else None,
        help="An enquiry that was made for this moment, like 2026-09-12T00:00:00Z.",
    )(command)


def _moment(text: str) -> datetime:
    try:
        return parse_as_of(text)
    except SettingsError:
        raise UsageError(f"--as-of {text}: write it like 2026-10-14T09:00:00Z") from None
