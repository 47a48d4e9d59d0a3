"""Pages on disk: what is complete counts, what is damaged is said, nothing leaves the folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines import landing as landing_module
from pipelines.errors import LandingDamaged
from pipelines.landing import Failure, Landing, Manifest, OpenWalk

HERE = {"customer_id": "c1"}
NAME = "orders/c1"


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def manifest_of(walk: OpenWalk, sequence: int = 1, partition: dict[str, str] | None = None, **more: Any) -> Manifest:
    values = partition or HERE
    return Manifest(
        endpoint="orders",
        partition=values,
        partition_id="/".join(["orders", *values.values()]),
        walk_id=f"{sequence:06d}-abcdef",
        sequence=sequence,
        read_at="2026-10-14T09:00:00+00:00",
        source_api="v1",
        content_hash="abcdef",
        item_count=0,
        totals={},
        pages=walk.pages,
        correlation_id="",
        **more,
    )


def land(landing: Landing, body: bytes = b"{}", sequence: int = 1, **about: Any) -> Manifest:
    """A complete walk of one page."""
    walk = landing.open_walk("orders", about.get("partition") or HERE)
    walk.add_page(body, item_count=0, announced=None, repeats_page=None, request_id="r")
    manifest = manifest_of(walk, sequence, **about)
    walk.complete(manifest)
    return manifest


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_page_comes_back_byte_for_byte(landing: Landing) -> None:
    body = b"\xef\xbb\xbf" + bytes(range(256)) * 500
    manifest = land(landing, body)
    assert landing.page_bytes(manifest, manifest.pages[0]) == body
    assert manifest.pages[0].body_bytes == len(body)


def test_a_manifest_comes_back_as_it_was_written(landing: Landing) -> None:
    written = land(landing, notes=["a note"], unknown_fields={"orders.new": "text"}, asked_for="h")
    found = landing.partition("orders", HERE, NAME)
    assert found.walks == (written,)
    assert (found.status, found.asked_for, found.checked_at) == ("complete", "h", None)


def test_a_walk_without_a_manifest_does_not_exist(landing: Landing) -> None:
    land(landing)
    walk = landing.open_walk("orders", HERE)
    walk.add_page(b"{}", item_count=0, announced=None, repeats_page=None, request_id=None)
    assert len(landing.partition("orders", HERE, NAME).walks) == 1
    landing.sweep_unfinished()
    assert ".incoming" not in "".join(files_below(landing.folder))
    assert [partition.partition_id for partition in landing.partitions()] == [NAME]


def test_a_walk_that_lost_its_manifest_is_read_again_beside_it(landing: Landing) -> None:
    land(landing, b"old")
    folder = landing.partition_folder("orders", HERE)
    (folder / "000001-abcdef" / "manifest.json").unlink()
    assert landing.partition("orders", HERE, NAME).current is None
    assert landing.partitions() == []
    land(landing, b"new")
    assert len(landing.partition("orders", HERE, NAME).walks) == 1
    # What lost its manifest is kept all the same.
    assert len(list(folder.glob("*/page-00001.json.zst"))) == 2


@pytest.mark.parametrize("step", ["page", "manifest", "folder", "rename", "sync"])
def test_a_stop_at_any_step_leaves_the_old_walk(landing: Landing, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A stop is an exception here; the disk looks the same as after a kill."""
    old = land(landing, b"old")

    class Stopped(Exception):
        pass

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    where = {
        "manifest": (landing_module, "write_atomically"),
        "folder": (Path, "mkdir"),
        "rename": (Path, "rename"),
        "sync": (landing_module, "sync_folder"),
    }

    def write() -> None:
        walk = landing.open_walk("orders", HERE)
        with monkeypatch.context() as patch:
            if step == "page":
                patch.setattr(os, "fsync", stop)
            walk.add_page(b"new", item_count=0, announced=None, repeats_page=None, request_id=None)
            patch.setattr(*where[step], stop)
            walk.complete(manifest_of(walk, 2))

    with pytest.raises(Stopped):
        write()
    found = landing.partition("orders", HERE, NAME)
    assert found.walks == (old,)
    assert landing.page_bytes(old, old.pages[0]) == b"old"
    landing.sweep_unfinished()
    land(landing, b"new", 2)
    assert [one.sequence for one in landing.partition("orders", HERE, NAME).walks] == [1, 2]


