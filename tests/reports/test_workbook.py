"""The workbook of a small published database: every sheet as a program reads it, and what a person would see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.reports.accruals import accruals
from pipelines.reports.workbook import lines, summary, write_workbook
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.table import Column, Table, new_book, write_table
from pipelines.reports.workbook.themes import OTHER, THEMES, theme_of
from pipelines.warehouse import Folders, open_published
from tests.published_marts import LONG_AMOUNT, add_rows, publish_example
from tests.reports.workbook_reading import formats, names, sheet, text_of, xml_of

ROOT = Path(__file__).resolve().parents[2]
BREAK_SHEETS = [theme.sheet for theme in THEMES]


# What the example has no row of.
MORE = {
    "marts.fct_balance_rollforward": [
        {"currency": "JPY", "closing_amount": "120000", "open_documents_amount": "110000"}
    ],
    "marts.fct_coverage": [
        {
            "currency": "JPY",
            "period": "2026-09",
            "kind": "orders",
            "part": "one_time",
            "not_compared_reason": "orders could not be read",
            "compared_count": 0,
            "not_compared_count": 1,
            "not_compared_amount": "120000",
        }
    ],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = publish_example(tmp_path_factory.mktemp("published") / "data")
    add_rows(found, MORE)
    return found


@pytest.fixture(scope="module")
def published(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Folders(data)) as connection:
        yield connection


@pytest.fixture(scope="module")
def book(published: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("book") / "all.xlsx"
    write_workbook(published, file)
    return file


def test_every_sheet_is_there_whatever_was_found(book: Path) -> None:
    assert names(book) == [
        *("Summary", "Tie-out", "Balances", *BREAK_SHEETS, "Timing", "Refunds", "Accrual", "Ageing", "Coverage"),
        *("Lines", "About", "Break codes"),
    ]


def test_an_amount_has_the_digits_of_its_rows_currency(book: Path) -> None:
    currencies = [row["Currency"] for row in sheet(book, "Lines").rows]
    shown = formats(book, "Lines", "Total")
    by_currency = {code: one.split(";")[0] for code, one in zip(currencies, shown, strict=True)}
    assert by_currency == {"EUR": "#,##0.00_)", "JPY": "#,##0_)", "USD": "#,##0.00_)"}


def test_an_amount_that_a_cell_would_round_is_text_to_its_last_digit(book: Path) -> None:
    totals = {row["Currency"]: row["Total"] for row in sheet(book, "Lines").rows if row["Invoice ID"] != "G-VOID"}
    assert totals["USD"] == LONG_AMOUNT
    assert totals["JPY"] == 120000
    assert "15 digits" in text_of(book, "About")


def test_ids_are_text_and_times_are_times(book: Path) -> None:
    invoiced = {row["Invoice ID"]: row["Invoiced (UTC)"] for row in sheet(book, "Tie-out").rows}
    assert invoiced["G-EUR-9"] == date(2026, 9, 6)
    [waiting] = sheet(book, "Timing").rows
    assert waiting["Created (UTC)"] == datetime(2026, 9, 3, 10)  # noqa: DTZ001
    assert {row["SKU ID"] for row in sheet(book, "Lines").rows} == {"0001"}


def test_the_last_moment_of_a_month_is_not_shown_as_the_next_one_and_an_assumed_day_says_so(tmp_path: Path) -> None:
    publish_example(tmp_path)
    with duckdb.connect(str(Folders(tmp_path).published.resolve())) as connection:
        connection.execute(
            "update marts.fct_order_items set reduced_at = '2026-10-31 23:59:59.999999', is_reduction_assumed = true "
            "where order_id = 'o5'"
        )
    with open_published(Folders(tmp_path)) as connection:
        write_workbook(connection, tmp_path / "all.xlsx")
    [waiting] = sheet(tmp_path / "all.xlsx", "Timing").rows
    assert waiting["Reduced (UTC)"] == datetime(2026, 10, 31, 23, 59, 59)  # noqa: DTZ001
    assert waiting["Day of the reduction"] == "assumed"


def test_names_are_never_run_as_formulas_nor_taken_for_markup(book: Path) -> None:
    assert "=Delta()" in text_of(book, "Lines")
    with ZipFile(book) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in one for one in sheets)
    assert "Alpine <Ski> House" in text_of(book, "Price and quantity")


def test_text_that_looks_like_a_rich_string_or_an_address_stays_text(tmp_path: Path) -> None:
    texts = ["<r>not markup</r>", "https://example.com/a", "'quoted", "+1", "a" * 40_000]
    written = new_book(tmp_path / "texts.xlsx", {})
    write_table(written, Table("Texts", "t", "c", (Column("Text", 9),), [(text,) for text in texts]))
    written.close()
    read = [row["Text"] for row in sheet(tmp_path / "texts.xlsx", "Texts").rows]
    assert [one.strip() for one in read[:4]] == texts[:4]
    assert len(read[4]) == 32_767
    assert "hyperlink" not in xml_of(tmp_path / "texts.xlsx", "Texts")


@pytest.mark.parametrize("name", ["Tie-out", "Balances", *BREAK_SHEETS, "Timing", "Refunds", "Accrual", "Lines"])
def test_a_sheet_keeps_its_head_in_sight_filters_and_fits_on_paper(book: Path, name: str) -> None:
    found = xml_of(book, name)
    assert 'state="frozen"' in found
    assert "<autoFilter" in found
    assert 'orientation="landscape"' in found
    assert 'fitToHeight="0"' in found
    assert "mergeCell" not in found
    with ZipFile(book) as file:
        assert (
            f"'{name}'!$1:$3" in file.read("xl/workbook.xml").decode()
            or f"{name}!$1:$3" in file.read("xl/workbook.xml").decode()
        )


def test_every_time_says_its_zone_in_the_head(book: Path) -> None:
    for name in set(names(book)) - {"Summary", "About"}:
        for row in sheet(book, name).rows:
            # The day an analyst expects something is nobody's moment.
            timed = [head for head, value in row.items() if isinstance(value, date) and head != "Expected at"]
            assert [head for head in timed if "(UTC)" not in head] == []


def test_breaks_stand_on_the_sheet_of_their_theme_with_totals_per_currency(book: Path) -> None:
    found = sheet(book, "Price and quantity")
    assert [(row["Break ID"], row["At risk"], row["In totals"]) for row in found.rows] == [("b1", 150, "yes")]
    [total] = [line for line in found.below if line[0] == "Open"]
    assert (total[1], total[3], total[4]) == (1, "EUR", 150)
    assert "b5" not in text_of(book, "Lines and tax")
    assert [row["In totals"] for row in sheet(book, "Lines and tax").rows] == ["no"]


def test_a_total_is_of_one_currency_and_of_primary_breaks(book: Path) -> None:
    totals = {}
    for name in BREAK_SHEETS:
        for line in sheet(book, name).below:
            if line[0] == "Open":
                totals[name, line[3]] = (line[1], line[4])
    assert totals == {
        ("Not compared", "JPY"): (1, 120000),
        ("Charges and orders", "EUR"): (2, 62),
        ("Price and quantity", "EUR"): (1, 150),
        ("Delivery", "none"): (1, 0),
        ("Lines and tax", "EUR"): (1, 0),
    }


def test_the_summary_says_the_verdict_and_how_each_document_is_made_up(book: Path) -> None:
    text = text_of(book, "Summary")
    assert text.startswith("Not reconciled as of 2026-09-15 06:00 UTC")
    assert "JPY 2026-09 Not reconciled 120000" in text
    assert "G-EUR-9 EUR" in text
    assert "G-VOID" not in text
    assert "orders could not be read" in text
    with ZipFile(book) as file:
        assert sum("charts/chart" in name for name in file.namelist()) == 3


def test_what_is_on_no_invoice_and_what_only_waits_have_their_sheets(book: Path) -> None:
    [waiting] = sheet(book, "Timing").rows
    assert (waiting["Order ID"], waiting["Ordered amount"], waiting["Days left"]) == ("o5", 40, 26)
    assert "Ordered, invoice not due yet" in [row["Reason"] for row in sheet(book, "Accrual").rows]
    assert sheet(book, "Balances").rows[0]["Explained"] == "no"
    assert sheet(book, "Ageing").rows[0]["Age"] == "31-60"


def test_the_summary_answers_first_whether_the_month_may_be_signed(book: Path) -> None:
    assert text_of(book, "Summary").split("\n")[2] == (
        "May 2026-09 be signed? Not yet. JPY is not reconciled. 4 breaks of high or critical severity wait to be "
        "resolved, or accepted or disputed with a comment: EUR 3, JPY 1."
    )


@pytest.mark.parametrize(
    ("at_risk", "charged", "share"), [(0, 0, "0"), (150, 100, "1.5"), (1, 3, "0.3333"), (5, 0, None), (5, -1, None)]
)
def test_more_at_risk_than_charged_is_never_shown_as_nothing(at_risk: int, charged: int, share: str | None) -> None:
    found = summary.share_at_risk(Decimal(at_risk), Decimal(charged))
    assert found == (None if share is None else Decimal(share))


def test_the_accrual_sheet_adds_what_is_set_aside_as_the_journal_does(tmp_path: Path) -> None:
    publish_example(tmp_path)
    with open_published(Folders(tmp_path)) as connection:
        write_workbook(connection, tmp_path / "all.xlsx")
        found = accruals(connection)
    shown = {line[3]: line[4] for line in sheet(tmp_path / "all.xlsx", "Accrual").below if line[0] == "Set aside"}
    wanted: dict[str, Decimal] = {}
    for one in found.accrued:
        wanted[str(one.currency)] = wanted.get(str(one.currency), Decimal(0)) + one.booked
    assert {code: Decimal(str(amount)) for code, amount in shown.items()} == wanted
    assert wanted
    rows = sheet(tmp_path / "all.xlsx", "Accrual").rows
    assert sum(row["Standing"] == "set aside" for row in rows) == len(found.accrued)


def test_a_quantity_has_the_sign_of_its_amount(tmp_path: Path) -> None:
    publish_example(tmp_path)
    with duckdb.connect(str(Folders(tmp_path).published.resolve())) as connection:
        connection.execute("update marts.fct_invoice_lines set quantity = 2, signed_quantity = -2, subtotal = -5")
    with open_published(Folders(tmp_path)) as connection:
        write_workbook(connection, tmp_path / "all.xlsx")
    assert {row["Quantity"] for row in sheet(tmp_path / "all.xlsx", "Lines").rows} == {-2}


def test_the_same_data_gives_the_same_bytes(published: duckdb.DuckDBPyConnection, book: Path, tmp_path: Path) -> None:
    write_workbook(published, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_rows_in_another_order_give_the_same_bytes(book: Path, tmp_path: Path) -> None:
    turned = publish_example(tmp_path / "data")
    add_rows(turned, MORE)
    with duckdb.connect(str(Folders(turned).published)) as connection:
        for table in ("fct_invoice_lines", "fct_breaks", "fct_invoices", "fct_order_items", "dim_customers"):
            connection.execute(f"create temp table turned as select * from marts.{table} order by rowid desc")
            connection.execute(f"delete from marts.{table}")
            connection.execute(f"insert into marts.{table} select * from turned")
            connection.execute("drop table turned")
    with open_published(Folders(turned)) as connection:
        write_workbook(connection, tmp_path / "turned.xlsx")
    with ZipFile(tmp_path / "turned.xlsx") as one, ZipFile(book) as other:
        assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []


def test_a_month_leaves_out_what_is_of_others(published: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_workbook(published, tmp_path / "month.xlsx", period="2026-08")
    assert [row["Break ID"] for row in sheet(tmp_path / "month.xlsx", "Charges and orders").rows] == ["b4"]
    assert {row["Month"] for row in sheet(tmp_path / "month.xlsx", "Lines").rows} == {"2026-08"}
    assert [row["Invoice ID"] for row in sheet(tmp_path / "month.xlsx", "Tie-out").rows] == ["G-EUR-8"]
    with pytest.raises(UsageError, match="nothing for 1999-01"):
        write_workbook(published, tmp_path / "none.xlsx", period="1999-01")


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    file = tmp_path / "split.xlsx"
    written = new_book(file, {})
    table = Table("Rows", "t", "c", (Column("Number", 9, "count"),), [(number,) for number in range(25)])
    parts = write_table(written, table, limit=10)
    written.close()
    assert names(file) == ["Rows", "Rows 2", "Rows 3"] == [part.name for part in parts]
    read = [row["Number"] for name in names(file) for row in sheet(file, name).rows]
    assert read == list(range(25))


def test_a_full_last_sheet_has_no_empty_one_after_it(tmp_path: Path) -> None:
    written = new_book(tmp_path / "full.xlsx", {})
    table = Table("Rows", "t", "c", (Column("Number", 9, "count"),), [(number,) for number in range(20)])
    assert len(write_table(written, table, limit=10)) == 2
    written.close()


def test_lines_beyond_the_most_are_cut_and_the_sheet_says_where_they_all_are(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    digits = {"EUR": 2, "JPY": 0, "USD": 2}
    source = Source(published, datetime(2026, 9, 15), 7, "", "", digits)  # noqa: DTZ001
    written = new_book(tmp_path / "cut.xlsx", digits)
    lines.write_lines(written, source, most=2)
    written.close()
    found = sheet(tmp_path / "cut.xlsx", "Lines")
    assert [row["Standing"] for row in found.rows] == ["Unmatched", "Not compared"]
    assert "The first 2 of 8 billed lines" in text_of(tmp_path / "cut.xlsx", "Lines")
    assert lines.PARQUET in text_of(tmp_path / "cut.xlsx", "Lines")


def test_every_code_of_the_catalogue_has_a_sheet_of_its_own_kind() -> None:
    seed = duckdb.read_csv(str(ROOT / "dbt_project" / "seeds" / "break_catalogue.csv")).select("break_code, family")
    codes = seed.fetchall()
    assert {code for code, family in codes if theme_of(code, family) is OTHER} == set()
    named = [code for theme in THEMES for code in theme.codes]
    assert sorted(named) == sorted(set(named) & {code for code, _ in codes})
    assert theme_of("a_later_code", "a later family") is OTHER


def test_an_amount_keeps_its_value_whatever_is_shown(book: Path) -> None:
    shown = {row["Invoice ID"]: row["Total of the document"] for row in sheet(book, "Tie-out").rows}
    assert Decimal(str(shown["G-EUR-9"])) == Decimal("1000.00")
