"""What the page says of the difference to the run before; the example is generation 7."""

from __future__ import annotations

from pathlib import Path

from tests.published_marts import add_rows, publish_example
from tests.reports.page_reading import Page, page_of

_THEN, _NOW = "2026-09-12 06:00:00", "2026-09-15 06:00:00"
_NONE = ["0", "0", "0", "0", "0"]


def told(data: Path, before: dict[str, tuple[int, str | None]], now: dict[str, tuple[str, str | None]]) -> Page:
    """The page where the log had `before` (generation, amount) and this build wrote `now` (event, amount)."""
    publish_example(data)
    log = [
        {"generation": generation, "event": "opened", "event_at": _THEN, "break_id": name, "at_risk_amount": amount}
        | {"currency": "EUR"}
        for name, (generation, amount) in before.items()
    ]
    events = [
        {"generation": 7, "event": event, "event_at": _NOW, "break_id": name, "at_risk_amount": amount}
        for name, (event, amount) in now.items()
    ]
    add_rows(data, {"recon_memory.break_log": log, "intermediate.int_break_events": events})
    return page_of(data)


def counts(page: Page) -> dict[str, list[str]]:
    caption = next(name for name in page.tables if name.startswith("Breaks that changed"))
    return {row[0]: row[1:] for row in page.tables[caption][1:]}


def test_without_an_earlier_run_everything_is_new_and_nothing_is_listed_twice(tmp_path: Path) -> None:
    page = told(tmp_path, {}, {"b1": ("opened", "150.00"), "b7": ("opened", None)})
    assert "No earlier run is remembered: every break is new." in page.words
    assert counts(page) == {"EUR": ["1", *_NONE], "no currency": ["1", *_NONE]}
    assert "New: 1" not in page.words


def test_a_run_that_changed_nothing_says_so(tmp_path: Path) -> None:
    page = told(tmp_path, {"b1": (6, "150.00")}, {})
    assert "Nothing changed: no break is new, worse, opened again, resolved or measured anew." in page.words


def test_each_kind_of_change_is_counted_and_listed_with_what_it_was_before(tmp_path: Path) -> None:
    page = told(
        tmp_path,
        {"b1": (5, "100.00"), "b3": (6, "60.00"), "b4": (4, "12.00"), "b5": (4, "77.77")},
        {
            "b1": ("remeasured", "150.00"),
            "b3": ("remeasured", "50.00"),
            "b4": ("reopened", "12.00"),
            "b5": ("resolved", "77.77"),
            "b6": ("opened", "120000"),
        },
    )
    assert counts(page) == {"EUR": ["0", "1", "1", "1", "1", "0"], "JPY": ["1", *_NONE]}
    assert "Worse: 1 Price charged is not the price ordered 100.00 → 150.00 EUR" in page.words
    assert "Smaller: 1 Charge without an order 60.00 → 50.00 EUR" in page.words
    assert "Opened again: 1 Order was not billed 12.00 EUR" in page.words
    assert "Resolved: 1 Line does not add up was 77.77 EUR was wrong once" in page.words
    assert "New: 1 Orders could not be read 120,000 JPY at risk" in page.words
    assert "Since the last run: 1 new, 1 worse, 1 opened again, 1 resolved, 1 smaller." in page.words
    assert "compared with the run as of 2026-09-12 06:00 UTC" in page.words


def test_the_newest_amount_of_the_log_is_the_former_one(tmp_path: Path) -> None:
    page = told(tmp_path, {"b1": (6, "200.00")}, {"b1": ("remeasured", "150.00")})
    add_rows(
        tmp_path,
        {
            "recon_memory.break_log": [
                {"generation": 3, "event": "opened", "event_at": _THEN, "break_id": "b1", "at_risk_amount": "1.00"}
                | {"currency": "EUR"}
            ]
        },
    )
    assert "Smaller: 1" in page.words
    assert "Smaller: 1" in page_of(tmp_path).words


def test_a_break_measured_anew_without_more_at_risk_is_neither_worse_nor_smaller(tmp_path: Path) -> None:
    page = told(tmp_path, {"b1": (6, "150.00")}, {"b1": ("remeasured", "150.00")})
    assert counts(page) == {"EUR": [*_NONE, "1"]}


def test_amounts_of_two_currencies_are_never_compared(tmp_path: Path) -> None:
    page = told(tmp_path, {"b6": (6, "4321.09")}, {"b6": ("remeasured", "120000")})
    assert counts(page) == {"JPY": [*_NONE, "1"]}
    assert "4,321" not in page.words


def test_a_long_list_is_cut_and_says_of_how_many(tmp_path: Path) -> None:
    data = publish_example(tmp_path)
    breaks = [
        {"break_id": f"n{number:03}", "break_code": "line_total", "severity": "low", "status": "open"}
        | {"currency": "EUR", "is_primary": True, "at_risk_amount": number, "explanation": f"number {number}."}
        for number in range(1, 41)
    ]
    events = [
        {"generation": 7, "event": "opened", "event_at": _NOW, "break_id": one["break_id"]}
        | {"at_risk_amount": one["at_risk_amount"]}
        for one in breaks
    ]
    before = {"generation": 6, "event": "opened", "event_at": _THEN, "break_id": "b1", "at_risk_amount": "150"}
    tables = {"marts.fct_breaks": breaks, "intermediate.int_break_events": events}
    add_rows(data, {**tables, "recon_memory.break_log": [before]})
    page = page_of(data)
    assert "New: 40 The gravest 5 of 40." in page.words
    assert "The 8 with the most at risk of 44;" in page.words
    assert page.words.count("number 40.") == 2
    assert "number 1." not in page.words


def test_of_one_month_alone_only_its_changes_are_told(tmp_path: Path) -> None:
    told(
        tmp_path,
        {"b1": (5, "100.00"), "b4": (4, "10.00")},
        {"b1": ("remeasured", "150.00"), "b4": ("remeasured", "12.00")},
    )
    page = page_of(tmp_path, period="2026-08")
    assert counts(page) == {"EUR": ["0", "1", "0", "0", "0", "0"]}
    assert "Breaks that changed, of 2026-08" in page.words
    assert "Worse: 1 Order was not billed 10.00 → 12.00 EUR" in page.words
    assert "Price charged is not the price ordered" not in page.words
    assert "Since the last run: 1 worse." in page.words


def test_a_month_in_which_nothing_changed_says_so_whatever_changed_elsewhere(tmp_path: Path) -> None:
    told(tmp_path, {"b1": (6, "100.00")}, {"b1": ("remeasured", "150.00")})
    assert "Nothing changed: no break of 2026-08 is new" in page_of(tmp_path, period="2026-08").words
