"""Widths, columns and shares of the page's pictures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reports.page.drawing import BASELINE, Part, columns_of, lengths, parts_of, share_text, total

amounts = st.lists(st.decimals("-1e25", "1e25", places=12, allow_nan=False), max_size=8)


def bar(*sizes: str) -> list[Part]:
    return parts_of((f"p{number}", "", "", "", Decimal(size)) for number, size in enumerate(sizes))


def test_parts_are_as_wide_as_their_share_and_stand_side_by_side() -> None:
    assert [(part.start, part.width) for part in bar("25", "75")] == [(0, 25), (25, 75)]


def test_a_negative_part_is_as_wide_as_it_is_large() -> None:
    assert [part.width for part in bar("-50", "50")] == [50, 50]
    assert bar("-50", "50")[0].amount == -50


def test_a_part_too_small_to_be_seen_is_widened_and_says_so() -> None:
    large, small = bar("1000000", "0.01")
    assert (large.is_widened, small.is_widened) == (False, True)
    assert small.width > Decimal("0.4")
    assert (large.share, small.share) == ("99.99 %", "under 0.01 %")


def test_parts_of_nothing_are_not_drawn() -> None:
    assert [part.code for part in bar("0", "5", "0.000000000000")] == ["p1"]
    assert bar("0") == []


@given(amounts)
def test_a_bar_is_always_filled_and_never_overfilled(sizes: list[Decimal]) -> None:
    parts = bar(*map(str, sizes))
    assert total(part.amount for part in parts) == total(sizes)
    if parts:
        end = parts[-1].start + parts[-1].width
        assert abs(end - 100) <= Decimal("0.01")
        assert all(part.width > 0 for part in parts)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [("1", "3", "33.33 %"), ("999999", "1000000", "99.99 %"), ("5", "5", "100.00 %"), ("0", "7", "0.00 %")],
)
def test_a_share_is_cut_so_that_not_all_never_reads_as_all(part: str, whole: str, text: str) -> None:
    assert share_text(Decimal(part), Decimal(whole)) == text


def test_a_share_of_nothing_is_nothing() -> None:
    assert share_text(Decimal(0), Decimal(0)) == "0.00 %"


def test_bars_are_measured_with_the_longest() -> None:
    assert lengths([Decimal(50), Decimal(-100), Decimal(0)]) == [50, 100, 0]
    assert lengths([Decimal(0)]) == [0]


def test_columns_stand_on_the_line_and_name_each_year_once() -> None:
    columns = columns_of(["2025-11", "2025-12", "2026-01"], [Decimal(10), Decimal(5), Decimal(0)])
    assert [(one.year, one.month) for one in columns] == [("2025", "11"), ("", "12"), ("2026", "01")]
    assert [one.top + one.height for one in columns] == [BASELINE] * 3
    assert [one.height for one in columns] == [BASELINE, BASELINE / 2, 0]
    assert columns[0].start > 0
    assert columns[-1].start + columns[-1].width < 100


def test_no_month_is_no_column() -> None:
    assert columns_of([], []) == []
