"""What is to be told now, and telling it: told is what the receiver has confirmed, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import duckdb

from pipelines.alerting.changes import changes
from pipelines.alerting.delivery import deliver
from pipelines.alerting.memory import Entry, Memory, exclusive_memory, remember
from pipelines.alerting.messages import Message, News, body, message
from pipelines.errors import PartnerCenterError, ReconError, SettingsError
from pipelines.ledger import unread_proofs
from pipelines.settings.daily import DailySettings
from pipelines.warehouse import Folders, open_published, published_info

Post = Callable[[str, bytes], None]
# An event of a run to be noted before telling: what happened, given the memory.
Note = Callable[[Memory], Entry | None]
# Days, months and readings in the name of a partition: what is refused every day is one thing, told once.
_TIMES = re.compile(r"/(20\d\d-\d\d(-\d\d)?|\d{6}-[0-9a-f]{12})(?=/|$)")


@dataclass(frozen=True)
class Told:
    """What came of it.

    Shape:   `message` None: there was nothing to tell; `is_sent` false: a dry run.
    """

    message: Message | None
    is_sent: bool
    breaks: int = 0


def tell(
    folders: Folders,
    settings: DailySettings,
    *notes: Note,
    dry_run: bool = False,
    post: Post = deliver,
) -> Told:
    """Notes what happened to runs, then tells everything that nobody was told yet, in one message.

    Shape:   with `dry_run` nothing is noted, sent or remembered. What of the published result could not be read is
             noted in any case.
    Errors:  SettingsError without an address; AlertNotDelivered: it is all told the next time.
    """
    notes = (*notes, _not_read(folders))
    if dry_run:
        memory = _with_notes(Memory.of(folders), notes)
        news = _news(folders, settings, memory)
        return Told(message(news) if news else None, False, len(news.breaks))
    if settings.alert_url is None:
        raise SettingsError("RECON_ALERT_URL is not set; set it to the address of a webhook, or look with --dry-run")
    with exclusive_memory(folders):
        before = Memory.of(folders)
        memory = _with_notes(before, notes)
        # Noted at once: what nobody could be told is told later.
        remember(folders, memory.entries[len(before.entries) :])
        news = _news(folders, settings, memory)
        if not news:
            return Told(None, False)
        told = message(news)
        post(settings.alert_url, body(news, settings.alert_format, settings.alert_url))
        remember(folders, list(_confirmed(news)))
    return Told(told, True, len(news.breaks))


def run_failed(error: BaseException, happened_at: datetime) -> Note:
    """A run that failed, by the kind of the failure: its text may name customers, and stays in the log."""
    kind = type(error).__name__
    if isinstance(error, ReconError):
        # What the message says stands in the log, and not here.
        meaning = (type(error).__doc__ or "").strip().split("\n", 1)[0].split("; the message says")[0].rstrip(".")
        kind = f"{kind}: {meaning[:1].lower()}{meaning[1:]}"
    if isinstance(error, PartnerCenterError) and error.status:
        kind += f" (status {error.status})"
    return lambda memory: memory.with_failure(kind, _plain(happened_at))


def run_worked(generation: int, happened_at: datetime) -> Note:
    """A run that worked: worth telling after trouble."""
    return lambda memory: memory.with_success(generation, _plain(happened_at))


def stale(folders: Folders, settings: DailySettings, now: datetime) -> Note:
    """Nothing was published for longer than the setting allows, if that is so."""

    def note(memory: Memory) -> Entry | None:
        info = published_info(folders)
        if info is None:
            return memory.with_stale(0, "nothing has ever been published", _plain(now))
        age = _plain(now) - info["as_of"]
        if age < timedelta(hours=settings.alert_stale_hours):
            return None
        hours = int(age.total_seconds() // 3600)
        return memory.with_stale(info["generation"], f"nothing was published for {hours:,} hours", _plain(now))

    return note


def _not_read(folders: Folders) -> Note:
    """What of the published result could not be read; nothing where it is what was noted before."""

    def note(memory: Memory) -> Entry | None:
        info = published_info(folders)
        if info is None:
            return None
        with open_published(folders) as connection:
            names = {f"{_TIMES.sub('', name)} ({status})" for name, status, _ in unread_proofs(connection)}
        return memory.with_not_read(sorted(names), info["as_of"])

    return note


def _with_notes(memory: Memory, notes: tuple[Note, ...]) -> Memory:
    for note in notes:
        # A published file that cannot be opened may be why the run failed: of that somebody has to be told.
        with suppress(duckdb.Error):
            memory = memory.plus(note(memory))
    return memory


def _news(folders: Folders, settings: DailySettings, memory: Memory) -> News:
    runs = memory.pending_runs()
    if not folders.published.exists():
        return News(runs, (), profile=settings.profile)
    try:
        # One connection: what is read belongs together, whatever is published meanwhile.
        with open_published(folders) as connection:
            generation, as_of = connection.execute("select generation, as_of from recon_meta.build_info").fetchall()[
                0
            ]
            digits = dict(connection.execute("select currency, minor_digits from seeds.currencies").fetchall())
            found = changes(connection, memory.told_breaks(), settings.alert_severity)
    except duckdb.Error:
        if not runs:
            raise
        return News(runs, (), profile=settings.profile)
    return News(runs, found, as_of, generation, digits, settings.alert_names, settings.profile)


def _confirmed(news: News) -> Iterator[Entry]:
    for run in news.runs:
        yield replace(run, record="told")
    for one in news.breaks:
        assert news.as_of is not None  # or there were no breaks
        found = one.found
        yield Entry(
            "told",
            one.event,
            news.as_of,
            found.break_code,
            found.break_id,
            news.generation,
            found.currency,
            found.at_risk_amount,
            found.severity,
        )


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
