"""The way of a note: out with the workbook, filled in by an analyst, and back with `recon annotate`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from pipelines.annotations import Imported, import_annotations, newest_annotations
from pipelines.errors import UsageError
from pipelines.reports.workbook import write_workbook
from pipelines.warehouse import Folders, open_published
from tests.published_marts import add_rows, publish_example
from tests.reports.workbook_reading import HEAD_ROW, sheet, xml_of

NOW = datetime(2026, 9, 15, 7, tzinfo=UTC)
NOTED = {"Status": "disputed", "Owner": "Ana", "Comment": "=asked the vendor", "Ticket": "0042"}
BREAKS = 6


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders(publish_example(tmp_path / "data"))
    found.make()
    add_rows(
        found.data,
        {
            "marts.fct_match_candidates": [
                {"break_id": "b3", "candidate_order_id": "o-two"},
                {"break_id": "b3", "candidate_order_id": "o-one"},
            ]
        },
    )
    return found


def written(folders: Folders, *, is_enquiry: bool = False) -> Path:
    file = folders.data / "report.xlsx"
    with open_published(folders) as connection:
        write_workbook(connection, file, notes=newest_annotations(folders), is_enquiry=is_enquiry)
    return file


def edited(file: Path, edits: Mapping[str, Mapping[str, object]]) -> Path:
    """The workbook as a spreadsheet saves it, with other cells in the rows of some breaks."""
    target = file.with_name("edited.xlsx")
    read = CalamineWorkbook.from_path(file)
    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name in read.sheet_names:
            mine = book.add_worksheet(name)
            lines = read.get_sheet_by_name(name).to_python(skip_empty_area=False)
            heads = lines[HEAD_ROW] if len(lines) > HEAD_ROW else []
            for number, line in enumerate(lines):
                key = line[heads.index("Break ID")] if "Break ID" in heads else None
                for column, cell in enumerate(line):
                    change = edits.get(str(key), {}) if number > HEAD_ROW else {}
                    value = change.get(str(heads[column]), cell) if column < len(heads) else cell
                    if isinstance(value, date):
                        mine.write_datetime(number, column, value, day)
                    else:
                        mine.write(number, column, value)
    return target


def taken(folders: Folders, file: Path) -> Imported:
    return import_annotations(folders, file, NOW, "ana")


def set_break(folders: Folders, change: str) -> None:
    with duckdb.connect(str(folders.published)) as connection:
        connection.execute(change)


def test_a_workbook_that_nobody_touched_says_nothing(folders: Folders) -> None:
    assert taken(folders, written(folders)) == Imported(noted=0, unchanged=BREAKS, without_note=0)
    assert taken(folders, edited(written(folders), {})) == Imported(noted=0, unchanged=BREAKS, without_note=0)
    assert newest_annotations(folders) == {}


def test_what_an_analyst_fills_in_is_noted_and_stands_in_the_next_workbook(folders: Folders) -> None:
    edits = {"b1": {**NOTED, "Expected at": date(2026, 11, 30)}, "b3": {"Accept order ID": "o-one"}}
    assert taken(folders, edited(written(folders), edits)).noted == 2
    note = newest_annotations(folders)["b1"]
    assert (note["status"], note["owner"], note["ticket"]) == ("disputed", "Ana", "0042")
    assert note["comment"] == "=asked the vendor"
    assert note["expected_at"] == datetime(2026, 11, 30)  # noqa: DTZ001
    again = written(folders)
    [row] = sheet(again, "Price and quantity").rows
    assert {name: row[name] for name in NOTED} == NOTED
    assert row["Expected at"] == date(2026, 11, 30)
    accepted = {row["Break ID"]: row["Accept order ID"] for row in sheet(again, "Charges and orders").rows}
    assert accepted == {"b3": "o-one", "b4": ""}
    assert taken(folders, edited(again, {})) == Imported(noted=0, unchanged=BREAKS, without_note=0)


def test_a_note_made_since_stays_when_an_older_workbook_comes_back(folders: Folders) -> None:
    taken(folders, edited(written(folders), {"b1": NOTED}))
    old = edited(written(folders), {"b3": {"Owner": "Ben"}})
    notes = folders.data / "notes.csv"
    notes.write_text("break_id,ticket\nb1,T-2\n")
    import_annotations(folders, notes, NOW, "cleo")
    assert taken(folders, old) == Imported(noted=1, unchanged=BREAKS - 1, without_note=0)
    assert newest_annotations(folders)["b1"]["ticket"] == "T-2"
    assert newest_annotations(folders)["b3"]["owner"] == "Ben"


def test_a_workbook_of_yesterday_is_taken_although_a_break_was_resolved_since(folders: Folders) -> None:
    taken(folders, edited(written(folders), {"b1": NOTED}))
    old = edited(written(folders), {"b3": {"Owner": "Ben"}})
    set_break(folders, "update marts.fct_breaks set status = 'resolved' where break_id = 'b1'")
    assert taken(folders, old).noted == 1


def test_a_break_that_opened_again_is_not_accepted_by_its_own_row(folders: Folders) -> None:
    taken(folders, edited(written(folders), {"b1": {"Status": "accepted", "Comment": "small"}}))
    set_break(folders, "update marts.fct_breaks set status = 'reopened' where break_id = 'b1'")
    set_break(folders, "update recon_meta.build_info set generation = 8")
    again = written(folders)
    [row] = sheet(again, "Price and quantity").rows
    assert (row["Status"], row["Comment"]) == ("reopened", "small")
    assert taken(folders, edited(again, {})).noted == 0
    # A word about it is no acceptance; accepting it again has to be said.
    assert taken(folders, edited(again, {"b1": {"Comment": "larger now"}})).noted == 1
    assert newest_annotations(folders)["b1"]["status"] == "open"
    assert taken(folders, edited(again, {"b1": {"Status": "accepted"}})).noted == 1
    assert newest_annotations(folders)["b1"]["status"] == "accepted"


def test_an_enquiry_shows_what_was_known_and_takes_no_notes(folders: Folders) -> None:
    with pytest.raises(UsageError, match="no sheet with a column `break_id`"):
        taken(folders, written(folders, is_enquiry=True))


def test_a_wrong_status_names_the_sheet_and_the_row(folders: Folders) -> None:
    with pytest.raises(UsageError, match=r"sheet Price and quantity, row 4: status `fine`"):
        taken(folders, edited(written(folders), {"b1": {"Status": "fine"}}))


def test_what_may_be_chosen_drops_down(folders: Folders) -> None:
    found = xml_of(written(folders), "Charges and orders")
    assert "open,acknowledged,disputed,accepted" in found
    assert "o-one,o-two" in found
    assert 'type="date"' in found
