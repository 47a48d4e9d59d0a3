"""A month that somebody named, and what they are told when it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.reports.explanation import explain
from pipelines.reports.periods import require_period
from pipelines.warehouse import Folders, open_published
from tests.published_marts import publish_example


@pytest.mark.parametrize(
    ("period", "told"),
    [
        ("2025-01", "there is nothing for 2025-01 in the published marts; there are 2026-08, 2026-09"),
        ("2026-13", "`2026-13` is no month; write it like 2026-09; there are 2026-08, 2026-09"),
        ("last", "`last` is no month"),
    ],
)
def test_a_month_that_is_not_there_is_told_from_those_that_are(tmp_path: Path, period: str, told: str) -> None:
    with open_published(Folders(publish_example(tmp_path / "data"))) as connection:
        require_period(connection, "2026-09")
        with pytest.raises(UsageError) as caught:
            require_period(connection, period)
    assert str(caught.value).startswith(told)


def test_an_id_that_is_too_short_is_told_so(tmp_path: Path) -> None:
    """Five characters of an id that is there would else be told that it is not."""
    with open_published(Folders(publish_example(tmp_path / "data"))) as connection:
        with pytest.raises(UsageError, match="`1234`; of a break's or a line's id write at least 6"):
            list(explain(connection, "1234"))
        with pytest.raises(UsageError, match="`1234567`; look among"):
            list(explain(connection, "1234567"))
