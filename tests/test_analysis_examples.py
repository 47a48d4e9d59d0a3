"""The examples in the docstrings of `pipelines.analysis`, run as they stand."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import pipelines.analysis
from pipelines.analysis import open_warehouse
from tests.analysis_marts import publish_desk

MODULES = sorted(
    name for _, name, _ in pkgutil.walk_packages(pipelines.analysis.__path__, f"{pipelines.analysis.__name__}.")
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_desk(tmp_path_factory.mktemp("data"))


def test_every_example_gives_what_it_says(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECON_DATA_DIR", str(desk))
    known = {"warehouse": open_warehouse(desk), "pl": pl, "Decimal": Decimal}
    done = [doctest.testmod(importlib.import_module(name), extraglobs=known) for name in MODULES]
    assert sum(one.failed for one in done) == 0
    assert sum(one.attempted for one in done) >= 19
