"""Saved questions: what is filled in, what is left out, and what a person is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines.errors import UsageError
from pipelines.reports.questions import ANALYSES, question_sql, questions, resolved
from pipelines.warehouse import Folders, open_published
from tests.published_marts import publish_example


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = publish_example(tmp_path_factory.mktemp("questions") / "data")
    with open_published(Folders(data)) as connection:
        yield connection


def test_every_question_is_a_question_and_its_name_says_so() -> None:
    assert len(questions()) >= 12
    for name, text in questions().items():
        assert text.endswith("?"), name
        assert name.split("_")[0] in {"what", "which", "why", "where", "is", "how", "who"}, name


def test_every_question_is_described() -> None:
    described = yaml.safe_load((ANALYSES / "_analyses.yml").read_text(encoding="utf-8"))["analyses"]
    assert {one["name"] for one in described} == set(questions())
    assert all(one["description"].strip() for one in described)


def test_a_question_has_nothing_to_fill_in_but_names_of_tables() -> None:
    """Else the published file could not answer without dbt."""
    for name in questions():
        text = (ANALYSES / f"{name}.sql").read_text(encoding="utf-8")
        tables = dict.fromkeys((one.split("'")[1] for one in text.split("ref(")[1:]), "marts")
        assert not {"{{", "{%", "{#"} & set(resolved(text, tables).split()), name


def test_a_question_is_asked_of_one_month_and_currency(published: duckdb.DuckDBPyConnection) -> None:
    query = question_sql(published, "what_was_not_compared", currency="EUR", period="2026-09")
    published.execute(query)
    assert query.endswith("where currency = 'EUR' and period = '2026-09'")


def test_a_value_never_becomes_sql(published: duckdb.DuckDBPyConnection) -> None:
    query = question_sql(published, "what_was_not_compared", currency="EUR' or '1' = '1")
    assert published.execute(query).fetchall() == []


def test_an_answer_without_that_column_says_so(
    published: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "which_columns_are_there.sql").write_text("-- Which?\nselect currency from {{ ref('fct_invoices') }}")
    monkeypatch.setattr("pipelines.reports.questions.ANALYSES", tmp_path)
    with pytest.raises(UsageError, match="no column period; leave --period away"):
        question_sql(published, "which_columns_are_there", period="2026-09")


def test_an_unknown_question_says_which_is_near(published: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match=r"did you mean which_refunds_never_came\? `recon sql --questions`"):
        question_sql(published, "which_refund_never_came")


def test_a_published_file_from_before_a_question_says_what_to_do(published: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="fct_of_tomorrow is not in the published file, which is older"):
        resolved("select * from {{ ref('fct_of_tomorrow') }}", {"fct_invoices": "marts"})
