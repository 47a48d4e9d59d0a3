"""What analysts note about breaks: taken whole or not at all, appended, never overwritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from pipelines.annotations import Imported, annotations_digest, import_annotations, newest_annotations
from pipelines.errors import UsageError
from pipelines.history import offer_memory
from pipelines.warehouse import Folders

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
BREAKS = (
    ("b-low", "low", "open", "10.10"),
    ("b-high", "high", "open", "1234567890.123456789012"),
    ("b-gone", "high", "resolved", "5"),
)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders(tmp_path / "data")
    found.make()
    with duckdb.connect(str(found.published)) as connection:
        connection.execute("create schema marts; create schema recon_meta")
        connection.execute(
            "create table marts.fct_breaks "
            "(break_id text, severity text, status text, at_risk_amount decimal(38, 12))"
        )
        connection.executemany("insert into marts.fct_breaks values (?, ?, ?, ?)", BREAKS)
        connection.execute("create table marts.fct_match_candidates (break_id text, candidate_order_id text)")
        connection.execute("insert into marts.fct_match_candidates values ('b-low', 'ORDER-1')")
        connection.execute("create table recon_meta.build_info (generation bigint, as_of timestamp)")
        connection.execute("insert into recon_meta.build_info values (3, '2026-10-14 09:00:00')")
    return found


def noted(folders: Folders, text: str, **more: Any) -> Imported:
    file = folders.data / "notes.csv"
    file.write_text(text, encoding="utf-8-sig")
    return import_annotations(folders, file, more.get("as_of", NOW), more.get("by", "ana"))


def test_a_note_keeps_who_when_which_result_and_how_much_was_at_risk(folders: Folders) -> None:
    done = noted(folders, "break_id,status,comment\nb-high,disputed,asked the vendor\n")
    assert done == Imported(noted=1, unchanged=0, without_note=0)
    note = newest_annotations(folders)["b-high"]
    assert note["status"] == "disputed"
    assert note["at_risk_amount"] == Decimal("1234567890.123456789012")
    assert (note["annotated_by"], note["annotated_at"], note["generation"]) == ("ana", NOW.replace(tzinfo=None), 3)


def test_a_note_on_the_data_of_the_sandbox_is_never_of_its_future(folders: Folders) -> None:
    """Its clock stands still; what was noted after it would show in no run of the demo."""
    folders.landing.mkdir(exist_ok=True)
    for api, expected in (("loopback", NOW), ("api.partnercenter.microsoft.com", NOW + timedelta(days=39))):
        (folders.landing / "source.json").write_text(f'{{"api": "{api}", "tenant_id": "sandbox"}}')
        noted(folders, f"break_id,comment\nb-low,seen at {api}\n", as_of=NOW + timedelta(days=39))
        assert newest_annotations(folders)["b-low"]["annotated_at"] == expected.replace(tzinfo=None)


def test_the_same_file_again_changes_nothing(folders: Folders) -> None:
    text = "break_id,status,owner,expected_at\nb-low,acknowledged,Ana,2026-11-30\n"
    noted(folders, text)
    before = annotations_digest(folders)
    assert noted(folders, text, by="ben") == Imported(noted=0, unchanged=1, without_note=0)
    assert annotations_digest(folders) == before


def test_a_later_note_is_appended_and_the_former_stays_on_record(folders: Folders) -> None:
    noted(folders, "break_id,status,comment\nb-low,disputed,first\n")
    noted(folders, "break_id,status,comment\nb-low,accepted,second\n")
    with duckdb.connect() as connection:
        offer_memory(connection, folders)
        rows = connection.execute(
            "select annotation_number, status, comment from recon_memory.annotations order by 1"
        ).fetchall()
    assert rows == [(1, "disputed", "first"), (2, "accepted", "second")]


def test_a_column_left_out_keeps_the_note_and_an_empty_cell_clears_it(folders: Folders) -> None:
    noted(folders, "break_id,status,owner,ticket\nb-low,disputed,Ana,T-1\n")
    noted(folders, "break_id,status,ticket,comment\nb-low,,,now with a comment\n")
    note = newest_annotations(folders)["b-low"]
    assert (note["status"], note["owner"], note["ticket"]) == ("disputed", "Ana", None)


def test_rows_without_a_note_are_skipped_so_that_an_exported_list_can_be_filled_in(folders: Folders) -> None:
    text = "break_id;status;comment;explanation\nb-low;;;whatever\nb-high;disputed;;whatever\n"
    assert noted(folders, text) == Imported(noted=1, unchanged=0, without_note=1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("break_id,status\nnobody,disputed\n", r"row 2: break_id `nobody` is not in the published result"),
        ("break_id,status\nb-gone,disputed\n", r"row 2: break b-gone is resolved"),
        ("break_id,status\nb-low,fine\n", r"row 2: status `fine`; it may be open, acknowledged, disputed, accepted"),
        ("break_id,status\nb-low,reopened\n", r"status `reopened`; it may be"),
        ("break_id,status\nb-high,accepted\n", r"accepting break b-high of severity high needs a comment"),
        ("break_id,expected_at\nb-low,30.11.2026\n", r"expected_at `30.11.2026`; write a date like 2026-11-30"),
        (
            "break_id,accept_order_id\nb-low,ORDER-2\n",
            r"`ORDER-2` is no candidate of break b-low; .*: ORDER-1",
        ),
        ("break_id,status\nb-low,open\nb-low,open\n", r"row 3: break b-low stands in row 2 already"),
        ("id,status\nb-low,open\n", r"needs one column `break_id`"),
        ("break_id,status\nb-low,open,more\n", r"row 2: 3 cells under 2 names"),
    ],
)
def test_a_file_with_a_wrong_row_says_which_and_is_not_taken_at_all(folders: Folders, text: str, reason: str) -> None:
    good = "b-low,disputed\n" if "b-high" in text else "b-high,\n"
    with pytest.raises(UsageError, match=reason):
        noted(folders, text + good)
    assert newest_annotations(folders) == {}


def test_a_candidate_can_be_confirmed_and_the_confirmation_taken_back(folders: Folders) -> None:
    noted(folders, "break_id,accept_order_id\nb-low,ORDER-1\n")
    assert newest_annotations(folders)["b-low"]["accept_order_id"] == "ORDER-1"
    # Confirmed, the break is resolved by the next run; the way back stays open.
    with duckdb.connect(str(folders.published)) as connection:
        connection.execute("update marts.fct_breaks set status = 'resolved' where break_id = 'b-low'")
    noted(folders, "break_id,accept_order_id,comment\nb-low,,it was another order\n")
    assert newest_annotations(folders)["b-low"]["accept_order_id"] is None


def test_text_that_a_spreadsheet_would_calculate_is_read_as_text(folders: Folders) -> None:
    noted(folders, "break_id,comment\nb-low,'=SUM(A1)\n")
    assert newest_annotations(folders)["b-low"]["comment"] == "=SUM(A1)"


def workbook(folders: Folders, *sheets: tuple[str, list[list[object]]]) -> Path:
    file = folders.data / "notes.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(number, column, cell, day)
                    else:
                        sheet.write(number, column, cell)
    return file


def test_a_workbook_is_read_from_every_sheet_that_names_breaks(folders: Folders) -> None:
    file = workbook(
        folders,
        ("Summary", [["September", 3], ["nothing to note here"]]),
        ("Duplicates", [["Breaks, 2026-09"], [], ["Break ID", "Status", "Ticket"], ["b-low", "disputed", 4711]]),
        ("Refunds", [["break_id", "expected at"], ["b-high", datetime(2026, 11, 30)]]),  # noqa: DTZ001
    )
    assert import_annotations(folders, file, NOW, "ana").noted == 2
    notes = newest_annotations(folders)
    assert (notes["b-low"]["status"], notes["b-low"]["ticket"]) == ("disputed", "4711")
    assert notes["b-high"]["expected_at"] == datetime(2026, 11, 30)  # noqa: DTZ001


def test_a_wrong_row_of_a_workbook_is_named_with_its_sheet(folders: Folders) -> None:
    file = workbook(folders, ("Breaks", [["break_id", "status"], ["b-low", "fine"]]))
    with pytest.raises(UsageError, match=r"sheet Breaks, row 2: status `fine`"):
        import_annotations(folders, file, NOW, "ana")


@pytest.mark.parametrize("sheet", [[["id", "status"]], []])
def test_a_workbook_without_a_column_of_breaks_says_so(folders: Folders, sheet: list[list[object]]) -> None:
    with pytest.raises(UsageError, match="no sheet with a column `break_id`"):
        import_annotations(folders, workbook(folders, ("Breaks", sheet)), NOW, "ana")


@pytest.mark.parametrize("name", ["notes.csv", "notes.xlsx"])
def test_a_file_that_is_not_there_is_not_told_to_be_saved_otherwise(folders: Folders, name: str) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*notes\.(csv|xlsx); name the CSV or the workbook"):
        import_annotations(folders, folders.data / name, NOW, "ana")


def test_what_is_no_workbook_says_what_to_do(folders: Folders) -> None:
    file = folders.data / "notes.xlsx"
    file.write_text("break_id,status")
    with pytest.raises(UsageError, match="save it as xlsx or as CSV"):
        import_annotations(folders, file, NOW, "ana")


def test_a_break_that_opened_again_can_be_accepted_again_with_the_same_words(folders: Folders) -> None:
    text = "break_id,status,comment\nb-low,accepted,small\n"
    noted(folders, text)
    with duckdb.connect(str(folders.published)) as connection:
        connection.execute("update marts.fct_breaks set status = 'reopened', at_risk_amount = 12")
        connection.execute("update recon_meta.build_info set generation = 4")
    assert noted(folders, text).noted == 1
    assert newest_annotations(folders)["b-low"]["at_risk_amount"] == Decimal(12)


def test_the_statuses_of_an_exported_list_are_no_notes(folders: Folders) -> None:
    with duckdb.connect(str(folders.published)) as connection:
        connection.execute("update marts.fct_breaks set status = 'reopened' where break_id = 'b-low'")
    text = "break_id,status,comment\nb-low,reopened,\nb-high,open,asked\nb-gone,resolved,\n"
    assert noted(folders, text) == Imported(noted=1, unchanged=0, without_note=2)
    assert newest_annotations(folders)["b-high"]["status"] == "open"
