"""The workbook and the page of a finished run, as they are asked for at a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from pipelines.reports.workbook.themes import THEMES
from tests.end_to_end.desk import Desk, copy_of
from tests.reports.workbook_reading import sheet

OPEN = "status not in ('resolved', 'accepted')"


def test_every_open_break_is_in_the_workbook_once_and_its_money_to_the_cent(finished: Desk, tmp_path: Path) -> None:
    done = finished.recon("report", "--out", str(tmp_path / "out"), "--json")
    assert done.returncode == 0, done.stderr
    files = json.loads(done.stdout)["files"]
    workbook = Path(files["workbook"])
    assert workbook.name == "reconciliation-g000001.xlsx"
    assert Path(files["page"]).read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    sheets = [sheet(workbook, theme.sheet) for theme in THEMES]
    named = [row["Break ID"] for one in sheets for row in one.rows if row.get("Break ID")]
    assert sorted(named) == [
        row[0] for row in finished.published(f"select break_id from marts.fct_breaks where {OPEN} order by 1")
    ]
    totals: dict[str, Decimal] = {}
    for one in sheets:
        for line in one.below:
            if line[0] == "Open" and line[3] != "none":
                totals[line[3]] = totals.get(line[3], Decimal(0)) + Decimal(str(line[4]))
    assert totals == dict(
        finished.published(
            f"select currency, coalesce(sum(at_risk_amount) filter (where is_primary), 0) from marts.fct_breaks "
            f"where {OPEN} and currency is not null group by currency"
        )
    )


def test_the_workbook_as_it_was_written_changes_nothing(finished: Desk, tmp_path: Path) -> None:
    desk = replace(finished, data=copy_of(finished, tmp_path))
    file = desk.recon("report").stdout.splitlines()[0]
    done = desk.recon("annotate", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 noted")
    assert list((desk.data / "history" / "annotations").iterdir()) == []
