"""The prompt of `recon sql`: what completes, what Enter does, what is remembered, and how it is on a terminal."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from pipelines.reports.completion import SqlCompleter, read_catalogue
from pipelines.reports.prompt import WORDS, QueryDesk, is_whole
from pipelines.warehouse import Folders, open_published
from tests.published_marts import publish_example


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_example(tmp_path_factory.mktemp("prompt") / "data")


@pytest.fixture(scope="module")
def published(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Folders(data)) as connection:
        yield connection


@pytest.fixture(scope="module")
def completer(published: duckdb.DuckDBPyConnection) -> SqlCompleter:
    return SqlCompleter(read_catalogue(published), tuple(WORDS), ("which_refunds_never_came",))


def completed(completer: SqlCompleter, before: str, after: str = "") -> list[str]:
    """What the word before the cursor may become."""
    document = Document(before + after, cursor_position=len(before))
    return [one.text for one in completer.get_completions(document, CompleteEvent())]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("sel", "", "select"),
        ("select * from mar", "", "marts"),
        ("select * from marts.fct_inv", "", "marts.fct_invoices"),
        ("select tot", " from marts.fct_invoices", "total_charges"),
        ("select i.tot", " from marts.fct_invoices as i", "i.total_charges"),
        ("select i.tot", " from marts.fct_invoices i join marts.fct_breaks b", "i.total_charges"),
        ("select fct_breaks.at_r", " from marts.fct_breaks", "fct_breaks.at_risk_amount"),
        (".ta", "", ".tables"),
        (".ask which", "", "which_refunds_never_came"),
        (".schema marts.fct_bre", "", "marts.fct_breaks"),
        (".tables sta", "", "staging"),
    ],
)
def test_a_word_is_completed(completer: SqlCompleter, before: str, after: str, expected: str) -> None:
    assert expected in completed(completer, before, after)


def test_columns_of_the_tables_that_the_query_names_come_first(completer: SqlCompleter) -> None:
    assert completed(completer, "select b", " from marts.fct_breaks")[0] == "break_id"
    assert "break_id" not in completed(completer, "select b", " from marts.fct_invoices")


def test_nothing_is_offered_before_the_first_letter(completer: SqlCompleter) -> None:
    assert completed(completer, "select ") == []


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("select 1;", True),
        ("select 1", False),
        ("select 1\n  from x ; \n", True),
        (".tables", True),
        ("quit", True),
        ("", True),
    ],
)
def test_enter_asks_when_the_query_is_whole(text: str, whole: bool) -> None:
    assert is_whole(text) is whole


def answers(published: duckdb.DuckDBPyConnection, *typed: str) -> str:
    out = io.StringIO()
    desk = QueryDesk(published, "csv", out)
    for one in typed:
        assert desk.answer(one)
    return out.getvalue()


def test_words_of_the_prompt_are_answered(published: duckdb.DuckDBPyConnection) -> None:
    assert "marts,fct_breaks" in answers(published, ".tables")
    assert "seeds,currencies" not in answers(published, ".tables")
    assert "seeds,currencies" in answers(published, ".tables seeds")
    assert "intermediate,int_breaks_found" in answers(published, ".tables all")
    assert 'marts,total_charges,"DECIMAL(38,12)"' in answers(published, ".schema fct_invoices")
    assert "which_refunds_never_came" in answers(published, ".questions")
    assert all(word in answers(published, ".help") for word in WORDS)


def test_a_comment_alone_asks_nothing_and_the_prompt_goes_on(published: duckdb.DuckDBPyConnection) -> None:
    assert answers(published, "-- a note", "select 7 as seven;") == "seven\n7\n"


def test_a_mistake_is_told_and_the_prompt_goes_on(published: duckdb.DuckDBPyConnection) -> None:
    found = answers(published, "select nonsense;", ".schema nothing", ".shema", "", "select 41 + 1 as number;")
    assert "the query cannot run" in found
    assert "there is no table nothing" in found
    assert "`.shema` is no word of this prompt; .help lists them" in found
    assert found.endswith("number\n42\n")


@pytest.mark.parametrize("word", ["exit", "quit;", ".quit"])
def test_words_that_leave(published: duckdb.DuckDBPyConnection, word: str) -> None:
    assert QueryDesk(published, "table", io.StringIO()).answer(word) is False


def asked_from_a_file(data: Path, text: str) -> subprocess.CompletedProcess[str]:
    """`recon sql < FILE`."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines", "sql", "--format", "csv"],
        input=text,
        env={**os.environ, "RECON_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_of_queries_is_answered_query_by_query_and_not_remembered(data: Path) -> None:
    """A query of several lines is one query: each line alone would be another, and some would even have an answer."""
    done = asked_from_a_file(
        data,
        "-- how many\nselect count(*) as many\n\nfrom marts.fct_invoices\nwhere currency = 'JPY';\n"
        "select 2 as two; select 3 as three;\nquit\nselect 4 as four;\n",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "many\n1\ntwo\n2\nthree\n3\n"
    assert not Folders(data).sql_history.exists()


def test_who_types_while_the_answers_go_elsewhere_is_told_how(data: Path) -> None:
    """`recon sql | less`: without a word it would seem to hang."""
    ours, theirs = pty.openpty()
    os.write(ours, b"select 1 as one;\n\x04")
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "sql", "--format", "csv"],
        stdin=theirs,
        env={**os.environ, "RECON_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stdout) == (0, "one\n1\n")
    assert done.stderr == "Ask in SQL and end with a semicolon; Ctrl-D ends.\n"


def test_what_of_a_file_cannot_run_is_told_apart_and_by_the_exit_code(data: Path) -> None:
    done = asked_from_a_file(data, "selec 1;\nselect 2 as two")
    assert (done.returncode, done.stdout) == (4, "two\n2\n")
    assert "the query cannot run" in done.stderr


def test_on_a_terminal_a_query_takes_several_lines_and_is_remembered(data: Path) -> None:
    """Typed as a person does: a name completed, a query over two lines, one from the history, and out."""
    seen = typed_at_a_terminal(
        data,
        ["select count(*) as many\r", "from marts.fct_brea", "\t", ";\r", "\x1b[A\r", ".quit\r"],
    )
    assert seen.count("many") >= 2
    history = Folders(data).sql_history
    assert "+from marts.fct_breaks;" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0
    history.unlink()


def typed_at_a_terminal(data: Path, keys: list[str]) -> str:
    """Starts `recon sql` on a terminal of its own and types; what stood on the screen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "sql"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "RECON_DATA_DIR": str(data), "TERM": "xterm-256color", "NO_COLOR": "1"},
        start_new_session=True,
    )
    os.close(theirs)
    seen = read_until(ours, "recon>", seconds=120)
    for key in keys:
        os.write(ours, key.encode())
        seen += read_until(ours, "", seconds=2)
    process.wait(timeout=120)
    os.close(ours)
    return seen


def read_until(terminal: int, text: str, seconds: float) -> str:
    """What comes until a text stands there, or for some seconds where none is named."""
    seen, end = "", time.monotonic() + seconds
    while time.monotonic() < end and (not text or text not in seen):
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                part = os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
            seen += part
            # A terminal answers where its cursor is, and the prompt waits for it.
            if "\x1b[6n" in part:
                os.write(terminal, b"\x1b[1;1R")
    return seen
