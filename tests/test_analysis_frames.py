"""Lazy frames of a published file: what is read is what the query needs, and what comes out is exact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from pipelines.analysis.frames import Reader, _split
from pipelines.warehouse import Folders, open_published
from tests.analysis_marts import publish_desk
from tests.published_marts import LONG_AMOUNT

TABLE = "marts.fct_invoice_lines"


class Watched(Reader):
    """Remembers what it asked the database, and how many rows came."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(open_published(Folders(data_dir)))
        self.asked: list[tuple[str, list[object]]] = []
        self.rows = 0

    def _batches(self, query: str, values: list[object], batch_rows: int) -> Iterator[pl.DataFrame]:
        self.asked.append((query, values))
        for batch in super()._batches(query, values, batch_rows):
            self.rows += batch.height
            yield batch


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_desk(tmp_path_factory.mktemp("data"))


@pytest.fixture
def reader(data_dir: Path) -> Watched:
    return Watched(data_dir)


def test_nothing_is_read_before_it_is_asked_for(reader: Watched) -> None:
    reader.scan(TABLE).filter(pl.col("currency") == "EUR")
    assert reader.asked == []


def test_only_the_columns_that_the_query_needs_are_read(reader: Watched) -> None:
    reader.scan(TABLE).filter(pl.col("currency") == "EUR").select(pl.col("total").sum()).collect()
    assert reader.asked == [(f'select "currency", "total" from {TABLE} where "currency" = ?', ["EUR"])]
    assert reader.rows == 6


SEPTEMBER = datetime(2026, 9, 1)  # noqa: DTZ001
# Each filter, and how many rows of eight the database has to send for it.
FILTERS = (
    (pl.col("currency") == "EUR", 6),
    (pl.col("currency") != "EUR", 2),
    (pl.col("currency").is_in(["JPY", "USD"]), 2),
    (~pl.col("currency").is_in(["JPY", "USD"]), 6),
    (pl.col("match_pass").is_null(), 4),
    (pl.col("match_pass").is_not_null() & (pl.col("line_class") == "one_time"), 4),
    ((pl.col("currency") == "USD") | (pl.col("bucket") == "unmatched"), 2),
    (pl.col("invoice_at") >= SEPTEMBER, 7),
    (pl.col("bucket").str.starts_with("match"), 8),
    (pl.col("total") > Decimal(100), 8),
    ((pl.col("total") == Decimal(LONG_AMOUNT)) & (pl.col("currency") == "USD"), 1),
    ((pl.col("total") == Decimal(LONG_AMOUNT)) | (pl.col("currency") == "USD"), 8),
    (pl.col("match_pass").is_in(["1_order_id", None]), 8),
    (pl.col("match_pass") != "1_order_id", 1),
    (~(pl.col("match_pass") == "1_order_id"), 1),
)


@pytest.mark.parametrize(("test", "sent"), FILTERS, ids=[str(test) for test, _ in FILTERS])
def test_a_filter_keeps_what_polars_alone_would_keep(reader: Watched, test: pl.Expr, sent: int) -> None:
    everything = reader.scan(TABLE).collect()
    reader.rows = 0
    found = reader.scan(TABLE).filter(test).collect()
    assert found.sort("invoice_line_id").equals(everything.filter(test).sort("invoice_line_id"))
    assert reader.rows == sent


def test_the_first_rows_are_those_of_the_filter(reader: Watched) -> None:
    first = reader.scan(TABLE, "invoice_line_id").filter(pl.col("total") > Decimal(100)).head(2).collect()
    assert first["invoice_line_id"].to_list() == ["l1", "l2"]


def test_the_greatest_are_found_although_polars_hints_at_its_limit(reader: Watched) -> None:
    greatest = reader.scan(TABLE).filter(pl.col("currency") == "EUR").sort("total", descending=True).head(2).collect()
    assert greatest["invoice_line_id"].to_list() == ["l5", "l1"]
    assert reader.scan(TABLE).sort("total", descending=True).head(1).collect()["total"].item() == Decimal(LONG_AMOUNT)


def test_a_hint_that_polars_adds_for_itself_is_dropped() -> None:
    # A limit above a scan may come as such a node beside the filter; Polars itself cannot run it as a filter.
    real = pl.col("currency") == "EUR"
    hint = {"Display": {"inputs": [], "fmt_str": "dynamic_pred: 7"}}
    both = {"BinaryExpr": {"left": json.loads(real.meta.serialize(format="json")), "op": "And", "right": hint}}

    def as_sent(tree: object) -> Any:
        return SimpleNamespace(meta=SimpleNamespace(serialize=lambda **_: json.dumps(tree)))

    _, kept = _split(as_sent(both))
    assert kept is not None
    assert kept.meta.eq(real)
    assert _split(as_sent(hint)) == (None, None)


def test_rows_can_be_counted_without_a_column(reader: Watched) -> None:
    assert reader.scan(TABLE).select(pl.len()).collect().item() == 8


def test_a_value_is_never_sql(reader: Watched) -> None:
    assert reader.scan(TABLE).filter(pl.col("currency") == "EUR' or '1' = '1").collect().height == 0


def test_batches_add_up(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.analysis.frames._BATCH_ROWS", 2)
    reader = Watched(data_dir)
    lines = reader.scan(TABLE).filter(pl.col("currency") == "EUR")
    assert lines.select(pl.col("total").sum()).collect().item() == Decimal("2079.99")
    assert pl.concat([lines, lines]).collect().height == 12
