"""Each notebook, run cold from its first cell to its last, on a small published database and an enquiry of it."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.warehouse import Folders
from tests.analysis_marts import publish_desk

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
ENQUIRY = datetime(2026, 9, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """What a notebook shows, as text without tags, and what its cells worked out."""

    text: str
    values: Mapping[str, Any]

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """The rows of a frame, amounts as text."""
        rows = self.values[name].select(columns).rows()
        return [tuple(f"{one.normalize():f}" if isinstance(one, Decimal) else one for one in row) for row in rows]


Open = Callable[..., Page]


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published result of 15 September, and what was known on the 12th: one break less, b1."""
    folders = Folders(publish_desk(tmp_path_factory.mktemp("desk")))
    folders.enquiries.mkdir()
    folders.enquiry(ENQUIRY).write_bytes(folders.published.read_bytes())
    with duckdb.connect(str(folders.enquiry(ENQUIRY))) as connection:
        connection.execute("update recon_meta.build_info set as_of = '2026-09-12'")
        connection.execute("delete from marts.fct_breaks where break_id = 'b1'")
        connection.execute("delete from marts.fct_refunds where refund_id = 'r2'")
        connection.execute("delete from marts.fct_reservations where reservation_id = 'v2'")
        connection.execute("delete from marts.fct_price_checks")
        connection.execute("delete from marts.fct_invoice_lines where invoice_line_id = 'l3'")
    return folders.data


@pytest.fixture
def open_page(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Runs a notebook with what follows `--` on its command line."""

    def run(name: str, *arguments: str, data_dir: Path = desk) -> Page:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        monkeypatch.setenv("RECON_DATA_DIR", str(data_dir))
        spec = importlib.util.spec_from_file_location(name, NOTEBOOKS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        outputs, values = module.app.run()
        return Page(_text("\n".join(getattr(output, "text", "") for output in outputs)), values)

    return run


def _text(page: str) -> str:
    # A callout carries its content in an attribute.
    page = re.sub(r"data-html='([^']*)'[^>]*>", lambda found: ">" + json.loads(html.unescape(found[1])), page)
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))
