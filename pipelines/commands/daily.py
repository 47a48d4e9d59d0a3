"""`recon daily`: the whole day, for a schedule. One line when all is well; what is not stands on stderr."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands.common import DONE, NOT_FINISHED, prepare, reports_folder, watched
from pipelines.commands.output import Document, json_option
from pipelines.commands.runs import load_and_publish, load_text, read_facts, unread
from pipelines.settings import Settings
from pipelines.warehouse import Folders, exclusive_run, open_published

if TYPE_CHECKING:
    from pipelines.alerting.telling import Note
    from pipelines.progress import Progress

_OPEN_BREAKS = "select count(*) from marts.fct_breaks where status not in ('resolved', 'accepted')"


@click.command(short_help="The whole day, for a schedule")
@click.option("--sweep", is_flag=True, help="Read the orders and entitlements of every customer.")
@click.option("--dry-run", is_flag=True, help="Only show what would be removed and told.")
@json_option
def daily(sweep: bool, dry_run: bool, document: Document) -> int:
    """Load, reconcile, publish, report, clear up, alert. Quiet, and never two at once."""
    settings, folders = prepare()
    if dry_run:
        return _show(settings, folders, document)
    with exclusive_run(folders, "daily"), watched(folders, "daily", is_quiet=True) as progress:
        day = _Day(settings, folders, progress)
        document.add(**day.published(sweep=sweep))
        day.step("statement", day.statement)
        document.add(reports=day.step("report", day.report), removed_files_count=day.step("clearing up", day.clear))
        document.add(alert=day.step("alert", day.alert))
        not_read, code = unread(folders)
        progress.noted("done", steps=day.done, problems=day.problems, not_read=not_read)
    # A price list that may not be seen is no news: the log has it.
    for line in (*(not_read if code != DONE else ()), *day.problems):
        click.echo(f"recon daily: {line}", err=True)
    document.add(not_read=not_read, problems=day.problems)
    click.echo(f"recon daily: {'; '.join(day.done)}")
    # What nobody was told of would be seen by nobody else; what was not read is in the report and in every check.
    return NOT_FINISHED if day.problems else code


class _Day:
    """The steps of a day. Publishing comes first, and no later step can undo it.

    Shape:   `done` and `problems` are what to say at the end.
    """

    def __init__(self, settings: Settings, folders: Folders, progress: Progress) -> None:
        self._settings = settings
        self._folders = folders
        self._progress = progress
        self._generation = 0
        self.done: list[str] = []
        self.problems: list[str] = []

    def published(self, *, sweep: bool) -> dict[str, object]:
        """Loads and publishes. When that fails, the alert is sent first, and the failure ends the day."""
        from pipelines.alerting.telling import run_failed, stale

        settings, folders = self._settings, self._folders
        try:
            loaded, done = load_and_publish(settings, folders, self._progress, sweep=sweep)
        except Exception as error:
            trouble = [run_failed(error, settings.as_of), stale(folders, settings.daily, settings.as_of)]
            self.step("alert", lambda: self._tell(*trouble))
            for problem in self.problems:
                click.echo(f"recon daily: {problem}", err=True)
            raise
        self._generation = done.generation
        state = "published" if done.is_new else "nothing new, still"
        self.done += [f"{state} generation {done.generation}", load_text(loaded)]
        return {"generation": done.generation, "is_new": done.is_new, "read": read_facts(loaded)}

    def statement(self) -> None:
        """What `recon run` prints goes into the log, and the number of open breaks into the line."""
        from pipelines.reports.statement import statement

        with open_published(self._folders) as connection:
            self._progress.noted("statement", lines=list(statement(connection)))
            [(count,)] = connection.execute(_OPEN_BREAKS).fetchall()
        self.done.append(f"{count:,} open breaks")

    def report(self) -> dict[str, Path]:
        """The workbook and the page, as `recon report` writes them."""
        from pipelines.commands.report import write_reports

        files = write_reports(self._folders, reports_folder(self._folders))
        self.done.append(f"report {', '.join(path.name for path in files.values())}")
        return files

    def clear(self) -> int:
        """Removes what is old."""
        from pipelines.retention import clear

        cleared = clear(self._folders, self._settings.daily, datetime.now(UTC))
        for one in cleared.removed:
            self._progress.noted("removed", path=one.path, why=one.why, size_bytes=one.size_bytes)
        self.problems += [f"clearing up: could not remove {one}" for one in cleared.failed]
        if cleared.removed:
            self.done.append(f"{len(cleared.removed):,} old files removed")
        return len(cleared.removed)

    def alert(self) -> object:
        """Tells what nobody was told yet."""
        from pipelines.alerting.telling import run_worked

        return self._tell(run_worked(self._generation, self._settings.as_of))

    def step(self, name: str, work: Callable[[], object]) -> object:
        """Does one step; whatever goes wrong in it is a problem to be told, and the next one follows."""
        self._progress.phase(name, 0)
        try:
            return work()
        except Exception as error:
            self._progress.noted("step_failed", step=name, error=f"{type(error).__name__}: {error}")
            self.problems.append(f"{name}: {error}")
            return None

    def _tell(self, *notes: Note) -> object:
        from pipelines.alerting.telling import tell

        if self._settings.daily.alert_url is None:
            return None
        told = tell(self._folders, self._settings.daily, *notes)
        if told.message is None:
            return None
        self._progress.noted("told", text=told.message.text)
        self.done.append(f"told: {told.message.title}")
        return told.message.facts


def _show(settings: Settings, folders: Folders, document: Document) -> int:
    """What a day would remove and tell, as things are now."""
    from pipelines.alerting.telling import tell
    from pipelines.retention import removable

    going = removable(folders, settings.daily, datetime.now(UTC))
    for one in going:
        click.echo(f"would be removed: {one.path} ({one.why})")
    told = tell(folders, settings.daily, dry_run=True).message
    click.echo(f"{len(going):,} files would be removed; {'nothing' if told is None else 'one message'} would be told")
    if told is not None:
        click.echo(told.text)
    document.add(
        would_remove=[{"path": one.path, "why": one.why, "size_bytes": one.size_bytes} for one in going],
        message=told.facts if told else None,
    )
    return DONE
