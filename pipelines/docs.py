"""dbt's documentation of the models as one html file that asks nothing of any other host.

dbt knows the columns that a model's yml describes. The same name is the same thing everywhere in the project, so
what is missing there is filled in from `column_words.yml`, or from the mart that describes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.files import write_atomically
from pipelines.parsed_project import PROJECT
from pipelines.settings import read_settings
from pipelines.transform import run_dbt
from pipelines.warehouse import Folders

if TYPE_CHECKING:
    from pathlib import Path

WORDS = PROJECT / "column_words.yml"
# Nothing may be fetched: the page holds all that it shows.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)

# dbt's page asks for two files that do not exist: an icon, and pictures before their names are known.
_FAULTS = {
    """<link rel="shortcut icon" href="${require('./assets/favicons/favicon.ico')}"/>""": "",
    ' xlink:href="{{ ': ' ng-attr-href="{{ ',
}


def write_docs(folders: Folders) -> Path:
    """Generates the documentation; the path of the one file.

    Errors:  TransformFailed when dbt cannot read the project.
    """
    run_dbt(folders, ["docs", "generate", "--static"], {})
    made = folders.dbt / "target"
    manifest, catalog = (json.loads((made / name).read_text()) for name in ("manifest.json", "catalog.json"))
    describe_columns(manifest, catalog, yaml.safe_load(WORDS.read_text(encoding="utf-8")))
    # dbt would send who reads what to its makers.
    manifest["metadata"]["send_anonymous_usage_stats"] = False
    page = (made / "index.html").read_text(encoding="utf-8").replace("<head>", f"<head>{_POLICY}", 1)
    for fault, mended in _FAULTS.items():
        page = page.replace(fault, mended)
    for name, content in (("MANIFEST", manifest), ("CATALOG", catalog)):
        page = page.replace(f'"{name}.JSON INLINE DATA"', json.dumps(content).replace("</", "<\\/"))
    target = folders.data / "reports" / "models.html"
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(target, page.encode())
    return target


def describe_columns(manifest: dict[str, Any], catalog: Mapping[str, Any], words: Mapping[str, str]) -> None:
    """Gives every column that exists a description, in the manifest.

    Shape:   from its own model, else from the words, else from the first mart that has a column of that name.
    """
    nodes = {**manifest["nodes"], **manifest["sources"]}
    known = dict(words)
    for name in sorted(nodes, key=lambda name: ("marts" not in nodes[name]["fqn"], name)):
        for column in nodes[name]["columns"].values():
            if column["description"]:
                known.setdefault(column["name"], column["description"])
    for name, table in {**catalog["nodes"], **catalog["sources"]}.items():
        described = nodes[name]["columns"]
        for column in table["columns"]:
            entry = described.setdefault(column, {"name": column, "description": "", "meta": {}, "tags": []})
            entry["description"] = entry["description"] or known.get(column, "")


if __name__ == "__main__":
    print(write_docs(Folders(read_settings().data_dir)))
