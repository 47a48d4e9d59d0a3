"""The manifest of an export: which files it has, where they are, and the key that opens them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.errors import PageContractBroken
from pipelines.partner_center.blobs import storage_origin
from pipelines.partner_center.origins import check_plain_path
from pipelines.partner_center.values import member

# Far above any real export.
MOST_BLOBS = 100_000
KNOWN_FORMATS = ("compressedjsonlines", "compressedjson")
# How an older preview named the members; it lived on another host and is not read.
_OLDER_MEMBERS = ("rootFolder", "rootFolderSAS", "version", "utcCreatedDateTime")


@dataclass(frozen=True)
class Blob:
    """One file of an export; the count of its lines where the manifest tells it."""

    name: str
    item_count: int | None = None


@dataclass(frozen=True)
class ExportManifest:
    """A finished export.

    Shape:   `etag` changes exactly when the data does; `key` opens the files and is never shown.
    """

    id: str
    etag: str
    root: str
    key: str = field(repr=False)
    blobs: tuple[Blob, ...]

    def address(self, blob: Blob) -> str:
        """Where a file is, without its key."""
        return f"{self.root}/{blob.name}"


def read_manifest(found: Mapping[str, Any]) -> ExportManifest:
    """A manifest as sent, checked.

    Errors:  PageContractBroken says which member is missing, of another kind, or of the older preview;
             OriginRefused when the files are neither on https nor on this machine.
    """
    root, key = _text(found, "rootDirectory"), _text(found, "sasToken")
    if not root or not key:
        older = [name for name in _OLDER_MEMBERS if member(found, name) is not None]
        if older:
            raise PageContractBroken(
                f"The manifest is of the older preview ({', '.join(older)}), which is not read; "
                "only exports of Microsoft Graph are."
            )
        raise PageContractBroken("The manifest names no rootDirectory or no sasToken.")
    data_format = _text(found, "dataFormat")
    if data_format and data_format.casefold() not in KNOWN_FORMATS:
        raise PageContractBroken(
            f"The manifest's dataFormat is {data_format[:40]!r}; known are compressed JSON lines."
        )
    storage_origin(root)
    blobs = _blobs(found)
    return ExportManifest(_text(found, "id"), _text(found, "eTag"), root.rstrip("/"), key, blobs)


def _blobs(found: Mapping[str, Any]) -> tuple[Blob, ...]:
    listed, count = member(found, "blobs"), member(found, "blobCount")
    listed = [] if listed is None and count == 0 else listed
    if not isinstance(listed, list) or len(listed) > MOST_BLOBS:
        raise PageContractBroken("The manifest has no list of blobs, or one too long to be true.")
    blobs = tuple(_blob(one) for one in listed)
    if isinstance(count, bool) or not isinstance(count, int) or count != len(blobs):
        raise PageContractBroken(f"The manifest counts {str(count)[:20]} blobs and names {len(blobs)}.")
    names = [blob.name for blob in blobs]
    if len(set(names)) != len(names):
        raise PageContractBroken("The manifest names a blob twice.")
    return blobs


def _blob(one: Any) -> Blob:
    name = _text(one, "name") if isinstance(one, Mapping) else ""
    if not name or not check_plain_path(name):
        raise PageContractBroken("The manifest names a blob without a usable name.")
    count = member(one, "itemCount")
    return Blob(name, count if isinstance(count, int) and not isinstance(count, bool) else None)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = member(found, name)
    if value is not None and not isinstance(value, str):
        raise PageContractBroken(f"The manifest's {name} is not text.")
    return (value or "").strip()
