"""A receiver, a small published result, and the two together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.alerting.delivery import deliver
from pipelines.alerting.telling import Note, Told, tell
from pipelines.settings.daily import DailySettings
from pipelines.warehouse import Folders
from tests.alerting.receiver import Receiver, receiver
from tests.published_marts import publish_example

MORNING = datetime(2026, 9, 15, 6, tzinfo=UTC)


@dataclass
class Post:
    """A published result that moves on, and somebody who is told of it."""

    folders: Folders
    settings: DailySettings
    waits: list[float]

    def tell(self, *notes: Note, dry_run: bool = False, **settings: object) -> Told:
        """Tells what there is, waiting for nothing."""
        return tell(
            self.folders,
            replace(self.settings, **settings),  # type: ignore[arg-type]
            *notes,
            dry_run=dry_run,
            post=lambda url, body: deliver(url, body, sleep=self.waits.append),
        )

    def unread(self, *partitions: str) -> None:
        """From now on these could not be read, and nothing else."""
        with duckdb.connect(str(self.folders.published)) as connection:
            connection.execute("delete from partner_center_raw.load_ledger where status <> 'complete'")
            for name in partitions:
                connection.execute(
                    "insert into partner_center_raw.load_ledger (endpoint, partition_id, status, failure_reason) "
                    "values (split_part($1, '/', 1), $1, 'stale', '403: of Alpine Ski House')",
                    [name],
                )

    def next_generation(self, event: str | None, break_id: str = "b1", amount: str | None = None) -> None:
        """Publishes the next day, on which one break changed."""
        with duckdb.connect(str(self.folders.published)) as connection:
            connection.execute(
                "insert into recon_memory.break_log (generation, event, break_id, currency, at_risk_amount) "
                "select generation, event, break_id, currency, at_risk_amount from intermediate.int_break_events"
            )
            connection.execute("delete from intermediate.int_break_events")
            connection.execute(
                "update recon_meta.build_info set generation = generation + 1, as_of = as_of + interval 1 day"
            )
            if event is None:
                return
            status = {"resolved": "resolved", "reopened": "reopened"}.get(event, "open")
            connection.execute(
                "update marts.fct_breaks set status = ?, at_risk_amount = coalesce(?, at_risk_amount) "
                "where break_id = ?",
                [status, amount, break_id],
            )
            connection.execute(
                "insert into intermediate.int_break_events (generation, event, break_id, currency, at_risk_amount) "
                "select generation, ?, break_id, currency, at_risk_amount "
                "from marts.fct_breaks, recon_meta.build_info where break_id = ?",
                [event, break_id],
            )


def day(number: int) -> datetime:
    """A morning, so many days after the first."""
    return MORNING + timedelta(days=number)


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    with receiver() as kept:
        yield kept


@pytest.fixture
def post(tmp_path: Path, inbox: Receiver) -> Post:
    folders = Folders(publish_example(tmp_path / "data"))
    with duckdb.connect(str(folders.published)) as connection:
        for table in ("recon_memory.break_log", "intermediate.int_break_events"):
            connection.execute(f"alter table {table} add column if not exists currency text")
    return Post(folders, DailySettings(alert_url=inbox.url), [])
