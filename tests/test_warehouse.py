"""Publishing, opening and locking: whole or not at all, read-only, one run at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines import files
from pipelines.errors import LockHeld, ReconError
from pipelines.warehouse import Folders, exclusive_run, open_build, open_published, publish, published_info
from tests.sandboxed import folders_in


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return folders_in(tmp_path / "data")


def build(folders: Folders, content: int) -> None:
    """A closed working database that holds one number."""
    with open_build(folders) as connection:
        connection.execute("create or replace table numbers as select ? as number", [content])
        connection.execute("create schema if not exists recon_meta")
        connection.execute("create or replace table recon_meta.build_info as select ? as generation", [content])
        connection.execute("checkpoint")


def ask(connection: duckdb.DuckDBPyConnection) -> object:
    return connection.execute("select number from numbers").fetchall()


def test_nothing_published_says_what_to_run(folders: Folders) -> None:
    assert published_info(folders) is None
    with pytest.raises(ReconError, match="run `recon run`"):
        open_published(folders)


def test_an_open_reader_keeps_its_file_and_a_new_one_gets_the_new(folders: Folders) -> None:
    build(folders, 1)
    publish(folders, 1)
    reader = open_published(folders)
    for generation in (2, 3, 4):
        build(folders, generation)
        publish(folders, generation)
        assert ask(reader) == [(1,)]
    reader.close()
    with open_published(folders) as connection:
        assert ask(connection) == [(4,)]
    assert published_info(folders) == {"generation": 4}


def test_the_published_name_points_into_its_own_folder(folders: Folders) -> None:
    build(folders, 1)
    publish(folders, 1)
    assert os.readlink(folders.published) == "generations/warehouse-000001.duckdb"
    # The whole folder can be moved.
    moved = Folders(folders.data.with_name("moved"))
    shutil.move(folders.data, moved.data)
    with open_published(moved) as connection:
        assert ask(connection) == [(1,)]


def test_old_generations_and_leftovers_are_removed(folders: Folders) -> None:
    (folders.generations / "warehouse-000009.incoming").write_bytes(b"killed in between")
    for generation in range(1, 6):
        build(folders, generation)
        publish(folders, generation)
    names = sorted(path.name for path in folders.generations.glob("*.*"))
    assert names == ["warehouse-000004.duckdb", "warehouse-000005.duckdb"]


def test_the_published_file_is_for_its_owner_only(folders: Folders) -> None:
    build(folders, 1)
    assert publish(folders, 1).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("step", ["copyfile", "replace", "symlink_to", "sync_folder"])
def test_a_stop_while_publishing_leaves_the_old_file_and_the_next_run_publishes(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    build(folders, 1)
    publish(folders, 1)
    build(folders, 2)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        target = {"copyfile": shutil, "sync_folder": files}.get(step, Path)
        patch.setattr(target, step, stop)
        with pytest.raises(KeyboardInterrupt):
            publish(folders, 2)
    with open_published(folders) as connection:
        assert ask(connection) == [(1,)]
    publish(folders, 2)
    with open_published(folders) as connection:
        assert ask(connection) == [(2,)]


def test_a_database_that_was_not_closed_is_not_published(folders: Folders) -> None:
    build(folders, 1)
    folders.build_database.with_name("warehouse.duckdb.wal").write_bytes(b"left over")
    with pytest.raises(ReconError, match="not closed cleanly"):
        publish(folders, 1)
    assert not folders.published.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "create table other as select 1",
        "delete from numbers",
        "update numbers set number = 2",
        "select * from read_csv('/etc/hosts', columns = {'a': 'varchar'})",
        "select * from read_text('/etc/hosts')",
        "select * from '/etc/hosts'",
        "copy numbers to '/tmp/never-written.csv'",
        "attach '/tmp/never-written.duckdb' as other",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set timezone = 'CET'",
        "pragma enable_profiling",
        "export database '/tmp/never-written'",
    ],
)
def test_the_published_connection_neither_writes_nor_reads_files(folders: Folders, statement: str) -> None:
    build(folders, 1)
    publish(folders, 1)
    with open_published(folders) as connection:
        with pytest.raises(duckdb.Error):
            connection.execute(statement)
        assert ask(connection) == [(1,)]


def test_moments_are_utc_on_every_connection(folders: Folders) -> None:
    build(folders, 1)
    publish(folders, 1)
    for opened in (open_build, open_published):
        with opened(folders) as connection:
            assert connection.execute("select current_setting('timezone')").fetchone() == ("UTC",)


HOLD = """
import sys
from pathlib import Path
from pipelines.warehouse import Folders, exclusive_run
with exclusive_run(Folders(Path(sys.argv[1])), "demo"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_process_is_told_who_holds_the_lock(folders: Folders) -> None:
    command = [sys.executable, "-c", HOLD, str(folders.data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockHeld, match=rf"in use by `recon demo` \(process {holder.pid}\)"):
            exclusive_run(folders, "load").__enter__()
        # Killed, not ended: the lock is free all the same, whatever it wrote about itself.
        holder.kill()
        holder.wait()
    with exclusive_run(folders, "load"):
        assert "`recon load`" in (folders.data / "run.holder").read_text()
    assert not (folders.data / "run.holder").exists()


def test_the_lock_is_free_after_a_failure(folders: Folders) -> None:
    with pytest.raises(ValueError, match="failed"), exclusive_run(folders, "load"):
        raise ValueError("failed")
    with exclusive_run(folders, "load"), pytest.raises(LockHeld):
        exclusive_run(folders, "run").__enter__()
