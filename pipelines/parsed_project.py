"""dbt's reading of the models, kept between builds: it takes longer than building a small month does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import TransformFailed
from pipelines.files import write_atomically

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"
_SOURCE_ENDINGS = {".sql", ".yml", ".csv"}


def project_hash() -> str:
    """A hash of every model, macro, seed and check: other rules give other results from the same data."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in _SOURCE_ENDINGS and not {"target", "logs"} & set(path.parts):
            digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def parsed_project(folder: Path, parse: Callable[[], Any]) -> Manifest:
    """The models as dbt understands them: kept in `folder` while models and dbt stay the same, else by `parse`.

    Shape:   the moment and the number of a build are no part of it; dbt puts them in when it runs a model.

    Errors:  TransformFailed when the models cannot be parsed. A kept file that cannot be read is made anew.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

    kept = folder / f"parsed-{_identity()}.msgpack"
    if kept.exists():
        try:
            return Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
        except Exception:
            # Whatever is wrong with a file that can be made again: it is.
            kept.unlink()
    outcome = parse()
    if outcome.exception is not None or not isinstance(outcome.result, Manifest):
        raise TransformFailed(f"dbt cannot read the models: {outcome.exception}. The full log: {folder / 'dbt.log'}")
    for old in folder.glob("parsed-*.msgpack"):
        old.unlink()
    write_atomically(kept, outcome.result.to_msgpack(extended_mashumaro_encoder))
    return outcome.result


def _identity() -> str:
    versions = "-".join(version(package) for package in ("dbt-core", "dbt-duckdb", "dbt-adapters"))
    return hashlib.sha256(f"{project_hash()}-{versions}".encode()).hexdigest()[:32]
