"""A desk to work at: a sandbox server, a data directory, and the program `recon` in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.history import offer_memory
from pipelines.sandbox import DEFAULT_CLOCK, Faults, PlantedBreak, SandboxApp, World, serve
from pipelines.transform import forget_former_build
from pipelines.warehouse import Folders, open_build
from tests.dbt.compiled_models import SCHEMAS, CompiledModels

# What depends on when we looked, not on what the API said.
MEMORY_COLUMNS = {"first_seen_at", "last_seen_at", "resolved_at", "days_open"}
MARTS = (
    *("fct_invoice_lines", "fct_order_items", "fct_order_lines", "fct_entitlements", "fct_invoices", "fct_balances"),
    *(
        "fct_reservations",
        "fct_breaks",
        "fct_reconciliation",
        "dim_customers",
        "dim_products",
        "dim_skus",
        "dim_availabilities",
    ),
)
# What dbt understood of the models in a run before; the other data directories need not wait for it again.
PARSED: list[Path] = []
# Small and with every plant: the plants do not shrink with the scale.
SCALE = 0.02


@dataclass(frozen=True)
class Desk:
    """One partner's data directory and the sandbox that it reads."""

    app: SandboxApp
    url: str
    data: Path
    as_of: datetime = DEFAULT_CLOCK

    def at(self, moment: datetime) -> Desk:
        """The same desk at another moment, in the sandbox and for the rules."""
        self.app.clock = moment
        return replace(self, as_of=moment)

    def environment(self, **settings: str) -> dict[str, str]:
        """The settings of this desk; a blank value takes a setting away."""
        section = "SOURCES__PARTNER_CENTER__"
        mine = {
            f"{section}BASE_URL": self.url,
            f"{section}AUTHORITY_URL": self.url,
            f"{section}GRAPH_URL": f"{self.url}/v1.0",
            f"{section}PARTNER_API_URL": self.url,
            f"{section}TENANT_ID": "sandbox",
            f"{section}CLIENT_ID": "desk",
            f"{section}CLIENT_SECRET": "sandbox-secret",
            # A refresh token is renewed by its first use, so each copy of a desk has one of its own.
            f"{section}REFRESH_TOKEN": f"sandbox-refresh of {self.data}",
            f"{section}REQUESTS_PER_MINUTE": "100000",
            "RECON_DATA_DIR": os.fspath(self.data),
            "RECON_AS_OF": self.as_of.isoformat(),
            "NO_COLOR": "1",
        }
        outside = {name: value for name, value in os.environ.items() if not name.startswith((section, "RECON_"))}
        return outside | mine | settings

    def switch(self, faults: Faults) -> None:
        """Other faults from now on."""
        self.app.faults.switch(faults)

    def calls(self, part: str = "") -> int:
        """How many calls the sandbox has had, of routes whose name has `part` in it."""
        return sum(count for route, count in self.app.counts.items() if part in route)

    def recon(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs `recon` and waits for it."""
        command = [sys.executable, "-m", "pipelines", *arguments]
        self._share_parsed_models()
        done = subprocess.run(
            command, env=self.environment(**settings), capture_output=True, text=True, timeout=900, check=False
        )
        if not PARSED:
            share_parsed_models_of(self.data)
        return done

    def _share_parsed_models(self) -> None:
        folder = self.data / "build" / "dbt"
        for parsed in PARSED:
            if parsed.exists() and not (folder / parsed.name).exists():
                for made in (self.data, folder.parent, folder):
                    made.mkdir(mode=0o700, exist_ok=True)
                shutil.copyfile(parsed, folder / parsed.name)

    def build(self, models: CompiledModels) -> None:
        """Publishes what was loaded, built without dbt: seconds instead of half a minute, where only rows matter.

        The checks of a build are asked; no memory is written.
        """
        folders = Folders(self.data)
        with open_build(folders) as connection:
            forget_former_build(connection, set(SCHEMAS))
            offer_memory(connection, folders)
            models.build(connection, as_of=self.as_of.replace(tzinfo=None))
            assert models.broken_checks(connection) == []
        folders.published.parent.mkdir(exist_ok=True)
        folders.published.unlink(missing_ok=True)
        folders.published.symlink_to(folders.build_database)

    def kill_after(self, seconds: float) -> bool:
        """Starts a run and kills it (SIGKILL) after a while; whether it was still running."""
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines", "run"],
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        return was_running

    def published(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the published database. Each generation is a file of its own, so no old one is cached."""
        path = (self.data / "published" / "warehouse.duckdb").resolve()
        with duckdb.connect(os.fspath(path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def mart(self, name: str, without: frozenset[str] = frozenset()) -> list[str]:
        """A mart as sorted lines of text, without the columns that depend on when we looked."""
        columns = [
            row[0]
            for row in self.published(
                "select column_name from information_schema.columns "
                f"where table_schema = 'marts' and table_name = '{name}' order by ordinal_position"
            )
            if row[0] not in MEMORY_COLUMNS | without
        ]
        shown = ", ".join(f"coalesce(cast({column} as varchar), 'null')" for column in columns)
        return [
            row[0] for row in self.published(f"select concat_ws('|', {shown}) as line from marts.{name} order by 1")
        ]

    def marts(self) -> dict[str, list[str]]:
        """All contracted marts as text."""
        return {name: self.mart(name) for name in MARTS}

    def found_breaks(self) -> list[tuple[str, ...]]:
        """Open breaks by code, subject and amount, as text."""
        return sorted(
            tuple("" if value is None else str(value) for value in row)
            for row in self.published(
                "select break_code, case when grain in ('line', 'document') then invoice_id end, customer_id, "
                "order_id, product_id, sku_id, currency, "
                "cast(at_risk_amount as decimal(38, 3)) from marts.fct_breaks where status <> 'resolved'"
            )
        )


def share_parsed_models_of(data: Path) -> None:
    """From now on every run starts with what dbt understood in that data directory."""
    PARSED[:] = (data / "build" / "dbt").glob("parsed-*.msgpack")


def planted_breaks(
    world: World, clock: datetime, *, read_at: datetime | None = None, code: str = ""
) -> list[tuple[str, ...]]:
    """What the sandbox planted, in the form of `Desk.found_breaks`.

    Shape:   `read_at` is when everything had been read before; with `code` that one alone.
    """
    truth = world.truth_since(read_at or clock, clock)
    return as_found(planted for planted in truth if code in ("", planted.break_code))


def as_found(truth: Iterable[PlantedBreak]) -> list[tuple[str, ...]]:
    """Planted breaks in the form of `Desk.found_breaks`."""
    rows = []
    for planted in truth:
        subject = (
            planted.invoice_id,
            planted.customer_id,
            planted.order_id,
            planted.product_id,
            planted.sku_id,
            planted.currency,
        )
        amount = "" if planted.at_risk_amount is None else f"{planted.at_risk_amount:.3f}"
        rows.append((planted.break_code, *("" if value is None else value for value in subject), amount))
    return sorted(rows)


@contextmanager
def open_desk(
    world: World, data: Path, *, clock: datetime = DEFAULT_CLOCK, quirks: bool = True, faults: Faults | None = None
) -> Iterator[Desk]:
    """A desk with a server of its own."""
    app = SandboxApp(world, clock=clock, quirks=quirks, faults=faults or Faults())
    with serve(app, port=0) as server:
        yield Desk(app, server.url, data, clock)


def copy_of(desk: Desk, folder: Path) -> Path:
    """The data directory of a finished desk, copied, for tests that go on from there."""
    return Path(shutil.copytree(desk.data, folder / "data", symlinks=True))


def ledger_of(desk: Desk) -> list[Mapping[str, Any]]:
    """Partitions that are not complete, from the published file."""
    rows = desk.published(
        "select json_object('id', partition_id, 'status', status) from partner_center_raw.load_ledger "
        "where status <> 'complete'"
    )
    return [json.loads(row[0]) for row in rows]
