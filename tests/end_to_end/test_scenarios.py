"""What cannot be planted beside ordinary business is planted in a business of its own, and found there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipelines.landing import Landing
from pipelines.partner_center.endpoints import ENDPOINTS
from pipelines.partner_center.pages import read_page
from pipelines.reports.explanation import stories
from pipelines.sandbox import DEFAULT_CLOCK
from pipelines.sandbox.restatements import RESTATED_AT
from pipelines.sandbox.scenarios import SCENARIOS, build_scenario
from pipelines.warehouse import Folders, open_published
from tests.end_to_end.desk import Desk, as_found, open_desk

AFTERWARDS = RESTATED_AT + timedelta(days=1)
SCENARIO = build_scenario()
SUBJECTS = (
    "select break_code, coalesce(invoice_id, customer_id, period), currency from marts.fct_breaks "
    "where status <> 'resolved'"
)


@pytest.fixture(scope="module")
def read_twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, list[tuple[str, ...]]]]:
    """A desk that read everything and every statement, and again after things had changed; what it found at first."""
    with open_desk(SCENARIO.world, tmp_path_factory.mktemp("scenario"), faults=SCENARIO.faults) as desk:
        first = desk.recon("run")
        assert first.returncode == 6, first.stdout + first.stderr
        found = desk.found_breaks()
        statements = desk.recon("statements")
        assert statements.returncode == 0, statements.stdout + statements.stderr
        later = desk.at(AFTERWARDS)
        again = later.recon("run", "--sweep")
        assert again.returncode == 6, again.stdout + again.stderr
        yield later, found


def test_the_first_reading_finds_what_is_planted_and_no_more(
    read_twice: tuple[Desk, list[tuple[str, ...]]],
) -> None:
    assert read_twice[1] == as_found(SCENARIO.truth(DEFAULT_CLOCK))


def test_who_read_before_finds_what_changed_besides(read_twice: tuple[Desk, list[tuple[str, ...]]]) -> None:
    assert read_twice[0].found_breaks() == as_found(SCENARIO.truth(AFTERWARDS, read_at=DEFAULT_CLOCK))


def test_of_a_document_that_changed_exactly_the_changed_lines_are_listed(
    read_twice: tuple[Desk, list[tuple[str, ...]]],
) -> None:
    """A seat that is gone, one that is billed again; none where lines only changed places or the total moved."""
    desk, planted = read_twice[0], Counter[tuple[object, ...]]()
    for document in SCENARIO.world.documents:
        if document.at <= DEFAULT_CLOCK:
            was, now = (Counter(SCENARIO.world.shown(document, at).charges) for at in (DEFAULT_CLOCK, AFTERWARDS))
            for change, charges in (("removed", was - now), ("added", now - was)):
                for charge in charges.elements():
                    item = charge.item
                    named = (document.id, change, charge.customer.id, item.product_id, item.sku_id)
                    planted[*named, charge.quantity, charge.currency, charge.total] += 1
    found = desk.published(
        "select invoice_id, change, customer_id, product_id, sku_id, quantity, currency, total "
        "from marts.fct_restated_lines"
    )
    assert Counter(found) == planted
    assert {(row[1], row[6]) for row in found} == {("removed", "USD"), ("added", "JPY")}


def test_each_changed_line_leads_to_the_bytes_that_said_it(read_twice: tuple[Desk, list[tuple[str, ...]]]) -> None:
    desk = read_twice[0]
    landing = Landing(desk.data / "landing")
    with open_published(Folders(desk.data)) as connection:
        names = "select break_id from marts.fct_breaks where break_code = 'closed_invoice_restated'"
        told = [stories(connection, row[0], None)[0]["restatement"] for row in connection.execute(names).fetchall()]
    lines = [line for one in told if one for line in one["lines"]]
    assert len(lines) == 2
    walks = {walk.walk_id: walk for partition in landing.partitions() for walk in partition.walks}
    for line in lines:
        walk = walks[line["walk_id"]]
        page = walk.pages[line["page"] - 1]
        assert (desk.data / line["file"]).name == page.file
        rows = read_page(landing.page_bytes(walk, page), ENDPOINTS[walk.endpoint], walk.body).tables[walk.endpoint]
        row = next(one for one in rows.to_pylist() if one["_position"] == line["item"])
        assert (row["sku_id"], row["total_for_customer"]) == (line["sku_id"], line["total"])


def test_exactly_the_planted_subjects_are_found(read_twice: tuple[Desk, list[tuple[str, ...]]]) -> None:
    """By document, customer or month, in two currencies at least; one test, as each worker would load it anew."""
    planted = SCENARIO.truth(AFTERWARDS, read_at=DEFAULT_CLOCK)
    subjects = read_twice[0].published(SUBJECTS)
    for code in SCENARIOS:
        found = Counter(row[1:] for row in subjects if row[0] == code)
        expected = Counter(
            (one.invoice_id or one.customer_id or one.period, one.currency)
            for one in planted
            if one.break_code == code
        )
        assert (code, found) == (code, expected)
        assert len({currency for _, currency in found}) >= 2, code


def test_the_month_of_a_look_alike_is_not_called_unreconciled(
    read_twice: tuple[Desk, list[tuple[str, ...]]],
) -> None:
    """Missing, one-sided and unread months are; those that only look like it are not."""
    rows = read_twice[0].published(
        "select period || ' ' || currency from marts.fct_reconciliation where verdict = 'not_reconciled' order by 1"
    )
    assert [row[0] for row in rows] == [
        "2026-06 EUR",
        "2026-06 USD",
        "2026-07 JPY",
        "2026-08 JPY",
        "2026-09 EUR",
        "2026-09 JPY",
        "2026-09 USD",
    ]
