"""A finished database once more as Parquet files, for tools that read folders.

Each mart and each view for analysts' tools is one file. A folder is written aside, read again and compared with the
database, and only then gets its name; `control-totals.json` in it says what was compared.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import ControlTotalsDiffer
from pipelines.files import put_folder_in_place

SCHEMAS = ("marts", "bi")
TOTALS = "control-totals.json"
_MONEY = "DECIMAL(38,12)"
_CURRENCY_COLUMNS = ("currency", "BillingCurrency")


def write_parquet(database: Path, target: Path) -> None:
    """Writes every mart and view of a closed database into a new folder.

    Shape:   `<table>.parquet`, and the control totals: rows, and sums of money columns per currency, as text.
    Units:   the columns of the database; amounts stay DECIMAL, exact to the last digit.
    Errors:  ControlTotalsDiffer when a file does not hold what the database holds; there is no folder then.
    """
    aside = target.with_name(f"{target.name}.incoming")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    totals = {}
    with duckdb.connect(os.fspath(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for schema, table in _tables(connection):
            source, file = f"{schema}.{table}", aside / f"{table}.parquet"
            copied = f"read_parquet('{_quoted(file)}')"
            connection.execute(f"copy (from {source}) to '{_quoted(file)}' (format parquet)")
            columns = _columns(connection, source)
            totals[table] = _totals(connection, source, columns)
            found = _totals(connection, copied, columns)
            if found != totals[table] or _digest(connection, source) != _digest(connection, copied):
                raise ControlTotalsDiffer(
                    f"{file.name} does not hold what {source} holds ({found} instead of {totals[table]}); "
                    "nothing is published. Look whether the disk is full or failing, and run again"
                )
    (aside / TOTALS).write_text(json.dumps(totals, indent=1, sort_keys=True) + "\n")
    shutil.rmtree(target, ignore_errors=True)
    put_folder_in_place(aside, target)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in (select unnest(?)) order by 1, 2",
        [list(SCHEMAS)],
    ).fetchall()


def _columns(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"describe {source}").fetchall()}


def _totals(connection: duckdb.DuckDBPyConnection, source: str, columns: dict[str, str]) -> dict[str, Any]:
    """Rows of all, and the sums of the money columns per currency; a table without currency has rows only."""
    row = connection.execute(f"select count(*) from {source}").fetchone()
    found: dict[str, Any] = {"rows": row[0] if row else 0}
    currency = next((name for name in _CURRENCY_COLUMNS if name in columns), None)
    money = [name for name, kind in columns.items() if kind == _MONEY]
    if currency and money:
        sums = ", ".join(f"cast(sum({name}) as varchar)" for name in money)
        rows = connection.execute(
            f"select coalesce({currency}, ''), {sums} from {source} group by {currency} order by 1"
        ).fetchall()
        found["sums"] = {code: dict(zip(money, values, strict=True)) for code, *values in rows}
    return found


def _digest(connection: duckdb.DuckDBPyConnection, source: str) -> object:
    """One number that all values of all rows make together, in whichever order they come."""
    return connection.execute(f"select sum(hash(rows)) from {source} as rows").fetchone()


def _quoted(path: Path) -> str:
    return os.fspath(path).replace("'", "''")
