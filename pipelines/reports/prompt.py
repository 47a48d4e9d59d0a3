"""A prompt for queries: on a terminal with history, colours and completion, else whatever a file or a program sends.

A query ends with a semicolon and may take several lines. What begins with a dot is a word to the prompt itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

import duckdb
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from pipelines.errors import UsageError
from pipelines.reports.completion import SqlCompleter, read_catalogue
from pipelines.reports.query import show, statements
from pipelines.reports.questions import question_sql, questions

WORDS = {
    ".tables": "the tables and views for analysts; `.tables SCHEMA` those of another schema, `.tables all` every one",
    ".schema": "`.schema TABLE`: its columns and their types",
    ".questions": "the saved questions",
    ".ask": "`.ask NAME`: the answer to a saved question",
    ".help": "this list",
    ".quit": "leave (so do exit, quit and Ctrl-D)",
}
_LEAVE = ("exit", "quit", ".quit", ".exit")
_FOR_ANALYSTS = "'marts', 'bi'"


class QueryDesk:
    """What is typed, answered: queries of the published file, and the words of the prompt."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, shape: str, out: IO[str], problems: IO[str] | None = None
    ) -> None:
        self._connection = connection
        self._shape = shape
        self._out = out
        # Beside the answers where a person reads both, apart from them where a file takes the answers.
        self._problems = problems or out
        self.failed_count = 0

    def answer(self, text: str) -> bool:
        """Answers a word, or queries that semicolons part; whether to go on. What cannot run is told and left."""
        typed = text.strip().rstrip(";").strip()
        if typed in _LEAVE:
            return False
        if not typed:
            return True
        try:
            if typed.startswith("."):
                self._word(*typed.split())
            else:
                for query in statements(self._connection, typed):
                    show(self._connection, query, self._shape, self._out)
        except UsageError as error:
            self.failed_count += 1
            self._problems.write(f"{error}\n")
        except (KeyboardInterrupt, RuntimeError):
            # A query that is stopped: the database says so in an error of its own.
            self._problems.write("stopped\n")
        return True

    def _word(self, word: str, *rest: str) -> None:
        if word == ".tables":
            self._tables(rest[0] if rest else "")
        elif word == ".schema" and rest:
            self._schema(rest[0])
        elif word == ".questions":
            for name, question in questions().items():
                self._say(f"  {name:<38} {question}")
        elif word == ".ask" and rest:
            show(self._connection, question_sql(self._connection, rest[0]), self._shape, self._out)
        elif word == ".help":
            for name, meaning in WORDS.items():
                self._say(f"  {name:<11} {meaning}")
        else:
            raise UsageError(f"`{' '.join((word, *rest))}` is no word of this prompt; .help lists them")

    def _tables(self, schema: str) -> None:
        where = f"table_schema in ({_FOR_ANALYSTS})"
        if schema:
            where = "true" if schema == "all" else f"table_schema = {_text(schema)}"
        query = f"select table_schema, table_name from information_schema.tables where {where} order by all"
        show(self._connection, query, self._shape, self._out)

    def _schema(self, table: str) -> None:
        schema, _, name = table.rpartition(".")
        where = f"table_name = {_text(name)}" + (f" and table_schema = {_text(schema)}" if schema else "")
        query = f"from information_schema.columns where {where}"
        if not self._connection.execute(query).fetchall():
            raise UsageError(f"there is no table {table}; .tables lists them")
        columns = f"select table_schema, column_name, data_type {query} order by table_schema, ordinal_position"
        show(self._connection, columns, self._shape, self._out)

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")


def ask(connection: duckdb.DuckDBPyConnection, shape: str, history: Path) -> int:
    """Reads and answers queries until the end of the input; how many of a file or a program could not be answered.

    Shape:   `history` is the file that remembers what was typed; only a terminal writes it.
    """
    if sys.stdin.isatty() and sys.stdout.isatty():
        _on_terminal(QueryDesk(connection, shape, sys.stdout), connection, history)
        return 0
    if sys.stdin.isatty():
        # Somebody types, and the answers go elsewhere.
        sys.stderr.write("Ask in SQL and end with a semicolon; Ctrl-D ends.\n")
    desk = QueryDesk(connection, shape, sys.stdout, sys.stderr)
    _from_a_file(desk, sys.stdin)
    return desk.failed_count


def _from_a_file(desk: QueryDesk, lines: IO[str]) -> None:
    """The same as at a terminal: a query goes on until its semicolon, or the end. Stdout holds answers alone."""
    typed = ""
    for line in lines:
        # An empty line in a query is part of it; between queries it is nothing.
        typed += line
        if typed.strip() and is_whole(typed):
            if not desk.answer(typed):
                return
            typed = ""
    desk.answer(typed)


def _on_terminal(desk: QueryDesk, connection: duckdb.DuckDBPyConnection, history: Path) -> None:
    # Made here, as queries may hold names: for its owner only, whatever the terminal's own rules are.
    os.close(os.open(history, os.O_WRONLY | os.O_CREAT, 0o600))
    history.chmod(0o600)
    session: PromptSession[str] = PromptSession(
        "recon> ",
        prompt_continuation="  ...> ",
        multiline=True,
        history=FileHistory(os.fspath(history)),
        auto_suggest=AutoSuggestFromHistory(),
        lexer=PygmentsLexer(SqlLexer),
        completer=SqlCompleter(read_catalogue(connection), tuple(WORDS), tuple(questions())),
        key_bindings=_keys(),
    )
    print("Ask in SQL and end with a semicolon; .tables, .schema TABLE, .questions, .help, .quit. Tab completes.")
    while True:
        try:
            typed = session.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if not desk.answer(typed):
            return


def is_whole(text: str) -> bool:
    """Whether Enter asks: after a semicolon, after a word to the prompt, and on an empty line."""
    typed = text.strip()
    return not typed or typed.endswith(";") or typed.startswith(".") or typed in _LEAVE


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_whole(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return keys


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
