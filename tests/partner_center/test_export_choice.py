"""Where lines are read from: by billing period, by kind, and by what was chosen."""

from __future__ import annotations

import pytest

from pipelines.partner_center.exports.choice import source_api_of

LINES, USAGE = "invoice_line_items", "daily_rated_usage"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2023-12-31T00:00:00Z", "v1"),
        ("2024-01-31", "v1"),
        ("2024-02-29", "v1"),
        ("2025-03-31T23:59:59.9999999Z", "v1"),
        ("2025-04-30", "graph"),
        ("2026-10", "graph"),
        ("", "graph"),
        ("1/31/2019", "graph"),
    ],
)
def test_the_billing_period_decides(period: str, expected: str) -> None:
    assert source_api_of("auto", LINES, period) == expected


def test_where_both_apis_have_the_lines_the_one_that_was_read_stays() -> None:
    assert source_api_of("auto", LINES, "2024-06", "graph") == "graph"
    assert source_api_of("auto", LINES, "2024-06", "v1") == "v1"
    assert source_api_of("auto", LINES, "2024-01", "graph") == "v1"
    assert source_api_of("auto", LINES, "2025-04", "v1") == "graph"


def test_daily_usage_left_v1_earlier_than_the_lines_did() -> None:
    assert source_api_of("auto", USAGE, "2024-12-31") == "v1"
    assert source_api_of("auto", USAGE, "2025-01-31") == "graph"
    assert source_api_of("auto", LINES, "2025-01-31") == "v1"


@pytest.mark.parametrize("endpoint", ["office_line_items", "azure_line_items", "azure_daily_usage", "estimate_links"])
@pytest.mark.parametrize("setting", ["auto", "v1", "graph"])
def test_legacy_kinds_are_always_read_from_v1(endpoint: str, setting: str) -> None:
    assert source_api_of(setting, endpoint, "2026-10") == "v1"


@pytest.mark.parametrize("endpoint", [LINES, USAGE, "unbilled_line_items", "unbilled_daily_usage"])
def test_what_was_chosen_wins_over_the_period(endpoint: str) -> None:
    assert source_api_of("v1", endpoint, "2026-10", "graph") == "v1"
    assert source_api_of("graph", endpoint, "2019-01", "v1") == "graph"
