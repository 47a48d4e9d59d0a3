"""Whatever the API sends: nothing is lost, nothing is counted twice, and the memory of breaks moves by its events."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.dbt.any_world import Business, businesses, changed
from tests.dbt.compiled_models import CompiledModels
from tests.dbt.raw_database import RawDatabase
from tests.independent.opinions import disagreements, opinions_in

AS_OF = datetime(2024, 6, 20)  # noqa: DTZ001 - the warehouse keeps UTC without zone
DAY = timedelta(days=1)
# `make prove` tries many more.
COUNT = int(os.environ.get("RECON_PROVE_WORLDS", "8"))
PLAIN = settings(
    max_examples=COUNT,
    deadline=None,
    derandomize="RECON_PROVE_WORLDS" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink)
    if "RECON_PROVE_WORLDS" in os.environ
    else (Phase.generate,),
)
Rows = list[tuple[Any, ...]]
OPENED, RESOLVED = ("opened", "reopened"), "resolved"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for the databases, which take turns."""
    return tmp_path_factory.mktemp("worlds")


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> Rows:
    return connection.execute(query).fetchall()


def test_every_invariant_holds_and_a_second_reader_agrees(models: CompiledModels, folder: Path) -> None:
    """The checks that stand before every publish find nothing; sums and buckets made here are those of the marts."""
    seen: set[str | None] = set()

    @PLAIN
    @given(business=businesses())
    def holds(business: Business) -> None:
        with models.built(business.raw(AS_OF), folder) as connection:
            assert models.broken_checks(connection) == []
            assert lines_of_marts(connection) == lines_as_sent(business)
            for invoice_id, total, explained in documents_of_marts(connection):
                assert (invoice_id, total) == (invoice_id, explained)
            assert charged_by_items(connection) == charged_by_lines(connection)
            opinions = opinions_in(connection, AS_OF)
            assert list(disagreements(opinions)) == []
            seen.update(opinions.lines[1]["bucket"], opinions.lines[1]["match_pass"])

    holds()
    # Who agrees about nothing but the ordinary has not been asked much.
    assert seen >= {"matched", "matched_with_break", "unmatched", "not_compared", "out_of_scope", "not_counted"}
    assert seen >= {"1_order_id", "2_alternate_id", "4_other_customer"}


@pytest.mark.parametrize("ids", [("twice", "twice"), (None,)])
def test_a_key_that_stands_twice_or_is_empty_stops_a_publish(
    models: CompiledModels, folder: Path, ids: tuple[str | None, ...]
) -> None:
    with models.built(RawDatabase(AS_OF), folder) as connection:
        assert models.broken_checks(connection) == []
        connection.executemany(
            "insert into intermediate.int_lines (invoice_line_id) values (?)", [[one] for one in ids]
        )
        assert "key_int_lines_invoice_line_id" in dict(models.broken_checks(connection))


def lines_as_sent(business: Business) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """Count and money per document and currency, straight from what was sent."""
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for one in business.documents:
        for line in (one.lines or []) if one.header["has_invoice_details"] else []:
            key = (one.header["id"], line["currency"])
            count, amount = sums.get(key, (0, Decimal(0)))
            sums[key] = (count + 1, amount + Decimal(line["total_for_customer"]))
    return sums


def lines_of_marts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """The same of the marts; a line without a bucket, or with two, is missing or there twice."""
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for invoice_id, currency, amount in rows(
        connection, "select invoice_id, currency, total from marts.fct_invoice_lines where bucket is not null"
    ):
        count, total = sums.get((invoice_id, currency), (0, Decimal(0)))
        sums[invoice_id, currency] = (count + 1, total + amount)
    return sums


def documents_of_marts(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Decimal, Decimal]]:
    """Per counted document: its total, and lines by bucket + amendment + rounding + unexplained, added here."""
    by_bucket: dict[str, Decimal] = defaultdict(Decimal)
    for invoice_id, total in rows(
        connection,
        "select l.invoice_id, l.total from marts.fct_invoice_lines l join marts.fct_invoices d using (invoice_id) "
        "where l.currency = d.currency and l.bucket not in ('detail', 'not_counted')",
    ):
        by_bucket[invoice_id] += total
    return [
        (invoice_id, total, by_bucket[invoice_id] + amendment + rounding + unexplained)
        for invoice_id, total, amendment, rounding, unexplained in rows(
            connection,
            "select invoice_id, total_charges, amendment_amount, rounding_amount, unexplained_amount "
            "from marts.fct_invoices where is_counted",
        )
    ]


def charged_by_items(connection: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    """What order items say that they were charged: in their main currency, and beside it."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for query in (
        "select charged_currency, charged_total from marts.fct_order_items where charged_currency is not null",
        "select currency, charged_total from intermediate.int_order_item_currencies where not is_main_currency",
    ):
        for currency, amount in rows(connection, query):
            sums[currency] += amount
    return {currency: amount for currency, amount in sums.items() if amount}


def charged_by_lines(connection: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    """What the lines with a confirmed match add up to."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in rows(
        connection,
        "select currency, total from marts.fct_invoice_lines "
        "where match_pass in ('1_order_id', '2_alternate_id', '3_reservation', '4_other_customer', '5_confirmed')",
    ):
        sums[currency] += amount
    return {currency: amount for currency, amount in sums.items() if amount}


@settings(PLAIN, max_examples=max(2, COUNT // 4))
@given(data=st.data())
def test_the_memory_of_breaks_moves_by_its_events_alone(
    models: CompiledModels, folder: Path, data: st.DataObject
) -> None:
    """Four builds: a business, the same again, a changed one, the first again. Events alone make the closing."""
    first = data.draw(businesses())
    later = data.draw(changed(first))
    log: list[dict[str, Any]] = []
    known: dict[str, tuple[str, str, Decimal]] = {}
    for generation, business in enumerate((first, first, later, first), start=1):
        moment = AS_OF + generation * DAY
        with models.built(business.raw(AS_OF), folder, generation=generation, as_of=moment, log=log) as connection:
            cursor = connection.execute("select * from intermediate.int_break_events")
            names = [column[0] for column in cursor.description or ()]
            events = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            for event in events:
                assert (event["event"] in OPENED) == (event["break_id"] not in known), event
                known.pop(event["break_id"], None)
                if event["event"] != RESOLVED:
                    known[event["break_id"]] = (event["break_code"], event["currency"], event["at_risk_amount"])
            assert known == {
                break_id: (code, currency, amount)
                for break_id, code, currency, amount in rows(
                    connection,
                    "select break_id, break_code, currency, at_risk_amount from marts.fct_breaks "
                    "where status <> 'resolved'",
                )
            }
            if generation == 2:
                assert Counter(event["event"] for event in events) == Counter(), "the same again changes nothing"
            log += events
