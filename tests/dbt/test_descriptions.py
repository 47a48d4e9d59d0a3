"""Everything is described, and everyone who reads the models is listed: reports, notebooks, tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.cli import cli
from pipelines.docs import describe_columns

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
PACKAGE = ROOT / "pipelines"
COMMANDS = cli.commands
EXPOSURES: dict[str, dict[str, Any]] = {
    one["name"]: one
    for one in yaml.safe_load((PROJECT / "models" / "exposures.yml").read_text(encoding="utf-8"))["exposures"]
}


def declared(kind: str) -> Iterator[dict[str, Any]]:
    """Every model or seed that a yml describes."""
    for path in [*(PROJECT / "models").rglob("*.yml"), *(PROJECT / "seeds").glob("*.yml")]:
        # The loader that dbt has: some examples are beyond the one in plain Python.
        found = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        yield from found.get(kind) or []


@pytest.mark.parametrize(("kind", "folder", "ending"), [("models", "models", "*.sql"), ("seeds", "seeds", "*.csv")])
def test_every_model_and_seed_is_described(kind: str, folder: str, ending: str) -> None:
    described = {one["name"] for one in declared(kind) if (one.get("description") or "").strip()}
    assert {path.stem for path in (PROJECT / folder).rglob(ending)} - described == set()


def test_a_column_that_a_model_names_says_what_it_means() -> None:
    empty = [
        f"{one['name']}.{column['name']}"
        for kind in ("models", "seeds")
        for one in declared(kind)
        for column in one.get("columns") or []
        if not (column.get("description") or "").strip()
    ]
    assert empty == []


def test_a_column_is_described_by_its_model_then_by_the_words_then_by_a_mart() -> None:
    def node(layer: str, **columns: str) -> dict[str, Any]:
        described = {name: {"name": name, "description": text} for name, text in columns.items()}
        return {"fqn": ["recon", layer], "columns": described}

    manifest = {
        "nodes": {
            "model.a_view": node("intermediate", own="its own"),
            "model.another": node("intermediate", amount="of another model"),
            "model.fct": node("marts", amount="of the mart", word="of the mart"),
        },
        "sources": {},
    }
    columns = {key: {} for key in ("own", "word", "amount", "nobody")}
    catalog = {"nodes": {"model.a_view": {"columns": columns}}, "sources": {}}
    describe_columns(manifest, catalog, {"word": "of the words"})
    found = manifest["nodes"]["model.a_view"]["columns"]
    assert {name: one["description"] for name, one in found.items()} == {
        "own": "its own",
        "word": "of the words",
        "amount": "of the mart",
        "nobody": "",
    }


def meta(name: str) -> set[str]:
    """What the exposures say of themselves under a name."""
    return {one["config"]["meta"][name] for one in EXPOSURES.values() if name in one["config"]["meta"]}


def test_every_notebook_is_an_exposure() -> None:
    assert meta("notebook") == {path.name for path in (ROOT / "notebooks").glob("*.py")}


def test_every_command_that_reports_is_an_exposure() -> None:
    """A command reports when it imports a report, a closing or an alert; `recon run` prints the statement."""
    reporting = re.compile(r"pipelines\.(reports|closing|alerting)\b")
    files = {name: PACKAGE / "commands" / f"{name}.py" for name in COMMANDS}
    found = {name for name, path in files.items() if path.exists() and any(map(reporting.match, imports_of(path)))}
    assert found | {"run"} <= meta("command") <= set(COMMANDS)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("name", [name for name, one in EXPOSURES.items() if "code" in one["config"]["meta"]])
def test_a_report_depends_on_the_marts_that_its_code_names(name: str) -> None:
    wanted = set()
    for place in EXPOSURES[name]["config"]["meta"]["code"]:
        path = PACKAGE / place
        assert path.exists(), f"{name} is no longer in {place}"
        for module in path.rglob("*.py") if path.is_dir() else [path]:
            wanted |= set(re.findall(r"\b(?:marts|bi)\.((?:fct|dim|bi)_[a-z_]+)", module.read_text(encoding="utf-8")))
    listed = {one.split("'")[1] for one in EXPOSURES[name]["depends_on"]}
    assert wanted - listed == set(), "add them to dbt_project/models/exposures.yml"


def test_the_guide_that_an_exposure_names_exists() -> None:
    assert {one for one in meta("guide") if not (ROOT / "notebooks" / "guides" / one).exists()} == set()


def test_every_view_for_tools_is_in_an_exposure() -> None:
    listed = {one.split("'")[1] for name in ("bi_tools", "finops") for one in EXPOSURES[name]["depends_on"]}
    assert listed == {path.stem for path in (PROJECT / "models" / "bi").glob("*.sql")}
