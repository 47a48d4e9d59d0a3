"""The marts as Polars frames: exact, filtered, and of one generation."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.analysis import Warehouse, amount_text, enquiries, open_warehouse
from pipelines.errors import ReconError, SettingsError, UsageError
from pipelines.warehouse import Folders, open_published
from tests.analysis_marts import publish_desk as publish_example
from tests.published_marts import LONG_AMOUNT, LONG_QUANTITY

MARTS: tuple[Callable[[Warehouse], pl.LazyFrame], ...] = (
    Warehouse.charges,
    Warehouse.invoice_lines,
    Warehouse.billed_lines,
    Warehouse.order_items,
    Warehouse.order_lines,
    Warehouse.entitlements,
    Warehouse.invoices,
    Warehouse.breaks,
    Warehouse.reconciliation,
    Warehouse.balances,
    Warehouse.refunds,
    Warehouse.reservations,
    Warehouse.price_checks,
    Warehouse.fx_checks,
    Warehouse.coverage,
    Warehouse.customers,
    Warehouse.products,
    Warehouse.skus,
    Warehouse.availabilities,
    Warehouse.break_codes,
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return open_warehouse(publish_example(tmp_path_factory.mktemp("data")))


def _ids(frame: pl.LazyFrame, column: str) -> list[str]:
    return sorted(frame.collect()[column].to_list())


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_is_a_lazy_frame_without_a_float(
    warehouse: Warehouse, mart: Callable[[Warehouse], pl.LazyFrame]
) -> None:
    frame = mart(warehouse)
    assert isinstance(frame, pl.LazyFrame)
    rows = frame.collect()
    assert rows.height > 0
    assert not [name for name, kind in rows.schema.items() if kind.is_float()]


def test_an_amount_of_22_digits_arrives_and_adds_up_exactly(warehouse: Warehouse) -> None:
    totals = warehouse.charges(currency="USD").collect()["total"]
    assert totals.dtype == pl.Decimal(38, 12)
    assert totals.to_list() == [Decimal(LONG_AMOUNT)]
    doubled = pl.concat([warehouse.charges(currency="USD")] * 2).select(pl.col("total").sum()).collect()
    assert doubled.item() == Decimal("2469135780.246913578024")


def test_a_quantity_keeps_24_digits_behind_the_point(warehouse: Warehouse) -> None:
    quantities = warehouse.order_lines().collect()["quantity"]
    assert quantities.dtype == pl.Decimal(38, 24)
    assert quantities.to_list() == [Decimal(LONG_QUANTITY)]


def test_charges_are_one_time_lines_of_counted_documents(warehouse: Warehouse) -> None:
    assert _ids(warehouse.charges(), "invoice_line_id") == ["l1", "l2", "l3", "l4", "l6", "l7"]
    assert _ids(warehouse.billed_lines(), "invoice_line_id") == ["l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8"]


def test_currency_period_and_customer_narrow_what_is_read(warehouse: Warehouse) -> None:
    assert _ids(warehouse.charges(currency="EUR", period="2026-09"), "invoice_line_id") == ["l1", "l2", "l3"]
    assert _ids(warehouse.charges(customer_id="C-DELTA"), "invoice_line_id") == ["l3", "l7"]
    assert _ids(warehouse.invoices(period="2026-08"), "invoice_id") == ["G-EUR-8"]
    assert _ids(warehouse.reconciliation(currency="EUR"), "period") == ["2026-08", "2026-09", "2026-10"]
    assert _ids(warehouse.breaks(period="2026-08"), "break_id") == ["b4"]


def test_an_order_item_belongs_to_the_month_after_its_creation(warehouse: Warehouse) -> None:
    assert _ids(warehouse.order_items(period="2026-09"), "order_id") == ["o1", "o2", "o3", "o4"]
    assert _ids(warehouse.order_items(period="2026-10", currency="EUR"), "order_id") == ["o5"]


def test_breaks_are_the_unresolved_ones_unless_asked_otherwise(warehouse: Warehouse) -> None:
    assert _ids(warehouse.breaks(), "break_id") == ["b1", "b2", "b3", "b4", "b6", "b7"]
    assert _ids(warehouse.breaks(status="disputed"), "break_id") == ["b4"]
    assert _ids(warehouse.breaks(status=["disputed", "resolved"]), "break_id") == ["b4", "b5"]
    assert len(_ids(warehouse.breaks(status="all"), "break_id")) == 7


def test_a_currency_may_be_written_in_lower_case(warehouse: Warehouse) -> None:
    assert (
        warehouse.charges(currency="eur").collect().height == warehouse.charges(currency="EUR").collect().height > 0
    )
    assert warehouse.breaks(currency="eur").collect().height == 4


def test_what_keeps_a_decimal_and_what_does_not_is_as_the_package_says(warehouse: Warehouse) -> None:
    total = pl.col("total")
    found = warehouse.charges(currency="EUR").select(
        added=total.sum(),
        twice=total.sum() * 2,
        factor=total.sum() * Decimal("0.5"),
        divided=total.sum() / 7,
        mean=total.mean(),
        median=total.median(),
        blurred=total.sum() * 0.5,
    )
    kinds = {name: kind.is_decimal() for name, kind in found.collect_schema().items()}
    assert [name for name, is_decimal in kinds.items() if not is_decimal] == ["mean", "median", "blurred"]
    (row,) = found.collect().rows(named=True)
    assert row["divided"] * 7 != row["added"]


def test_breaks_come_with_the_greatest_amount_at_risk_first(warehouse: Warehouse) -> None:
    assert warehouse.breaks(currency="EUR").collect()["break_id"].to_list() == ["b1", "b3", "b4", "b2"]


def test_a_filter_that_can_find_nothing_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="`2026-9` is not a month"):
        warehouse.charges(period="2026-9")
    with pytest.raises(ValueError, match="unknown break status closed; known are unresolved, all, open"):
        warehouse.breaks(status="closed")


def test_a_filter_is_a_value_and_never_sql(warehouse: Warehouse) -> None:
    assert warehouse.charges(currency="EUR' or '1' = '1").collect().height == 0


def test_a_warehouse_says_which_generation_it_reads(warehouse: Warehouse) -> None:
    assert (warehouse.generation, warehouse.as_of.isoformat()) == (7, "2026-09-15T06:00:00")
    assert warehouse.minor_digits()["JPY"] == 0


def test_nothing_published_is_said_with_the_command_that_helps(tmp_path: Path) -> None:
    with pytest.raises(ReconError, match=r"nothing is published in .* run `recon run`"):
        open_warehouse(tmp_path)


def test_the_data_directory_comes_from_the_environment(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECON_DATA_DIR", str(warehouse.data_dir))
    assert open_warehouse().data_dir == warehouse.data_dir


def test_each_profile_has_its_own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_example(tmp_path / "data" / "profiles" / "contoso")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECON_DATA_DIR", raising=False)
    monkeypatch.setenv("PROFILES__CONTOSO__SOURCES__PARTNER_CENTER__TENANT_ID", "a-tenant")
    assert open_warehouse(profile="contoso").data_dir == tmp_path / "data" / "profiles" / "contoso"
    monkeypatch.setenv("RECON_PROFILE", "contoso")
    assert open_warehouse().generation == 7
    with pytest.raises(SettingsError, match="there is no profile `fabrikam`"):
        open_warehouse(profile="fabrikam")


def test_every_mart_has_a_method_of_its_name(warehouse: Warehouse) -> None:
    with open_published(Folders(warehouse.data_dir)) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall()
    marts = {name.removeprefix("fct_").removeprefix("dim_") for (name,) in tables if name[:4] in ("fct_", "dim_")}
    assert len(marts) > 20
    assert {name for name in marts if not hasattr(Warehouse, name)} == set()


def test_the_same_file_can_be_opened_twice(warehouse: Warehouse) -> None:
    again = open_warehouse(warehouse.data_dir)
    assert again.charges().collect().equals(warehouse.charges().collect())


def test_an_open_warehouse_keeps_its_generation_when_another_is_published(tmp_path: Path) -> None:
    publish_example(tmp_path)
    published = Folders(tmp_path).published
    first = published.rename(published.with_name("first.duckdb"))
    published.symlink_to(first.name)
    before = open_warehouse(tmp_path)
    second = published.with_name("second.duckdb")
    second.write_bytes(first.read_bytes())
    with duckdb.connect(str(second)) as connection:
        connection.execute("update recon_meta.build_info set generation = 8")
        connection.execute("delete from marts.fct_breaks")
    published.unlink()
    published.symlink_to(second.name)
    after = open_warehouse(tmp_path)
    assert (before.generation, after.generation) == (7, 8)
    assert (before.breaks().collect().height, after.breaks().collect().height) == (6, 0)


def test_an_enquiry_is_opened_by_its_moment(tmp_path: Path) -> None:
    publish_example(tmp_path)
    folders = Folders(tmp_path)
    for moment in (datetime(2026, 8, 31, tzinfo=UTC), datetime(2026, 9, 1, 12, 30, 0, 250, tzinfo=UTC)):
        folders.enquiry(moment).parent.mkdir(exist_ok=True)
        folders.enquiry(moment).write_bytes(folders.published.read_bytes())
        with duckdb.connect(str(folders.enquiry(moment))) as connection:
            connection.execute("update recon_meta.build_info set as_of = ?", [moment.replace(tzinfo=None)])
    published = open_warehouse(tmp_path)
    earlier = open_warehouse(tmp_path, as_of="2026-09-01T14:30:00.000250+02:00")
    assert (published.is_enquiry, earlier.is_enquiry) == (False, True)
    assert earlier.as_of.isoformat() == "2026-09-01T12:30:00.000250"
    assert open_warehouse(tmp_path, as_of="2026-08-31").as_of.isoformat() == "2026-08-31T00:00:00"
    assert enquiries(tmp_path) == [earlier.as_of, datetime(2026, 8, 31)]  # noqa: DTZ001


def test_a_moment_that_was_never_asked_about_names_the_command(warehouse: Warehouse) -> None:
    with pytest.raises(UsageError, match=r"no enquiry as of 2026-01-01T00:00:00Z.*RECON_AS_OF=.* recon run"):
        open_warehouse(warehouse.data_dir, as_of="2026-01-01")
    with pytest.raises(ValueError, match="as_of `yesterday` is no moment"):
        open_warehouse(warehouse.data_dir, as_of="yesterday")


def test_a_rule_can_be_asked_for_by_its_code(warehouse: Warehouse) -> None:
    assert _ids(warehouse.breaks(code="line_total", status="all"), "break_id") == ["b2", "b5"]
    with pytest.raises(ValueError, match=r"unknown break code line_totals; known are charge_without_order"):
        warehouse.breaks(code="line_totals")


def test_a_file_is_let_go_with_the_last_frame_that_needs_it(tmp_path: Path) -> None:
    publish_example(tmp_path)
    with open_warehouse(tmp_path) as desk:
        frame = desk.invoices()
    del desk
    assert frame.collect().height == 5
    del frame
    gc.collect()
    # DuckDB would refuse to write a file that this process still reads.
    duckdb.connect(str(Folders(tmp_path).published)).close()


def test_a_break_is_explained_as_the_command_does(warehouse: Warehouse) -> None:
    told = "\n".join(warehouse.explain("b1"))
    assert "charged 250.00, ordered 100.00" in told


def test_a_double_in_a_mart_is_refused(tmp_path: Path) -> None:
    publish_example(tmp_path)
    with duckdb.connect(str(Folders(tmp_path).published)) as connection:
        connection.execute("alter table marts.fct_balances alter balance_amount type double")
    with pytest.raises(TypeError, match=r"marts\.fct_balances has Float columns \(balance_amount\)"):
        open_warehouse(tmp_path).balances()


@pytest.mark.parametrize(
    ("amount", "digits", "text"),
    [
        (Decimal("1234.500000000000"), 2, "1,234.50"),
        (Decimal("-120000.000000000000"), 0, "-120,000"),
        (Decimal(LONG_AMOUNT), 2, "1,234,567,890.123456789012"),
        (Decimal("0E-12"), 2, "0.00"),
        (None, 2, "unknown"),
    ],
)
def test_an_amount_is_written_with_its_currencys_digits(amount: Decimal | None, digits: int, text: str) -> None:
    assert amount_text(amount, digits) == text
