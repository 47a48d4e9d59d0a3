"""Tools bring their own DuckDB along: the published file opens with 1.5, to the last digit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.desk import Desk

PINNED = Path(__file__).with_name("older_duckdb.txt")
# Reads every row of every table and view that analysts open, and prints what it found.
READ_ALL = """
import sys
import duckdb

assert duckdb.__version__.startswith("1.5."), duckdb.__version__
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    found = connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in ('marts', 'bi', 'intermediate', 'staging', 'seeds', 'recon_meta') order by 1, 2"
    ).fetchall()
    for schema, table in found:
        rows = connection.execute(f'select * from "{schema}"."{table}"').fetchall()
        print(f"{schema}.{table} {len(rows)}")
    total = connection.execute("select sum(total) from marts.fct_invoice_lines where currency = 'USD'").fetchone()
    print("sum", total[0])
"""


@pytest.fixture(scope="module")
def older_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the older DuckDB in it; the test is skipped where no package index hands it out."""
    folder = tmp_path_factory.mktemp("duckdb-1.5")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--only-binary", ":all:", "--require-hashes", "--target", os.fspath(folder), "-r", os.fspath(PINNED)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        assert "HASH" not in done.stderr, done.stderr
        pytest.skip(f"no package index hands out DuckDB 1.5 for this Python: {done.stderr.strip()[-300:]}")
    return folder


def test_the_published_file_opens_with_the_older_duckdb(finished: Desk, older_duckdb: Path) -> None:
    """Every mart has as many rows there as here, and a sum of amounts has the same digits."""
    file = finished.data / "published" / "warehouse.duckdb"
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, os.fspath(file)],
        env={**os.environ, "PYTHONPATH": os.fspath(older_duckdb)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = dict(line.split() for line in done.stdout.splitlines())
    tables = finished.published(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('marts', 'bi', 'intermediate', 'staging', 'seeds', 'recon_meta')"
    )
    expected = {name: str(finished.published(f"select count(*) from {name}")[0][0]) for (name,) in tables}
    total = finished.published("select sum(total) from marts.fct_invoice_lines where currency = 'USD'")
    assert seen == {**expected, "sum": str(total[0][0])}
