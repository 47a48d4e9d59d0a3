"""`recon sql`: a read-only question."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.common import DONE, WRONG_USAGE, as_of_option, prepare
from pipelines.commands.completing import currencies, months, saved_questions
from pipelines.commands.output import Document, json_option
from pipelines.errors import UsageError
from pipelines.warehouse import open_published

TEXT_SHAPES = ("table", "csv", "json")
FILE_SHAPES = ("parquet", "xlsx")
_ENDINGS = {f".{shape}": shape for shape in (*TEXT_SHAPES, *FILE_SHAPES)}


@click.command(short_help="Ask the published database, read-only")
@click.argument("query", required=False)
@click.option("--question", metavar="NAME", shell_complete=saved_questions, help="A saved question instead of QUERY.")
@click.option("--questions", "lists", is_flag=True, help="List the saved questions.")
@click.option(
    "--currency", metavar="CODE", shell_complete=currencies, help="With --question: the rows of one currency."
)
@click.option("--period", metavar="YYYY-MM", shell_complete=months, help="With --question: the rows of one month.")
@click.option(
    "--format",
    "shape",
    type=click.Choice([*TEXT_SHAPES, *FILE_SHAPES]),
    help="By default table, or what the ending of --out says.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the terminal.")
@as_of_option
@json_option
def sql(
    query: str | None,
    question: str | None,
    lists: bool,
    currency: str | None,
    period: str | None,
    shape: str | None,
    out: Path | None,
    as_of: datetime | None,
    document: Document,
) -> int:
    """Ask the published database (read-only); without QUERY at a prompt, or all queries of a file (< FILE)."""
    from pipelines.reports import query as queries
    from pipelines.reports.query_files import write_file
    from pipelines.reports.questions import question_sql
    from pipelines.reports.questions import questions as saved

    if lists:
        document.add(questions=saved())
        for name, text in saved().items():
            click.echo(f"{name:<38} {text}")
        return DONE
    if query is not None and question is not None:
        raise UsageError("name a QUERY or a --question, not both")
    if question is None and (currency or period):
        raise UsageError("--currency and --period belong to --question; write a condition into the QUERY")
    shape = shape or _ENDINGS.get(out.suffix if out else "", "table")
    if shape in FILE_SHAPES and out is None:
        raise UsageError(f"{shape} is for files; name one with --out result.{shape}")
    _, folders = prepare(make=False)
    with open_published(folders, as_of) as connection:
        if question is not None:
            query = question_sql(connection, question, currency=currency, period=period)
        if query is None and (out is not None or document.is_wanted):
            raise UsageError("an answer for a file or a program needs a QUERY or a --question")
        if query is None:
            from pipelines.reports.prompt import ask

            return WRONG_USAGE if ask(connection, shape, folders.sql_history) else DONE
        if out is not None:
            count = write_file(connection, query, shape, out)
            document.add(file=out, rows_count=count)
            click.echo(f"{count:,} rows: {out}")
        elif document.is_wanted:
            document.add(**queries.facts(connection, query))
        else:
            queries.show(connection, query, shape, sys.stdout)
    return DONE
