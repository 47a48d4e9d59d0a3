"""Saved questions: the analyses of the models' project, asked of the published file.

An analysis names the tables that it reads by `{{ ref('…') }}` and has nothing else to be filled in, so a file says
what dbt would make of it. A test compares the two.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import duckdb

from pipelines.errors import UsageError

ANALYSES = Path(__file__).resolve().parents[2] / "dbt_project" / "analyses"
_REF = re.compile(r"\{\{\s*ref\('(\w+)'\)\s*\}\}")


def questions() -> dict[str, str]:
    """Every saved question: its name, and the question itself, which is the first line of its file."""
    return {
        file.stem: file.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- ")
        for file in sorted(ANALYSES.glob("*.sql"))
    }


def question_sql(
    connection: duckdb.DuckDBPyConnection, name: str, *, currency: str | None = None, period: str | None = None
) -> str:
    """The query of a saved question, with the published names of its tables.

    Shape:   `currency` and `period` keep the rows of one currency, of one month.
    Errors:  UsageError when there is no such question, its answer has no such column, or the published file is
             older than the question.
    """
    if name not in questions():
        near = difflib.get_close_matches(name, questions(), n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"no question `{name}`; {hint}`recon sql --questions` lists them")
    query = resolved((ANALYSES / f"{name}.sql").read_text(encoding="utf-8"), _schemas(connection))
    wanted = {"currency": currency, "period": period}
    kept = {column: value.replace("'", "''") for column, value in wanted.items() if value is not None}
    if not kept:
        return query
    columns = {row[0] for row in connection.execute(f"describe {query}").fetchall()}
    for column in kept:
        if column not in columns:
            raise UsageError(f"the answer to `{name}` has no column {column}; leave --{column} away")
    conditions = " and ".join(f"{column} = '{value}'" for column, value in kept.items())
    return f"select * from (\n{query}\n) where {conditions}"


def resolved(text: str, schemas: dict[str, str]) -> str:
    """An analysis with `schema.table` for each `ref`.

    Errors:  UsageError when a table is not published.
    """

    def published(found: re.Match[str]) -> str:
        table = found[1]
        if table not in schemas:
            raise UsageError(f"{table} is not in the published file, which is older; `recon run` publishes it")
        return f"{schemas[table]}.{table}"

    return _REF.sub(published, text)


def _schemas(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The schema of each published table and view."""
    return dict(connection.execute("select table_name, table_schema from information_schema.tables").fetchall())
