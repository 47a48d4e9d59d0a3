"""What an analyst's tools find after one run: saved questions, views, Parquet files, the page of the models."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.reports.questions import ANALYSES, question_sql, questions, resolved
from pipelines.warehouse import Folders, open_published
from tests.end_to_end.desk import Desk, copy_of
from tests.reports.browsers import browser

GUIDE = Path(__file__).resolve().parents[2] / "notebooks" / "guides" / "connecting-tools.md"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def published(finished: Desk) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Folders(finished.data)) as connection:
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, name: str, **kept: str) -> Rows:
    cursor = connection.execute(question_sql(connection, name, **kept))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def breaks(connection: duckdb.DuckDBPyConnection, *codes: str) -> set[str]:
    """Open breaks of some rules."""
    marks = ", ".join("?" * len(codes))
    query = f"select break_id from marts.fct_breaks where status <> 'resolved' and break_code in ({marks})"
    return {row[0] for row in connection.execute(query, list(codes)).fetchall()}


@pytest.mark.parametrize("name", questions())
def test_every_question_has_an_answer(published: duckdb.DuckDBPyConnection, name: str) -> None:
    """The small world has something of everything; no row comes twice."""
    rows = published.execute(question_sql(published, name)).fetchall()
    assert rows
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("which_refunds_never_came", ("cancelled_not_credited", "credit_short")),
        ("which_orders_were_never_billed", ("order_not_billed", "unbilled_lost")),
        ("which_prices_differ_from_the_order", ("price_charged_vs_ordered",)),
        (
            "what_was_paid_for_and_not_delivered",
            ("charged_not_entitled", "quantity_ordered_vs_entitled", "provisioning_overdue"),
        ),
    ],
)
def test_a_question_about_breaks_shows_each_of_them_once(
    published: duckdb.DuckDBPyConnection, name: str, codes: tuple[str, ...]
) -> None:
    found = [row["break_id"] for row in answer(published, name)]
    assert len(found) == len(set(found))
    assert set(found) == breaks(published, *codes)


@pytest.mark.parametrize("name", ["what_is_at_risk_by_code", "which_customers_have_most_at_risk"])
def test_money_at_risk_is_counted_once_and_per_currency(published: duckdb.DuckDBPyConnection, name: str) -> None:
    customers = "" if name == "what_is_at_risk_by_code" else "and customer_id is not null"
    expected = published.execute(
        "select currency, sum(at_risk_amount) from marts.fct_breaks "
        f"where is_primary and status not in ('resolved', 'accepted') and currency is not null {customers} group by 1"
    ).fetchall()
    for currency, amount in expected:
        rows = answer(published, name, currency=currency)
        assert sum(row["at_risk_amount"] or 0 for row in rows) == amount


def test_charges_without_order_are_those_that_are_not_matched(published: duckdb.DuckDBPyConnection) -> None:
    expected = published.execute(
        "select invoice_line_id from marts.fct_invoice_lines where bucket in ('unmatched', 'suggested')"
    ).fetchall()
    found = [row["invoice_line_id"] for row in answer(published, "which_charges_have_no_order")]
    assert sorted(found) == sorted(row[0] for row in expected)


def test_what_changed_is_what_the_run_noted(published: duckdb.DuckDBPyConnection) -> None:
    """After a first run: everything was opened."""
    found = answer(published, "what_changed_since_the_last_run")
    assert {row["event"] for row in found} == {"opened"}
    assert {row["break_id"] for row in found} == {
        row[0] for row in published.execute("select break_id from marts.fct_breaks").fetchall()
    }


def test_the_difference_of_an_invoice_is_explained_to_the_last_digit(published: duckdb.DuckDBPyConnection) -> None:
    by_document: dict[str, list[dict[str, Any]]] = {}
    for row in answer(published, "why_does_the_invoice_not_tie"):
        by_document.setdefault(row["invoice_id"], []).append(row)
    assert by_document
    for rows in by_document.values():
        assert sum(row["amount"] for row in rows) == rows[0]["total_charges"] - rows[0]["lines_total"]


def test_what_customers_cost_is_what_documents_bill(published: duckdb.DuckDBPyConnection) -> None:
    expected = published.execute(
        "select period, currency, sum(coalesce(document_amount, total)) from marts.fct_invoice_lines "
        "where bucket <> 'not_counted' and line_class <> 'daily_usage' group by all"
    ).fetchall()
    for period, currency, amount in expected:
        rows = answer(published, "what_did_each_customer_cost", currency=currency, period=period)
        assert sum(row["billed_amount"] for row in rows) == amount


def test_every_mart_and_view_is_a_parquet_file_with_as_many_rows(
    finished: Desk, published: duckdb.DuckDBPyConnection
) -> None:
    folder = finished.data / "published" / "parquet"
    tables = published.execute(
        "select table_schema, table_name from information_schema.tables where table_schema in ('marts', 'bi')"
    ).fetchall()
    assert {path.stem for path in folder.glob("*.parquet")} == {table for _, table in tables}
    for schema, table in tables:
        rows = published.execute(f"select count(*) from {schema}.{table}").fetchone()
        assert (pq.read_metadata(folder / f"{table}.parquet").num_rows,) == rows


def test_no_view_for_tools_has_a_binary_float(published: duckdb.DuckDBPyConnection) -> None:
    kinds = {
        re.sub(r"\(.*", "", row[0])
        for row in published.execute(
            "select distinct data_type from information_schema.columns where table_schema = 'bi'"
        ).fetchall()
    }
    assert kinds == {"VARCHAR", "BIGINT", "BOOLEAN", "DATE", "TIMESTAMP", "DECIMAL"}


def test_the_example_of_the_guide_reads_the_files(finished: Desk, published: duckdb.DuckDBPyConnection) -> None:
    """And gives what the database says."""
    block = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    exec(block[1].replace('"data/published', f'"{finished.data}/published'), names)
    expected = published.execute(
        "select period, sum(billed_amount) from bi.bi_charges where currency = 'EUR' group by 1 order by 1"
    ).fetchall()
    assert names["per_month"].rows() == expected


@pytest.fixture(scope="module")
def documented(finished: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory after `make docs`."""
    data = copy_of(finished, tmp_path_factory.mktemp("documented"))
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.docs"],
        env={**finished.environment(), "RECON_DATA_DIR": os.fspath(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return data


def embedded(page: str, name: str) -> dict[str, Any]:
    """What the page holds of the models: it is all in the one file."""
    found: dict[str, Any] = json.JSONDecoder().raw_decode(page.split(f"{name}:", 1)[1].replace("<\\/", "</"))[0]
    return found


def test_every_column_that_exists_is_described_on_the_page(documented: Path) -> None:
    page = (documented / "reports" / "models.html").read_text(encoding="utf-8")
    manifest, catalog = embedded(page, "manifest"), embedded(page, "catalog")
    empty = [
        f"{name.removeprefix('model.recon.')}.{column}"
        for name, table in catalog["nodes"].items()
        for column in table["columns"]
        if not manifest["nodes"][name]["columns"][column]["description"]
    ]
    assert empty == [], "describe them in their model's yml, or in dbt_project/column_words.yml"
    assert len(catalog["nodes"]) > 150


def test_every_word_is_the_name_of_a_column(documented: Path) -> None:
    page = (documented / "reports" / "models.html").read_text(encoding="utf-8")
    words = yaml.safe_load((ANALYSES.parent / "column_words.yml").read_text(encoding="utf-8"))
    used = {column for table in embedded(page, "catalog")["nodes"].values() for column in table["columns"]}
    assert set(words) - used == set()


def test_a_question_is_what_dbt_makes_of_it(documented: Path) -> None:
    """The published names stand where dbt puts its own."""
    page = (documented / "reports" / "models.html").read_text(encoding="utf-8")
    with open_published(Folders(documented)) as connection:
        schemas = dict(
            connection.execute("select table_name, table_schema from information_schema.tables").fetchall()
        )
    compiled = {
        node["name"]: node["compiled_code"]
        for node in embedded(page, "manifest")["nodes"].values()
        if node["resource_type"] == "analysis"
    }
    assert set(compiled) == set(questions())
    for name, code in compiled.items():
        plain = code.replace('"warehouse".', "").replace('"', "")
        assert plain.strip() == resolved((ANALYSES / f"{name}.sql").read_text(), schemas).strip(), name


def test_the_page_asks_no_other_host(documented: Path, tmp_path: Path) -> None:
    """In a real browser: the page of a model opens, shows a description, and fetches nothing."""
    page = documented / "reports" / "models.html"
    assert page.stat().st_mode & 0o077 == 0
    with browser(tmp_path) as running:
        running.get(f"{page.as_uri()}#!/model/model.recon.bi_charges")
        shown = "One row per billed line of a counted document"
        WebDriverWait(running, 60).until(lambda page: shown in page.find_element("css selector", "body").text)
        asked = {
            message["params"]["request"]["url"]
            for entry in running.get_log("performance")
            if (message := json.loads(entry["message"])["message"])["method"] == "Network.requestWillBeSent"
        }
        said = [entry["message"] for entry in running.get_log("browser") if entry["level"] == "SEVERE"]
    # The browser has pages of its own, which come from no host.
    assert {url for url in asked if url.startswith(("http", "ws"))} == set()
    assert said == []
