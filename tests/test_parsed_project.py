"""What dbt understood is kept, and read again only while it would understand the same."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
from dbt.contracts.graph.manifest import Manifest

from pipelines import parsed_project as parsing
from pipelines.errors import TransformFailed


def parsed() -> SimpleNamespace:
    """dbt's answer to `parse`, without a single model."""
    return SimpleNamespace(result=Manifest(), exception=None)


def never() -> NoReturn:
    raise AssertionError("parsed again")


def test_the_second_build_does_not_parse_again(tmp_path: Path) -> None:
    parsing.parsed_project(tmp_path, parsed)
    assert parsing.parsed_project(tmp_path, never).nodes == {}


def test_other_models_are_parsed_anew_and_the_old_reading_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsing.parsed_project(tmp_path, parsed)
    (before,) = tmp_path.glob("parsed-*")
    monkeypatch.setattr(parsing, "project_hash", lambda: "other models")
    parsing.parsed_project(tmp_path, parsed)
    (after,) = tmp_path.glob("parsed-*")
    assert before != after


def test_a_reading_that_is_no_longer_whole_is_made_again(tmp_path: Path) -> None:
    parsing.parsed_project(tmp_path, parsed)
    (kept,) = tmp_path.glob("parsed-*")
    kept.write_bytes(kept.read_bytes()[:100])
    calls = []
    parsing.parsed_project(tmp_path, lambda: calls.append(1) or parsed())
    assert calls == [1]


def test_models_that_cannot_be_parsed_are_an_error_with_the_log(tmp_path: Path) -> None:
    broken = SimpleNamespace(result=None, exception=RuntimeError("fct_invoices: no such macro"))
    with pytest.raises(TransformFailed, match=r"no such macro.*dbt\.log"):
        parsing.parsed_project(tmp_path, lambda: broken)