def test_a_stop_after_the_move_still_leaves_a_whole_walk_that_is_asked_for_again(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(landing)
    landing.mark_failed("orders", HERE, NAME, Failure("t", "refused"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda path, missing_ok=False: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            land(landing, b"new", 2)
    found = landing.partition("orders", HERE, NAME)
    assert found.current is not None
    assert (found.current.sequence, found.status) == (2, "stale")


def test_a_failure_leaves_the_walk_and_makes_it_stale_until_the_next_reading(landing: Landing) -> None:
    failure = Failure("2026-10-15T09:00:00+00:00", "refused", 403, "20002")
    landing.mark_failed("orders", HERE, NAME, failure)
    missing = landing.partition("orders", HERE, NAME)
    assert (missing.status, missing.failure, missing.current) == ("missing", failure, None)
    assert landing.partitions() == [missing]
    land(landing)
    assert landing.partition("orders", HERE, NAME).status == "complete"
    landing.mark_failed("orders", HERE, NAME, failure)
    assert landing.partition("orders", HERE, NAME).status == "stale"
    landing.mark_checked("orders", HERE, "2026-10-16T09:00:00+00:00", "new header")
    found = landing.partition("orders", HERE, NAME)
    assert (found.status, found.checked_at, found.asked_for) == (
        "complete",
        "2026-10-16T09:00:00+00:00",
        "new header",
    )
    land(landing, sequence=2, asked_for="newest")
    found = landing.partition("orders", HERE, NAME)
    assert (found.checked_at, found.asked_for) == (None, "newest")


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def swap(path: Path) -> None:
    path.write_bytes(b"not zstd")


@pytest.mark.parametrize("harm", [shorten, swap, Path.unlink], ids=["cut", "replaced", "gone"])
def test_a_damaged_page_is_named(landing: Landing, harm: Callable[[Path], None]) -> None:
    manifest = land(landing, b"x" * 1000)
    harm(landing.partition_folder("orders", HERE) / manifest.walk_id / manifest.pages[0].file)
    with pytest.raises(LandingDamaged, match=r"page-00001\.json\.zst .*restore it from a copy"):
        landing.page_bytes(manifest, manifest.pages[0])


def test_a_page_of_another_walk_is_noticed(landing: Landing) -> None:
    first, second = land(landing, b"first"), land(landing, b"second", 2)
    folder = landing.partition_folder("orders", HERE)
    os.replace(folder / first.walk_id / "page-00001.json.zst", folder / second.walk_id / "page-00001.json.zst")
    with pytest.raises(LandingDamaged, match="differs from its manifest"):
        landing.page_bytes(second, second.pages[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-10],
        lambda text: "[]",
        lambda text: "{}",
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"sequence"', '"sequenze"'),
        lambda text: text.replace('"sha256"', '"sha255"'),
        lambda text: text.replace("000001-abcdef", "000002-abcdef"),
        lambda text: '"\udcff"',
    ],
)
def test_a_damaged_manifest_stops_the_run(landing: Landing, change: Callable[[str], str]) -> None:
    land(landing)
    path = landing.partition_folder("orders", HERE) / "000001-abcdef" / "manifest.json"
    path.write_bytes(change(path.read_text()).encode("utf-8", "surrogateescape"))
    with pytest.raises(LandingDamaged, match=r"manifest\.json"):
        landing.partition("orders", HERE, NAME)
    with pytest.raises(LandingDamaged):
        landing.partitions()


@pytest.mark.parametrize("name", ["checked.json", "failure.json"])
@pytest.mark.parametrize("text", ["", "{", "{}x", "[1]", '{"other": 1}'])
def test_a_damaged_note_stops_the_run(landing: Landing, name: str, text: str) -> None:
    land(landing)
    (landing.partition_folder("orders", HERE) / name).write_text(text)
    with pytest.raises(LandingDamaged):
        landing.partition("orders", HERE, NAME)


HOSTILE = ["..", ".", "", "/", "a/b", "/etc/passwd", "..\\x", "CON", "a\x00b", "~", "%2e%2e", "ü" * 300, "x" * 5000]


def test_no_id_leaves_the_folder_and_no_two_share_one(landing: Landing) -> None:
    places = set()
    for value in HOSTILE:
        partition = {"customer_id": value, "order_id": "1"}
        place = landing.partition_folder("orders", partition)
        assert landing.folder / "orders" in place.parents
        assert place.resolve() == place.absolute()
        assert len(place.relative_to(landing.folder).parts) == 3
        land(landing, value.encode(), partition=partition)
        found = landing.partition("orders", partition, "")
        assert found.current is not None
        assert landing.page_bytes(found.current, found.current.pages[0]) == value.encode()
        places.add(place)
    assert len(places) == len(HOSTILE)
    assert sorted(one.values["customer_id"] for one in landing.partitions()) == sorted(HOSTILE)
    assert all(path.is_relative_to(landing.folder) for path in landing.folder.parent.rglob("*") if path.is_file())


def test_what_is_written_is_readable_by_its_owner_only(landing: Landing) -> None:
    land(landing)
    landing.mark_checked("orders", HERE, "t", "")
    modes = {path.stat().st_mode & 0o777 for path in landing.folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
