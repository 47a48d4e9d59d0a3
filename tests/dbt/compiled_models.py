"""The models as dbt compiles them, run without dbt: a whole build of a hand-made business in seconds.

dbt decides what is run (every statement is its own, in its order); only the running is done here, so that hundreds of
made-up businesses can be built in one test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import filelock

from tests.dbt.raw_database import RawDatabase

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
# Values that stand nowhere else; each build puts its own in their place.
AS_OF, PREVIOUS_AS_OF, GENERATION = "1961-04-12 06:07:00.000000", "1961-04-11 06:07:00.000000", 961_041_206
SCHEMAS = ("seeds", "staging", "intermediate", "marts", "bi")
LOG_COLUMNS = (
    "select column_name from information_schema.columns "
    "where table_catalog = 'warehouse' and table_schema = 'recon_memory' and table_name = 'break_log'"
)


class CompiledModels:
    """Models in the order of their references, and the checks of a build, as SQL."""

    def __init__(
        self, models: Sequence[tuple[str, str, str]], checks: Sequence[tuple[str, str]], seeds: Path
    ) -> None:
        self.models = models
        self.checks = checks
        self.seeds = seeds

    @contextmanager
    def built(
        self,
        world: RawDatabase,
        folder: Path,
        *,
        generation: int = 1,
        as_of: datetime | None = None,
        log: Sequence[dict[str, Any]] = (),
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database with everything built from a raw one; `log` holds the break events of earlier builds."""
        path = folder / "warehouse.duckdb"
        path.unlink(missing_ok=True)
        world.write(path)
        moment = as_of or world.read_at
        before = max((event["event_at"] for event in log), default=moment)
        with duckdb.connect(os.fspath(path)) as connection:
            _offer(connection, log)
            self.build(connection, as_of=moment, previous_as_of=before, generation=generation)
            yield connection

    def build(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        as_of: datetime,
        previous_as_of: datetime | None = None,
        generation: int = 1,
    ) -> None:
        """Builds everything in a database that has the raw tables and the memory."""
        moment = as_of.strftime(_MOMENT)
        before = (previous_as_of or as_of).strftime(_MOMENT)
        connection.execute("set timezone = 'UTC'")
        self._offer_seeds(connection)
        for kind, name, statement in self.models:
            sql = statement.replace(AS_OF, moment).replace(PREVIOUS_AS_OF, before)
            connection.execute(f"create {kind} {name} as {sql.replace(str(GENERATION), str(generation))}")

    def broken_checks(self, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
        """The checks that find rows; a build that has one publishes nothing."""
        found = []
        for name, statement in self.checks:
            (count,) = connection.execute(f"select count(*) from ({statement})").fetchall()[0]
            if count:
                found.append((name, count))
        return found

    def _offer_seeds(self, connection: duckdb.DuckDBPyConnection) -> None:
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"attach '{self.seeds}' as compiled_with (read_only)")
        for (seed,) in connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = 'compiled_with' and table_schema = 'seeds'"
        ).fetchall():
            connection.execute(f"create table seeds.{seed} as from compiled_with.seeds.{seed}")
        connection.execute("detach compiled_with")


def _offer(connection: duckdb.DuckDBPyConnection, log: Sequence[dict[str, Any]]) -> None:
    columns = [name for (name,) in connection.execute(LOG_COLUMNS).fetchall()]
    for event in log:
        connection.execute(
            f"insert into recon_memory.break_log ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
            [event[name] for name in columns],
        )


def compile_models(folder: Path) -> CompiledModels:
    """Every statement of a build: dbt is asked for them once, on an empty database in `folder`.

    Shape:   several processes may ask at once; all but the first wait for it, and read what it was told.
    """
    database, told = folder / "warehouse.duckdb", folder / "manifest.json"
    folder.mkdir(exist_ok=True)
    with filelock.FileLock(folder / "being-made"):
        if not told.exists():
            RawDatabase(datetime(2024, 6, 20)).write(database)  # noqa: DTZ001 - the warehouse keeps UTC without zone
            with duckdb.connect(os.fspath(database)) as connection:
                for schema in SCHEMAS:
                    connection.execute(f"create schema if not exists {schema}")
            for command in ("seed", "compile"):
                _dbt(folder, command)
            (folder / "target" / "manifest.json").rename(told)
    manifest = json.loads(told.read_text())
    nodes = manifest["nodes"]
    models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    references = {
        name: [other for other in node["depends_on"]["nodes"] if other in models] for name, node in models.items()
    }
    return CompiledModels(
        models=[
            (
                "view" if models[name]["config"]["materialized"] == "view" else "table",
                models[name]["relation_name"],
                models[name]["compiled_code"],
            )
            for name in TopologicalSorter(references).static_order()
        ],
        checks=[(node["name"], node["compiled_code"]) for node in nodes.values() if node["resource_type"] == "test"],
        seeds=database,
    )


def _dbt(folder: Path, command: str) -> None:
    variables = {"as_of": AS_OF, "previous_as_of": PREVIOUS_AS_OF, "generation": GENERATION}
    outcome = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "--quiet", command, "--vars", json.dumps(variables)),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        ],
        env={
            **os.environ,
            "RECON_BUILD_DATABASE": str(folder / "warehouse.duckdb"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout[-6000:] + outcome.stderr[-2000:]
