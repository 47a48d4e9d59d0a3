"""The page of a real run: its numbers are the marts', and a browser has no complaint."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pipelines.reports.page import write_page
from pipelines.warehouse import Folders, open_published
from tests.end_to_end.desk import Desk
from tests.reports.browsers import PALE, TOO_WIDE, asked_for, browser, complaints, look
from tests.reports.page_reading import Page


def written(desk: Desk, folder: Path) -> Path:
    file = folder / "page.html"
    with open_published(Folders(desk.data)) as connection:
        write_page(connection, file)
    return file


def test_the_page_says_what_the_marts_say(finished: Desk, tmp_path: Path) -> None:
    page = Page(written(finished, tmp_path).read_text(encoding="utf-8"))
    billed = finished.published(
        "select currency, sum(total_charges), sum(unexplained_amount) from marts.fct_invoices where is_counted "
        "group by currency"
    )
    assert len(billed) > 2
    for currency, total, unexplained in billed:
        caption = f"What was billed in {currency}, part by part"
        assert Decimal(page.row(caption, "Billed")[2].replace(",", "")) == total
        assert Decimal(page.row(caption, "Not explained by lines")[2].replace(",", "")) == unexplained
    open_breaks = finished.published(
        "select currency, count(*), sum(at_risk_amount) filter (is_primary) from marts.fct_breaks "
        "where status <> 'resolved' and currency is not null group by 1"
    )
    for currency, count, at_risk in open_breaks:
        all_of_them = page.row(f"Open breaks in {currency} by kind, the most at risk first", "All")
        assert (int(all_of_them[1]), Decimal(all_of_them[3].replace(",", ""))) == (count, at_risk)
    assert "No earlier run is remembered: every break is new." in page.words


def test_a_browser_has_no_complaint_about_the_page_of_a_run(finished: Desk, tmp_path: Path) -> None:
    page = written(finished, tmp_path)
    with browser(tmp_path) as running:
        look(running, page, 320)
        assert running.execute_script(TOO_WIDE) == []
        assert complaints(running) == []
        assert {one for one in asked_for(running) if one != "data:,"} == {page.as_uri()}
        for dark in (False, True):
            look(running, page, 1280, dark=dark)
            looked, pale = running.execute_script(PALE)
            assert looked > 1000
            assert pale == []
