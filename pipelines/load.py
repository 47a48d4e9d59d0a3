"""Reads what is new from the API into the landing, and loads complete walks into the working database."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

import duckdb

from pipelines import ledger
from pipelines.document_readings import note_readings
from pipelines.errors import ListNotRead, Unavailable
from pipelines.landing import Landing
from pipelines.landing_notes import moment_of
from pipelines.line_changes import note_line_changes
from pipelines.partner_center.clients import Clients
from pipelines.partner_center.endpoints import CUSTOMERS, INVOICES
from pipelines.partner_center.source import load_with_dlt
from pipelines.partner_center.walks import WalkObserver, WalkOutcome, WalkReader
from pipelines.plans import PHASES, LoadOptions, Plan
from pipelines.stopping import GRACE_SECONDS
from pipelines.warehouse import Folders, open_build, remove_build_of_other_storage

WORKERS = 8
# So many partitions in a row without any answer: the API is down, and asking for thousands more helps nobody.
MAX_FAILURES_IN_A_ROW = 12

Asked = TypeVar("Asked", contravariant=True)


class LoadObserver(WalkObserver, Protocol):
    """Told what a load is doing."""

    def phase(self, name: str, partitions: int) -> None: ...

    def partition_done(self, outcome: WalkOutcome) -> None: ...


@dataclass(frozen=True)
class LoadResult:
    """What a load did: partitions by what came of them, and rows loaded."""

    new: int
    same: int
    failed: tuple[WalkOutcome, ...]
    items_read: int


def load(
    folders: Folders,
    clients: Clients,
    now: datetime,
    observer: LoadObserver,
    resources: frozenset[str] = frozenset(),
    options: LoadOptions | None = None,
) -> LoadResult:
    """Pulls what is new, for all resources or for the named endpoints only.

    Errors:  NotAuthorized, OriginRefused and Unavailable end the run; a single partition that cannot be read
             is recorded and named in the result.
    """
    landing = Landing(folders.landing)
    landing.sweep_unfinished()
    reader = WalkReader(
        clients.partner_center, landing, now.isoformat(), observer, clients.partner_api, clients.exports
    )
    outcomes: list[WalkOutcome] = []

    # Without the two lists nobody knows what there is to read, so they are read whatever was named.
    wanted = resources | {CUSTOMERS.name, INVOICES.name} if resources else resources
    not_loaded = True

    def load_now() -> None:
        nonlocal not_loaded
        if not_loaded:
            observer.phase("loading into the database", 0)
            apply_landing(folders, landing)
            not_loaded = False

    def loaded_database() -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The raw tables with everything that was read so far."""
        load_now()
        return open_build(folders)

    plan = Plan(
        landing,
        now,
        with_user=clients.partner_center.sign_in_mode == "app_user",
        with_prices=clients.partner_api is not None,
        database=loaded_database,
        without_loading=lambda: open_build(folders),
        options=options or LoadOptions(),
        named=resources,
    )
    for phase in PHASES:
        if phase.NEEDS_LOADED:
            load_now()
        asked = [request for request in phase.requests(plan) if not wanted or request.endpoint.name in wanted]
        if asked:
            observer.phase(phase.TITLE, len(asked))
            read = read_concurrently(reader, asked, observer)
            outcomes.extend(read)
            # A failure is a note in the landing, which the ledger shows as well.
            not_loaded = not_loaded or any(outcome.result != "same" for outcome in read)
        _require_lists(outcomes)
    load_now()
    return LoadResult(
        new=sum(outcome.result == "new" for outcome in outcomes),
        same=sum(outcome.result == "same" for outcome in outcomes),
        failed=tuple(outcome for outcome in outcomes if outcome.result == "failed"),
        items_read=sum(outcome.item_count for outcome in outcomes),
    )


def apply_landing(folders: Folders, landing: Landing) -> int:
    """Loads every complete walk that the working database does not hold yet; the number of walks.

    Errors:  ControlTotalsDiffer when a sum differs between landing and raw tables.
    """
    partitions = landing.partitions()
    remove_build_of_other_storage(folders)
    with open_build(folders) as connection:
        ledger.make_tables(connection)
        pending = ledger.pending_walks(connection, partitions)
        has_raw_tables = ledger.has_raw_tables(connection)
    if pending or not has_raw_tables:
        load_with_dlt(landing, pending, folders.build_database, folders.dlt)
    with open_build(folders) as connection:
        ledger.settle(connection, partitions, pending)
        note_readings(connection, landing, partitions)
        note_line_changes(connection, landing, partitions)
    return len(pending)


def known_until(landing: Landing) -> datetime | None:
    """The newest reading of a landing; None when customers and documents were never listed in it."""
    partitions = landing.partitions()
    listed = {partition.endpoint for partition in partitions if partition.current is not None}
    if not {CUSTOMERS.name, INVOICES.name} <= listed:
        return None
    moments = (partition.checked_at or partition.current.read_at for partition in partitions if partition.current)
    return max(moment_of(moment) for moment in moments)


def rebuild(folders: Folders, landing: Landing | None = None) -> int:
    """Makes the working database again from the landing, without the API; the number of walks loaded."""
    for name in (folders.build_database, folders.build_database.with_name(folders.build_database.name + ".wal")):
        name.unlink(missing_ok=True)
    return apply_landing(folders, landing or Landing(folders.landing))


def _require_lists(outcomes: Sequence[WalkOutcome]) -> None:
    """Without the lists of customers and documents nobody knows what there is to read."""
    for outcome in outcomes:
        if outcome.result == "failed" and outcome.partition_id in (CUSTOMERS.name, INVOICES.name):
            raise ListNotRead(
                f"the list `{outcome.partition_id}` could not be read: {outcome.reason}. "
                "Nothing is published; what was published before stays"
            )


class Reads(Protocol[Asked]):
    """Reads one of many things, and records a failure of it instead of raising."""

    def read(self, request: Asked, /) -> WalkOutcome: ...


def read_concurrently(reader: Reads[Asked], requests: Sequence[Asked], observer: LoadObserver) -> list[WalkOutcome]:
    """All requests on a few threads; stops early when the sign-in is refused or the API is down."""
    outcomes: list[WalkOutcome] = []
    failures_in_a_row = 0
    counting, stopped = threading.Lock(), threading.Event()

    def read_one(request: Asked) -> None:
        if stopped.is_set():
            return
        try:
            read_and_count(request)
        except BaseException:
            # Set here, at once: the thread that waits may wake late.
            stopped.set()
            raise

    def read_and_count(request: Asked) -> None:
        nonlocal failures_in_a_row
        outcome = reader.read(request)
        observer.partition_done(outcome)
        with counting:
            outcomes.append(outcome)
            failures_in_a_row = in_a_row = failures_in_a_row + 1 if outcome.is_outage else 0
        if in_a_row >= MAX_FAILURES_IN_A_ROW:
            raise Unavailable(
                f"{in_a_row} partitions in a row got no answer, the last one {outcome.partition_id}: "
                f"{outcome.reason}. The API seems to be down; run again later, what was read stays"
            )

    pool = ThreadPoolExecutor(WORKERS)
    waiting: list[Future[None]] = []
    try:
        waiting += [pool.submit(read_one, request) for request in requests]
        done, _ = wait(waiting, return_when=FIRST_EXCEPTION)
    except KeyboardInterrupt:
        # Waits end at once, a request under way does not: what it brings is whole in the landing, or is not there.
        stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)
        wait(waiting, timeout=GRACE_SECONDS)
        raise
    stopped.set()
    pool.shutdown(cancel_futures=True)
    for future in done:
        future.result()
    return outcomes
