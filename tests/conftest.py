"""Shared by all tests: this folder is on the path, so that tests may import `sandboxed`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.dbt.compiled_models import CompiledModels, compile_models


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the tests have together, for what is made once."""
    mine = tmp_path_factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine


@pytest.fixture(scope="session")
def models(shared: Path) -> CompiledModels:
    """The models as dbt compiles them, to be built without dbt."""
    return compile_models(shared / "compiled")
