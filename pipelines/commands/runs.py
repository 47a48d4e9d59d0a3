"""Loading, and a whole run, as several commands do it: the work, the text for people, the facts for programs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from pipelines.commands.colours import say
from pipelines.commands.common import DONE, PARTLY_READ, watched
from pipelines.commands.output import Document
from pipelines.settings import Settings
from pipelines.warehouse import Folders, exclusive_run, open_published, published_info

if TYPE_CHECKING:
    from pipelines.load import LoadResult
    from pipelines.progress import Progress
    from pipelines.run import RunResult


def loaded_now(
    settings: Settings,
    folders: Folders,
    progress: Progress,
    resources: frozenset[str] = frozenset(),
    *,
    sweep: bool = False,
    prices: tuple[str | None, str | None, str | None] = (None, None, None),
) -> LoadResult:
    """Pulls what is new; with `sweep` the orders and entitlements of every customer.

    Shape:   `prices` names month, market and view of a price sheet, or the month of exchange rates.
    """
    from pipelines import load as loading
    from pipelines.plans import LoadOptions
    from pipelines.session import claim_data_dir, open_clients

    settings.require_sign_in()
    claim_data_dir(settings, folders)
    with open_clients(settings, folders, progress) as clients:
        options = LoadOptions(settings.line_items_api, sweep, timedelta(days=settings.sweep_days))
        month, market, view = prices
        options = replace(options, month=month, market=market, view=view)
        return loading.load(folders, clients, settings.as_of, progress, resources, options)


def load_and_publish(
    settings: Settings, folders: Folders, progress: Progress, *, sweep: bool = False
) -> tuple[LoadResult, RunResult]:
    """Load, build, check and publish, for the run that holds the lock."""
    from pipelines import run as running

    running.refuse_earlier_moment(published_info(folders), settings.as_of)
    running.catch_up(folders)
    loaded = loaded_now(settings, folders, progress, sweep=sweep)
    progress.phase("building, checking and publishing", 0)
    done = running.build_and_publish(
        folders,
        as_of=settings.as_of,
        not_compared_share=settings.not_compared_share,
        loaded=loaded,
        on_node=progress.node_done,
    )
    return loaded, done


def whole_run(settings: Settings, folders: Folders, command: str, document: Document, *, sweep: bool = False) -> int:
    """Load, build, publish, and the statement; the exit code."""
    from pipelines.closing import closed_lines
    from pipelines.reports.statement import statement
    from pipelines.reports.statement_queries import figures

    with exclusive_run(folders, command), watched(folders, command) as progress:
        loaded, done = load_and_publish(settings, folders, progress, sweep=sweep)
    document.add(as_of=settings.as_of, read=read_facts(loaded))
    click.echo(load_text(loaded))
    if not done.is_new:
        click.echo(f"nothing new: generation {done.generation} stays published")
    with open_published(folders) as connection:
        closed = list(closed_lines(folders, connection))
        for line in (*statement(connection), *closed):
            say(line)
        document.add(closed=closed, **figures(connection))
    click.echo(f"published: {folders.published} (generation {done.generation})")
    document.add(generation=done.generation, is_new=done.is_new, published=folders.published)
    return unread_code(folders, document)


def enquiry_run(settings: Settings, folders: Folders, command: str, document: Document) -> int:
    """What was known at an earlier moment than the published one, and its statement; the exit code."""
    from pipelines.enquiry import enquire
    from pipelines.reports.statement import statement
    from pipelines.reports.statement_queries import figures

    with exclusive_run(folders, command), watched(folders, command) as progress:
        progress.phase("building and checking what was known then", 0)
        done = enquire(
            folders.for_enquiry(),
            as_of=settings.as_of,
            not_compared_share=settings.not_compared_share,
            on_node=progress.node_done,
        )
    click.echo(
        f"an enquiry as of {settings.as_of:%Y-%m-%d %H:%M:%S} UTC, by today's rules: read until "
        f"{done.read_until:%Y-%m-%d %H:%M:%S} UTC; the published result stays as it is"
    )
    with open_published(folders, settings.as_of) as connection:
        for line in statement(connection):
            say(line)
        document.add(as_of=settings.as_of, read_until=done.read_until, enquiry=done.file, **figures(connection))
    click.echo(
        f"kept: {done.file}; look with `--as-of {settings.as_of:%Y-%m-%dT%H:%M:%S.%f}Z`".replace(".000000", "")
    )
    return unread_code(folders, document, settings.as_of)


def load_text(loaded: LoadResult) -> str:
    """What a load did, in one line."""
    return f"read {loaded.new:,} new, {loaded.same:,} unchanged partitions, {loaded.items_read:,} items"


def read_facts(loaded: LoadResult) -> dict[str, object]:
    """The same for programs; `failed_count` partitions are named where what was not read is."""
    return {
        "new_count": loaded.new,
        "same_count": loaded.same,
        "failed_count": len(loaded.failed),
        "items_count": loaded.items_read,
    }


def unread_code(folders: Folders, document: Document, as_of: datetime | None = None) -> int:
    """Names what could not be read (in an enquiry: by then); the exit code that says so."""
    lines, code = unread(folders, as_of)
    document.add(not_read=lines)
    for line in lines:
        click.echo(line)
    return code


def unread(folders: Folders, as_of: datetime | None = None) -> tuple[list[str], int]:
    """What could not be read, in lines, and the exit code that says so."""
    from pipelines import ledger
    from pipelines.warehouse import open_build

    with open_published(folders, as_of) if as_of else open_build(folders) as connection:
        unread = ledger.unread_partitions(connection)
        proofs = ledger.unread_proofs(connection)
    by_reason: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for partition_id, status, reason in unread:
        by_reason[partition_id.split("/")[0], status, reason].append(partition_id)
    lines = []
    for (endpoint, status, reason), partitions in sorted(by_reason.items()):
        named = partitions[0] if len(partitions) == 1 else f"{len(partitions):,} of {endpoint}, first {partitions[0]}"
        lines.append(f"not read ({status}): {named}: {reason}")
    return lines, PARTLY_READ if proofs else DONE
