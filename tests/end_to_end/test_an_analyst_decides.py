"""What an analyst says about breaks counts from the next run on, and is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.reports.page import write_page
from pipelines.warehouse import Folders, open_build, open_published
from tests.end_to_end.desk import Desk, copy_of
from tests.reports.page_reading import Page

BUCKETS = "select bucket, coalesce(sum(total), 0) from marts.fct_invoice_lines where currency = '{}' group by bucket"


def test_a_confirmed_order_and_an_accepted_break_move_what_they_are_about(finished: Desk, tmp_path: Path) -> None:
    desk = replace(finished, data=copy_of(finished, tmp_path))
    [(suggested, order_id, currency)] = desk.published(
        "select break_id, candidate_order_id, currency from marts.fct_match_candidates where is_suggested "
        "order by break_id limit 1"
    )
    [(accepted,)] = desk.published(
        "select break_id from marts.fct_breaks where break_code = 'line_total' order by at_risk_amount limit 1"
    )
    before = dict(desk.published(BUCKETS.format(currency)))
    notes = tmp_path / "notes.csv"
    notes.write_text(
        "break_id,status,comment,accept_order_id\n"
        f"{suggested},,same customer and day,{order_id}\n{accepted},accepted,a cent,\n"
    )
    done = desk.recon("annotate", str(notes), "--by", "ana")
    assert done.returncode == 0, done.stderr
    assert "2 noted" in done.stdout
    # What a former version built, and this one does not, is no part of the next result.
    with open_build(Folders(desk.data)) as connection:
        connection.execute("create table marts.fct_of_a_former_version as select 1 as one")
    done = desk.recon("run")
    assert done.returncode == 0, done.stdout + done.stderr
    tables = {name for (name,) in desk.published("select table_name from information_schema.tables")}
    assert "fct_of_a_former_version" not in tables
    assert "fct_breaks" in tables

    statuses = dict(desk.published("select break_id, status from marts.fct_breaks"))
    assert (statuses[suggested], statuses[accepted]) == ("resolved", "accepted")
    after = dict(desk.published(BUCKETS.format(currency)))
    moved = before["suggested"] - after.get("suggested", 0)
    assert moved > 0
    assert sum(before.values()) == sum(after.values())
    lines = desk.published(
        "select bucket, matched_order_id, sum(total) from marts.fct_invoice_lines "
        "where match_pass = '5_confirmed' group by all"
    )
    assert lines == [("matched", order_id, moved)]
    # An accepted break no longer speaks against its line, its month or its subject.
    assert desk.published(f"select count(*) from marts.fct_breaks where break_id = '{accepted}' and is_primary") == [
        (0,)
    ]
    # Confirming the order is what changed since the run before; accepting is a note, and no change of the break.
    with open_published(Folders(desk.data)) as connection:
        write_page(connection, tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "Since the last run: 1 resolved." in page.words
    assert f"recon explain {suggested[:12]}" in page.words
    assert "nothing new" in desk.recon("run").stdout
