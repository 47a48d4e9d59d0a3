"""Files that are either whole or not there, readable by their owner only."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Writes aside, flushes to the disk, renames: a reader sees the old file or the new one."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)


def put_in_place(aside: Path, target: Path) -> None:
    """Gives a file that another program wrote aside its name: owner only, flushed, renamed, the folder flushed."""
    aside.chmod(0o600)
    _sync(aside)
    aside.replace(target)
    sync_folder(target.parent)


def put_folder_in_place(aside: Path, target: Path) -> None:
    """Gives a folder of finished files its name: owner only, all of it flushed, renamed; `target` must not exist."""
    for file in aside.iterdir():
        file.chmod(0o600)
        _sync(file)
    sync_folder(aside)
    aside.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Flushes a folder's own entries, so that a rename survives a power cut."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(content: bytes) -> str:
    """Hex digest of bytes."""
    return hashlib.sha256(content).hexdigest()
