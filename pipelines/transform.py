"""Runs dbt on the working database: models, seeds and the checks that must hold before anything is published."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipelines.errors import TransformFailed
from pipelines.parsed_project import PROJECT, parsed_project
from pipelines.warehouse import Folders, open_build

if TYPE_CHECKING:
    import duckdb
    from dbt.contracts.graph.manifest import Manifest

_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
_FINISHED = {"LogModelResult", "LogTestResult", "LogSeedResult"}


@dataclass(frozen=True)
class TransformResult:
    """What dbt did: how many models and seeds were built, and how many checks held."""

    built: int
    checks: int


def transform(
    folders: Folders,
    *,
    as_of: datetime,
    previous_as_of: datetime | None,
    generation: int,
    not_compared_share: str,
    on_node: Callable[[int, int], None] | None = None,
) -> TransformResult:
    """Builds all models and runs all data checks. The unit tests of the rules belong to `make test`.

    Shape:   `previous_as_of` is the moment of the published result, when resolved breaks were last seen;
             `on_node` is told how many models and checks are done, of how many.

    Errors:  TransformFailed names every model that failed and every check that found rows, with what to look at.
    """
    variables: dict[str, object] = {
        "as_of": as_of.strftime(_MOMENT),
        "generation": generation,
        "not_compared_share": not_compared_share,
    }
    if previous_as_of is not None:
        variables["previous_as_of"] = previous_as_of.strftime(_MOMENT)
    # Exposures say who reads the models: there is nothing to build, and dbt reports them as nothing done.
    build = ["build", *("--exclude-resource-type", "unit_test"), *("--exclude-resource-type", "exposure")]
    results = run_dbt(folders, build, variables, on_node)
    failed = [result for result in results if result[1] not in ("success", "pass", "warn", "skipped")]
    if failed:
        lines = "\n".join(f"  {name}: {status}. {message}" for name, status, message in failed)
        raise TransformFailed(
            f"{len(failed)} of {len(results)} models and checks failed; nothing is published."
            f"\n{lines}\nThe full log: {folders.dbt / 'dbt.log'}"
        )
    checks = sum(status in ("pass", "warn") for _, status, _ in results)
    return TransformResult(built=len(results) - checks, checks=checks)


def built_schemas(manifest: Manifest) -> set[str]:
    """The schemas that hold nothing but what dbt builds."""
    return {node.schema for node in manifest.nodes.values() if node.resource_type in ("model", "seed")}


def forget_former_build(connection: duckdb.DuckDBPyConnection, schemas: set[str]) -> None:
    """Drops what an earlier build left: a model that an older version had must not be published beside the new ones.

    Shape:   it also spares dbt from setting every old table aside, which takes a sixth of a small build.
    """
    for schema in sorted(schemas):
        connection.execute(f'drop schema if exists "{schema}" cascade')


def run_dbt(
    folders: Folders,
    command: Sequence[str],
    variables: Mapping[str, object],
    on_node: Callable[[int, int], None] | None = None,
) -> list[tuple[str, str, str]]:
    """One dbt command in this process: (node, status, message) of every node.

    Errors:  TransformFailed when dbt itself could not run.
    """
    os.environ["RECON_BUILD_DATABASE"] = os.fspath(folders.build_database)
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    # Imported late: it takes seconds, and a run with nothing new does not need it.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner, dbtRunnerResult

    folders.dbt.mkdir(parents=True, exist_ok=True)
    # The log says what was done and what failed; every statement of every model is in `target/`.
    arguments = [
        *("--quiet", "--no-use-colors", "--log-level", "none"),
        *("--log-level-file", "info", "--log-path", os.fspath(folders.dbt)),
        *("--project-dir", os.fspath(PROJECT), "--profiles-dir", os.fspath(PROJECT)),
        *("--target-path", os.fspath(folders.dbt / "target"), "--vars", json.dumps(dict(variables))),
    ]

    def tell(event: Any) -> None:
        # One of these for every model and check that is finished.
        if event.info.name in _FINISHED and on_node is not None:
            # Seeds and models say `total`, checks `num_models`.
            on_node(event.data.index, getattr(event.data, "total", None) or event.data.num_models)

    def invoke(runner: dbtRunner, *words: str) -> dbtRunnerResult:
        answer = runner.invoke([*words, *arguments])
        if isinstance(answer.exception, KeyboardInterrupt):
            # dbt takes it for a failure of its own.
            raise answer.exception
        return answer

    try:
        manifest = parsed_project(folders.dbt, lambda: invoke(dbtRunner(), "parse"))
        if command[0] == "build":
            with open_build(folders) as connection:
                forget_former_build(connection, built_schemas(manifest))
        outcome = invoke(dbtRunner(manifest, callbacks=[tell]), *command)
    finally:
        # dbt keeps the file open otherwise, and an open database cannot be published.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if outcome.exception is not None:
        raise TransformFailed(f"dbt could not run: {outcome.exception}. The full log: {folders.dbt / 'dbt.log'}")
    found = []
    for result in getattr(outcome.result, "results", None) or []:
        found.append((result.node.name, str(result.status), " ".join(str(result.message or "").split())))
    return found
