"""The examples of the guides, run as they stand, in order: each prints what the guide says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from pipelines.annotation_files import read_rows
from tests.notebooks.running import NOTEBOOKS

GUIDE = NOTEBOOKS / "guides" / "from-excel-to-polars.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def plain_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The guide sets how tables print, and writes files."""
    monkeypatch.chdir(tmp_path)
    with pl.Config(set_tbl_width_chars=120):
        yield


def _examples() -> list[tuple[str, str]]:
    return _BLOCK.findall(GUIDE.read_text(encoding="utf-8"))


def _run(code: str, names: dict[str, object]) -> str:
    said = StringIO()
    with redirect_stdout(said):
        exec(compile(code, GUIDE.name, "exec"), names)
    return said.getvalue()


def test_each_example_prints_what_the_guide_says(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECON_DATA_DIR", str(desk))
    names: dict[str, object] = {}
    for code, expected in _examples():
        assert _run(code, names) == expected, code
    assert [row["break_id"] for _, row in read_rows(tmp_path / "open-breaks.csv")] == ["b6", "b1", "b3", "b2", "b7"]
    assert [row["break_id"] for _, row in read_rows(tmp_path / "open-breaks.xlsx")] == ["b6", "b1", "b3", "b2", "b7"]


def test_there_are_ten_examples_and_each_says_what_it_is_in_excel() -> None:
    sections = re.split(r"^## (?=\d)", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert [section.split()[0] for section in sections] == [str(number) for number in range(1, 11)]
    assert all("*In Excel:*" in section and "```python" in section for section in sections)
