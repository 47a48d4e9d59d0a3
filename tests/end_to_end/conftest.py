"""One small world for all, and one finished run that tests only look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.sandbox import World, build_world
from tests.end_to_end.desk import SCALE, Desk, open_desk


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(seed=7, scale=SCALE)


@pytest.fixture(scope="session")
def finished(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk after one run on the wire with all its quirks. Look, do not touch."""
    with open_desk(world, tmp_path_factory.mktemp("finished")) as desk:
        done = desk.recon("run")
        assert done.returncode == 0, done.stdout + done.stderr
        yield desk
