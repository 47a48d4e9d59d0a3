"""A small published database with an enquiry of it, and the notebooks that read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse import Folders
from tests.analysis_marts import publish_desk
from tests.notebooks.running import Page, run_notebook

ENQUIRY = datetime(2026, 9, 12, tzinfo=UTC)

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
def open_page(desk: Path) -> Open:
    """Runs a notebook with what follows `--` on its command line."""
    return partial(run_notebook, data_dir=desk)
