"""Notebooks as html pages: run in a process of their own, as `recon notebooks` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import notebook_pages
from pipelines.errors import ReconError, UsageError
from pipelines.notebook_pages import export, notebook_names
from tests.notebooks.running import NOTEBOOKS

BROKEN = """
import marimo
app = marimo.App()

@app.cell
def _():
    raise ValueError("the cell that fails")
"""


def test_a_page_holds_its_data_and_gets_its_scripts_from_where_we_say(desk: Path, tmp_path: Path) -> None:
    (page,) = export(["refunds"], tmp_path, desk, as_of="2026-09-12T00:00:00Z", assets="https://intranet.example/m/")
    text = page.read_text(encoding="utf-8")
    assert page == tmp_path / "refunds.html"
    assert "12 September 2026" in text
    assert "Still to come, USD" in text
    assert "Still to come, EUR" not in text
    assert 'src="https://intranet.example/m/assets/' in text
    assert "jsdelivr" not in text


def test_a_notebook_that_fails_is_named_and_writes_nothing(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setattr(notebook_pages, "NOTEBOOKS", tmp_path)
    with pytest.raises(ReconError, match="notebook broken did not run"):
        export([], tmp_path, desk)
    assert not (tmp_path / "broken.html").exists()


def test_a_name_that_is_no_notebook_is_refused_with_those_that_are(desk: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no notebook `refund`; there are break_explorer, customer_statement"):
        export(["refund"], tmp_path, desk)


@pytest.mark.parametrize("name", notebook_names())
def test_a_notebook_says_its_question_first_and_the_readme_lists_it(name: str) -> None:
    text = (NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
    question = text.split('"""')[1].splitlines()[0]
    assert question.endswith("?")
    assert question in text.split('"""', 2)[2].replace('"\n', "")
    assert f"| `{name}.py` | {question} |" in (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
