"""A small world, shared by the tests of the sandbox."""

from __future__ import annotations

import pytest

from pipelines.sandbox import World, build_world


@pytest.fixture(scope="session")
def world() -> World:
    """A tenth of the default world, with every plant."""
    return build_world(scale=0.1)
