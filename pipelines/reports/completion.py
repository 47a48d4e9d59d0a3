"""What a query may go on with: key words, and the schemas, tables and columns of the published file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

_WORD = re.compile(r"[\w.]*$")
# Tables that a query names, and the short names that it gives them.
_NAMED = re.compile(r"\b(?:from|join)\s+(?:(\w+)\.)?(\w+)(?:\s+(?:as\s+)?(\w+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Catalogue:
    """The names of a database.

    Shape:   `tables` by schema; `columns` by table, schemas apart; `keywords` in lower case.
    """

    keywords: tuple[str, ...]
    tables: Mapping[str, tuple[str, ...]]
    columns: Mapping[tuple[str, str], tuple[str, ...]]

    def columns_of(self, table: str, schema: str = "") -> tuple[str, ...]:
        """The columns of a table; without a schema those of every table of that name, each once."""
        found = (
            columns for (where, name), columns in self.columns.items() if name == table and schema in ("", where)
        )
        return tuple(dict.fromkeys(column for columns in found for column in columns))


def read_catalogue(connection: duckdb.DuckDBPyConnection) -> Catalogue:
    """The names of an open database."""
    keywords = connection.execute("select keyword_name from duckdb_keywords() order by 1").fetchall()
    tables: dict[str, dict[str, None]] = {}
    columns: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns "
        "order by table_schema, table_name, ordinal_position"
    ).fetchall():
        tables.setdefault(schema, {})[table] = None
        columns.setdefault((schema, table), []).append(column)
    return Catalogue(
        tuple(row[0] for row in keywords),
        {schema: tuple(names) for schema, names in tables.items()},
        {key: tuple(names) for key, names in columns.items()},
    )


class SqlCompleter(Completer):
    """Completes the word before the cursor.

    Shape:   after `schema.` its tables, after `table.` or its short name the columns; else the columns of the
             tables that the query names, then tables, schemas and key words. A line that begins with a dot is
             completed by the words of the prompt.
    """

    def __init__(self, catalogue: Catalogue, words: Sequence[str], questions: Sequence[str]) -> None:
        self._catalogue = catalogue
        self._words = words
        self._questions = questions

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What the word before the cursor may become; nothing before its first letter."""
        before = document.text_before_cursor
        if before.lstrip().startswith("."):
            typed, choices = self._after_dot(before.lstrip())
        else:
            found = _WORD.search(before)
            typed = found[0] if found else ""
            choices = self._names(typed, document.text) if typed else iter(())
        for choice in dict.fromkeys(choices):
            if choice.lower().startswith(typed.lower()):
                yield Completion(choice, start_position=-len(typed))

    def _after_dot(self, line: str) -> tuple[str, Iterable[str]]:
        word, blank, rest = line.partition(" ")
        if not blank:
            return line, self._words
        if word == ".ask":
            return rest, self._questions
        if word == ".tables":
            return rest, (*self._catalogue.tables, "all")
        return rest, self._qualified(rest)

    def _names(self, typed: str, query: str) -> Iterator[str]:
        parent, dot, _ = typed.rpartition(".")
        named = [(schema, table, short) for schema, table, short in _NAMED.findall(query)]
        if dot:
            yield from (f"{parent}.{table}" for table in self._catalogue.tables.get(parent, ()))
            schema, _, table = parent.rpartition(".")
            for where, name, short in named:
                if parent == short:
                    schema, table = where, name
            yield from (f"{parent}.{column}" for column in self._catalogue.columns_of(table, schema))
            return
        for schema, table, _ in named:
            yield from self._catalogue.columns_of(table, schema)
        yield from self._qualified(typed)
        yield from self._catalogue.tables
        yield from self._catalogue.keywords

    def _qualified(self, typed: str) -> Iterator[str]:
        """Tables by their whole name, also for one who begins with the table."""
        for schema, tables in self._catalogue.tables.items():
            yield from (f"{schema}.{table}" for table in tables)
