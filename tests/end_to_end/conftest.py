"""One small world for all, and one finished run that tests only look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest

from pipelines.sandbox import World, build_world
from tests.end_to_end.desk import SCALE, Desk, open_desk, share_parsed_models_of


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(seed=7, scale=SCALE)


@pytest.fixture(scope="session")
def finished_run(world: World, shared: Path) -> Path:
    """The data directory after one run on the wire with all its quirks: made once for all processes of the tests."""
    data = shared / "finished" / "data"
    data.parent.mkdir(exist_ok=True)
    with filelock.FileLock(data.with_name("being-made")):
        if not (data / "published").exists():
            with open_desk(world, data) as desk:
                done = desk.recon("run")
                assert done.returncode == 0, done.stdout + done.stderr
    return data


@pytest.fixture(scope="session")
def finished(world: World, finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk after one run. Look, do not touch."""
    data = tmp_path_factory.mktemp("finished") / "data"
    shutil.copytree(finished_run, data, symlinks=True)
    share_parsed_models_of(data)
    with open_desk(world, data) as desk:
        yield desk
