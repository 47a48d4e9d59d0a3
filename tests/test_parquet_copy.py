"""What is published is there as Parquet too: the same to the last digit, whole or not at all."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines import parquet_copy, warehouse
from pipelines.errors import ControlTotalsDiffer
from pipelines.warehouse import (
    Folders,
    open_build,
    open_published,
    publish,
    publish_enquiry,
    publish_parquet_again,
)
from tests.sandboxed import folders_in

LONG = "1234567890.123456789012"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return folders_in(tmp_path / "data")


def build(folders: Folders, amount: str) -> None:
    """A closed working database with one mart in two currencies, one without money, and a view on them."""
    with open_build(folders) as connection:
        for schema in ("marts", "bi", "intermediate"):
            connection.execute(f"create schema if not exists {schema}")
        connection.execute(
            "create or replace table marts.fct_invoices as select 'G1' as invoice_id, 'EUR' as currency, "
            f"cast('{amount}' as decimal(38, 12)) as total_charges, cast('0.000000000000000000000001' as "
            "decimal(38, 24)) as rate, timestamp '2026-09-06 10:00:00' as invoice_at "
            "union all select 'G2', 'JPY', 120000, null, null"
        )
        connection.execute("create or replace table marts.dim_customers as select '0007' as customer_id")
        connection.execute("create or replace table intermediate.int_lines as select 1 as anything")
        connection.execute("create or replace view bi.bi_documents as select * from marts.fct_invoices")
        connection.execute("checkpoint")


def amounts(folder: Path, table: str = "fct_invoices") -> list[object]:
    return pq.read_table(folder / f"{table}.parquet")["total_charges"].to_pylist()


def test_marts_and_views_are_files_with_exact_decimals(folders: Folders) -> None:
    build(folders, LONG)
    publish(folders, 1)
    names = {path.name for path in folders.parquet.iterdir()}
    assert names == {
        "fct_invoices.parquet",
        "dim_customers.parquet",
        "bi_documents.parquet",
        "control-totals.json",
    }
    assert amounts(folders.parquet) == amounts(folders.parquet, "bi_documents") == [Decimal(LONG), Decimal(120000)]
    schema = pq.read_schema(folders.parquet / "fct_invoices.parquet")
    assert [str(kind) for kind in schema.types] == [
        *("string", "string", "decimal128(38, 12)", "decimal128(38, 24)", "timestamp[us]")
    ]
    assert pq.read_table(folders.parquet / "dim_customers.parquet").to_pylist() == [{"customer_id": "0007"}]


def test_the_control_totals_stand_beside_the_files(folders: Folders) -> None:
    """Per currency: amounts of different ones are never added."""
    build(folders, "10.50")
    publish(folders, 1)
    totals = json.loads((folders.parquet / "control-totals.json").read_text())
    assert totals["fct_invoices"] == {
        "rows": 2,
        "sums": {"EUR": {"total_charges": "10.500000000000"}, "JPY": {"total_charges": "120000.000000000000"}},
    }
    assert totals["dim_customers"] == {"rows": 1}


def test_a_new_publication_leaves_the_files_that_a_reader_reads(folders: Folders) -> None:
    """The folder of the generation before stays for one more publication; then it goes."""
    build(folders, "1")
    publish(folders, 1)
    reading = folders.parquet.resolve()
    build(folders, "2")
    publish(folders, 2)
    assert os.readlink(folders.parquet) == "generations/parquet-000002"
    assert (amounts(reading)[0], amounts(folders.parquet)[0]) == (1, 2)
    build(folders, "3")
    publish(folders, 3)
    assert sorted(path.name for path in folders.generations.glob("parquet*")) == ["parquet-000002", "parquet-000003"]


def test_files_are_for_their_owner_only(folders: Folders) -> None:
    build(folders, "1")
    publish(folders, 1)
    assert [path.name for path in folders.parquet.iterdir() if path.stat().st_mode & 0o077] == []
    assert folders.parquet.resolve().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("step", ["_totals", "put_folder_in_place"])
def test_a_stop_in_between_leaves_the_last_files_and_the_last_database(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    build(folders, "1")
    publish(folders, 1)
    build(folders, "2")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parquet_copy, step, stop)
        with pytest.raises(KeyboardInterrupt):
            publish(folders, 2)
    assert amounts(folders.parquet)[0] == 1
    assert read(folders) == 1
    publish(folders, 2)
    assert amounts(folders.parquet)[0] == 2
    assert list(folders.generations.glob("*.incoming")) == []


@pytest.mark.parametrize("changed", ["total_charges = 11", "rate = 1", "invoice_id = 'G3'"])
def test_files_that_do_not_hold_the_same_are_not_published(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    """Money shows in the sums; everything else in what all values make together."""
    build(folders, "1")
    publish(folders, 1)
    build(folders, "2")
    in_order = parquet_copy._totals

    def damage(connection: duckdb.DuckDBPyConnection, source: str, columns: dict[str, str]) -> object:
        if "fct_invoices.parquet" in source:
            file = source.split("'")[1]
            column, value = changed.split(" = ")
            other = f"select * replace (cast({value} as {columns[column]}) as {column}) from marts.fct_invoices"
            connection.execute(f"copy ({other}) to '{file}' (format parquet)")
        return in_order(connection, source, columns)

    monkeypatch.setattr(parquet_copy, "_totals", damage)
    with pytest.raises(ControlTotalsDiffer, match=r"fct_invoices.parquet does not hold"):
        publish(folders, 2)
    assert amounts(folders.parquet)[0] == 1
    assert read(folders) == 1


def test_a_kill_between_the_two_names_is_caught_up(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    build(folders, "1")
    publish(folders, 1)
    build(folders, "2")
    in_order = warehouse._point

    def die(name: Path, target: Path) -> None:
        if name == folders.parquet:
            raise KeyboardInterrupt
        in_order(name, target)

    with monkeypatch.context() as patch:
        patch.setattr(warehouse, "_point", die)
        with pytest.raises(KeyboardInterrupt):
            publish(folders, 2)
    assert (read(folders), amounts(folders.parquet)[0]) == (2, 1)
    publish_parquet_again(folders)
    assert amounts(folders.parquet)[0] == 2


def test_a_database_that_was_published_without_files_gets_them(folders: Folders) -> None:
    build(folders, "1")
    publish(folders, 1)
    written = folders.parquet.resolve()
    folders.parquet.unlink()
    written.rename(folders.data / "elsewhere")
    publish_parquet_again(folders)
    assert amounts(folders.parquet)[0] == 1


def test_an_enquiry_does_not_touch_the_files(folders: Folders) -> None:
    build(folders, "1")
    publish(folders, 1)
    build(folders, "2")
    publish_enquiry(folders, datetime(2026, 9, 1, tzinfo=UTC))
    assert os.readlink(folders.parquet) == "generations/parquet-000001"
    assert amounts(folders.parquet)[0] == 1


def read(folders: Folders) -> object:
    """The first amount of the published database."""
    with open_published(folders) as connection:
        row = connection.execute("select total_charges from marts.fct_invoices order by invoice_id").fetchone()
    return row and row[0]
