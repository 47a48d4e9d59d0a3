"""The documents keep up with the code: what they name exists, and what exists is named."""

from __future__ import annotations

import contextlib
import csv
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

import click
import duckdb
import pytest
import yaml

import pipelines.cli as program
from pipelines.buying.carts import Carts
from pipelines.buying.checks import check_lines, questions_of
from pipelines.buying.journal import Journal
from pipelines.buying.wishes import CartWish, LineWish
from pipelines.commands import common
from pipelines.errors import NotFound
from pipelines.partner_center.endpoints import ENDPOINTS
from pipelines.partner_center.exports.api import order_for
from pipelines.partner_center.exports.choice import EXPORTED
from pipelines.reports.query import show
from pipelines.settings import SETTINGS, read_settings
from pipelines.statements.download import RECEIPT_PATH
from pipelines.warehouse import Folders, open_published
from tests.documents import (
    ANALYSTS,
    DOCUMENTS,
    OPERATORS,
    README,
    ROOT,
    calls_of,
    code_of,
    name_of,
    section_of,
    table_rows,
)
from tests.published_marts import publish_example

GLOSSARY = (ANALYSTS / "glossary.md").read_text(encoding="utf-8")
TABLES = (ANALYSTS / "tables.md").read_text(encoding="utf-8")
FILES = (OPERATORS / "files.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):.*## ", MAKEFILE, re.MULTILINE))
COMMANDS = program.cli.commands
# Brackets keep this file free of what it looks for.
UNWANTED = (
    r"/wor[k]/",
    r"/hom[e]/",
    r"/roo[t]/",
    r"/User[s]/",
    r"/op[t]/",
    r"share[d]/",
    r"before-sto[p]",
    r"contrac[t]\.md",
    r"desig[n]\.md",
    r"house-styl[e]",
    r"interface[s]\.md",
    r"reconciliatio[n]\.md",
    r"pyp[i]\.org",
    r"pythonhoste[d]",
    r"npmj[s]\.",
)
UNWANTED_WORDS = re.compile(r"\b(?:issu[e] #?\d|wor[k]item|sub-?agen[t]|wall-cloc[k] limit)", re.IGNORECASE)
# The check before a change lands may look for documented bodies beside the clone.
MAY_LOOK_BESIDE = {".ci/run": {r"share[d]/"}}


def _parts(command: click.Command) -> dict[str, click.Command]:
    """What a command of several parts consists of."""
    return dict(command.commands) if isinstance(command, click.Group) else {}


def _tracked() -> list[Path]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no clone, so nothing says which files are tracked")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_settings_table_is_the_settings() -> None:
    written = [tuple(row) for row in table_rows(section_of(README, "Settings"), "variable")]
    actual = [
        (f"`{one.variable}`", "" if one.default is None else f"`{one.default}`", one.meaning) for one in SETTINGS
    ]
    assert written == actual


def test_the_secrets_file_of_the_guide_is_read(tmp_path: Path) -> None:
    """Each of its keys reaches the setting it is meant for."""
    guide = (OPERATORS / "connecting-a-tenant.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert block is not None
    file = tmp_path / ".dlt" / "secrets.toml"
    file.parent.mkdir()
    file.write_text(re.sub(r"^ +", "", block[1], flags=re.MULTILINE))
    file.chmod(0o600)
    settings = read_settings({}, tmp_path)
    settings.require_sign_in()
    assert settings.refresh_token == "from the consent"
    assert settings.data_dir.name == "data-of-my-tenant"


def test_the_commands_table_is_the_menu_and_the_program() -> None:
    rows = table_rows(section_of(README, "Commands"), "make")
    assert {row[0].strip("`").removeprefix("make ") for row in rows if row[0]} == TARGETS
    assert {row[1].strip("`").removeprefix("recon ") for row in rows if row[1]} == set(COMMANDS)


def test_a_target_calls_the_command_beside_it() -> None:
    for target, command, _ in table_rows(section_of(README, "Commands"), "make"):
        if target and command:
            name, subcommand = target.strip("`").split()[1], command.strip("`").split()[1]
            recipe = re.search(rf"^{name}:.*\n\t@\$\(RUN\) (\w+)", MAKEFILE, re.MULTILINE)
            assert recipe is not None, name
            assert recipe[1] == subcommand


# Said once, in front of the table.
OF_EVERY_COMMAND = {"--json", "--profile"}


def test_every_option_is_documented() -> None:
    assert all(f"`{option}`" in section_of(README, "Commands").split("| make |")[0] for option in OF_EVERY_COMMAND)
    written = {
        row[1].strip("`").removeprefix("recon "): row[2] for row in table_rows(section_of(README, "Commands"), "make")
    }
    for name, command in COMMANDS.items():
        for part in (command, *_parts(command).values()):
            for parameter in part.params:
                if isinstance(parameter, click.Option) and parameter.opts[0] not in OF_EVERY_COMMAND:
                    assert f"`{parameter.opts[0]}`" in written[name], f"README, Commands: {name} {parameter.opts[0]}"
        assert all(f"`{part}`" in written[name] for part in _parts(command)), f"README, Commands: {name}"


def test_the_exit_codes_are_those_of_the_program() -> None:
    assert program.__doc__ is not None
    stated = " ".join(program.__doc__.split("\n\n", 1)[1].split())
    actual = [tuple(part.strip().split(" ", 1)) for part in stated.split("·")]
    assert [tuple(row[:2]) for row in table_rows(README, "exit code")] == actual
    constants = {common.DONE, common.FAILED, common.WRONG_USAGE, common.LOCKED, common.PARTLY_READ}
    assert constants < {int(code) for code, _ in actual}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_what_a_document_calls_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for words in calls_of(text, "recon"):
        # A call that stands for all commands names none.
        if words[0].startswith("-"):
            continue
        assert words[0] in COMMANDS, f"{name_of(document)}: recon {words[0]}"
        command = COMMANDS[words[0]]
        if parts := _parts(command):
            # A call that stands for all of its parts names none.
            assert len(words) == 1 or words[1] in parts, f"{name_of(document)}: recon {words[0]} {words[1]}"
            command = parts[words[1]] if len(words) > 1 else command
        options = {name for parameter in command.params for name in parameter.opts}
        unknown = [word for word in words[1:] if word.startswith("--") and word not in options]
        assert not unknown, f"{name_of(document)}: recon {words[0]} {unknown}"
    for words in calls_of(text, "make"):
        assert words[0] in TARGETS, f"{name_of(document)}: make {words[0]}"


def _queries(text: str) -> list[str]:
    """What a document asks the published database."""
    return [
        word for words in calls_of(text, "recon") if words[0] == "sql" for word in words if word.startswith("select ")
    ]


def test_the_first_queries_of_the_documents_give_rows(tmp_path: Path) -> None:
    queries = _queries(section_of(README, "First questions"))
    queries += [query for query in _queries(TABLES) if "INVOICE_ID" not in query][:5]
    assert len(queries) == 6
    with open_published(Folders(publish_example(tmp_path / "data"))) as connection:
        for query in queries:
            with (tmp_path / "answer.csv").open("w+") as out:
                show(connection, query, "csv", out)
                out.seek(0)
                assert len(out.readlines()) > 1, query


def _contracted_type(data_type: str) -> str:
    return {"string": "varchar"}.get(data_type, data_type)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_queries_name_columns_that_the_marts_have(document: Path) -> None:
    """Asked of empty tables, made as the contracts of the marts say."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for model in _models():
            columns = ", ".join(f"{one['name']} {_contracted_type(one['data_type'])}" for one in model["columns"])
            connection.execute(f"create table marts.{model['name']} ({columns})")
        for query in _queries(document.read_text(encoding="utf-8")):
            connection.execute(query)


def test_the_tables_of_the_guide_are_the_marts() -> None:
    written = {name for row in table_rows(TABLES, "table") for name in re.findall(r"`(\w+)`", row[0])}
    assert written == {path.stem for path in (ROOT / "dbt_project" / "models" / "marts").glob("*.sql")}


class Listener:
    """Takes the place of a client and hears what would be asked."""

    def __init__(self) -> None:
        self.calls: set[str] = set()

    def get(self, path: str, **_: object) -> NoReturn:
        self.send("GET", path)

    def send(self, method: str, path: str, **_: object) -> NoReturn:
        self.calls.add(f"{method} {unquote(path)}")
        raise NotFound("heard")


def _calls_beside_endpoints(folder: Path) -> set[str]:
    """What carts, their checks, exports and statements ask for, heard where they ask."""
    ear = Listener()
    carts = Carts(ear, Journal(folder), "tenant", "{customer_id}", "now")  # type: ignore[arg-type]
    nothing = CartWish("", ())
    line = LineWish("{product_id}:{sku_id}:{availability_id}", 1, "one_time")
    for act in (
        lambda: carts.create(nothing),
        lambda: carts.read("{cart_id}"),
        lambda: carts.update("{cart_id}", nothing),
        lambda: carts.checkout("{cart_id}"),
        lambda: check_lines(ear, "{customer_id}", list(questions_of([line])), {}),  # type: ignore[arg-type]
    ):
        with contextlib.suppress(NotFound):
            act()
    about = {"invoice_id": "", "period": "", "currency": ""}
    orders = {f"POST /v1.0{order_for(name, about).path}" for name in EXPORTED}
    return ear.calls | orders | {f"GET {RECEIPT_PATH}"}


def test_every_call_is_in_the_table_of_calls(tmp_path: Path) -> None:
    """Each with what it is for, and a test that exists."""
    rows = table_rows(README, "call")
    declared = {
        (f"{'POST' if endpoint.request else 'GET'} {endpoint.path}", endpoint.name) for endpoint in ENDPOINTS.values()
    }
    written = {(row[0].strip("`"), row[1].strip("`")) for row in rows}
    assert declared - written == set()
    assert _calls_beside_endpoints(tmp_path) - {call for call, _ in written} == set()
    for call, _, use, test in rows:
        assert use, call
        assert (ROOT / test.strip("`")).is_file(), f"{call}: {test}"


def test_break_codes_in_documents_are_in_the_catalogue() -> None:
    """A code that was renamed in the catalogue is renamed here too."""
    lines = (ROOT / "dbt_project" / "seeds" / "break_catalogue.csv").read_text(encoding="utf-8").splitlines()
    codes = {line.split(",", 1)[0] for line in lines[1:]}
    excerpts = set(re.findall(r"^ *([a-z_]+) \((?:low|medium|high|critical)\)", README, re.MULTILINE))
    # Names of raw tables begin with the same words.
    text = README.replace(section_of(README, "Calls"), "")
    named = set(re.findall(r"`((?:not|nothing|invoice|charge|order)_[a-z_]+)`", text)) - {"not_reconciled"}
    assert excerpts
    assert named
    assert (excerpts | named) <= codes


def _models() -> Iterator[dict[str, Any]]:
    for path in (ROOT / "dbt_project" / "models" / "marts").glob("*.yml"):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["models"]


def _seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "dbt_project" / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_the_glossary_has_every_value_that_a_mart_may_show() -> None:
    """Whatever a column is tested to hold: statuses, severities, passes, kinds, reasons."""
    named = set(re.findall(r"`([^`\s]+)`", GLOSSARY))
    for model in _models():
        for column in model["columns"]:
            tests = [one["accepted_values"] for one in column.get("data_tests", []) if "accepted_values" in one]
            may = {str(value) for one in tests for value in one["arguments"]["values"]}
            assert may <= named, f"glossary.md, {model['name']}.{column['name']}: {may - named}"


def test_the_buckets_of_the_glossary_are_those_of_the_lines_in_their_order() -> None:
    (lines,) = [model for model in _models() if model["name"] == "fct_invoice_lines"]
    (bucket,) = [column for column in lines["columns"] if column["name"] == "bucket"]
    written = [row[0].strip("`") for row in table_rows(section_of(GLOSSARY, "Buckets of a line"), "bucket")]
    assert written == re.findall(r"`(\w+)`", bucket["description"])


def test_the_timing_codes_of_the_glossary_are_the_windows() -> None:
    written = [row[0].strip("`") for row in table_rows(GLOSSARY, "code")]
    assert written == [row["timing_code"] for row in _seed("timing_windows")]


def test_the_break_codes_of_the_glossary_are_the_catalogue() -> None:
    written = {(row[1].strip("`"), row[2]) for row in table_rows(GLOSSARY, "question")}
    assert written == {(row["break_code"], row["title"]) for row in _seed("break_catalogue")}


def test_the_verdicts_of_the_glossary_are_those_of_the_mart() -> None:
    model = (ROOT / "dbt_project" / "models" / "marts" / "fct_reconciliation.sql").read_text(encoding="utf-8")
    word = next(row for row in table_rows(GLOSSARY, "word") if row[0] == "verdict")
    verdicts = set(re.findall(r"(?:then|else) '(\w+)'", model))
    assert set(re.findall(r"`(\w+)`", word[1])) == verdicts
    assert {row[1].strip("`") for row in table_rows(GLOSSARY, "of") if row[0] == "a month"} == verdicts


def test_the_files_table_has_what_a_run_makes(tmp_path: Path) -> None:
    """And nothing that no run makes, as far as a path can be asked for without a run."""
    folders = Folders(tmp_path / "data")
    folders.make()
    paths = {name for row in table_rows(FILES, "path") for name in re.findall(r"`([^`]+)`", row[0])}
    made = {path.relative_to(folders.data) for path in folders.data.rglob("*") if not any(path.iterdir())}
    for path in {*made, folders.published.relative_to(folders.data)}:
        assert any(Path(name) in (path, *path.parents) for name in paths), f"files.md: {path}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_relative_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), f"{name_of(document)}: {target}"
        assert found.is_relative_to(ROOT), f"{name_of(document)}: {target}"
        if anchor:
            titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors, f"{name_of(document)}: {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_folders_and_files_that_a_document_names_exist(document: Path) -> None:
    """Paths in backticks, from the root, the document's folder, the packages, or the data directory."""
    written = {name.rstrip("/") for row in table_rows(FILES, "path") for name in re.findall(r"`([^`]+)`", row[0])}
    in_data = {"data", *written, *(name.split("/")[0] for name in written)}
    bases = (ROOT, document.parent, ROOT / "pipelines", ROOT / "dbt_project", ROOT / "pipelines" / "partner_center")
    text = document.read_text(encoding="utf-8")
    made_by_the_reader = set(re.findall(r"[Ww]rite a file `([\w.]+)`", text))
    for code in code_of(text):
        if not re.fullmatch(r"[\w./-]*[\w-](?:/|\.(?:py|sql|csv|yml|toml|lock))", code) or code.startswith(".dlt/"):
            continue
        # A name without a folder may stand for a file anywhere below the document.
        exists = any((base / code).exists() for base in bases) or (
            "/" not in code and any(document.parent.rglob(code))
        )
        assert exists or code.rstrip("/") in in_data | made_by_the_reader, f"{name_of(document)}: {code}"


@pytest.mark.parametrize(
    "folder",
    [
        "pipelines",
        *(f"pipelines/{name}" for name in ("alerting", "analysis", "buying", "partner_center", "plans", "reports")),
        *(f"pipelines/{name}" for name in ("sandbox", "statements")),
    ],
)
def test_a_guide_names_every_module_of_its_folder(folder: str) -> None:
    guide = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    missing = [
        path.name
        for path in sorted((ROOT / folder).glob("*.py"))
        if not path.name.startswith("__") and not re.search(rf"(?<![\w]){re.escape(path.name)}", guide)
    ]
    assert not missing, f"{folder}/README.md does not name {', '.join(missing)}"


def test_the_guide_to_the_tests_names_every_folder() -> None:
    guide = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/*") if path.suffix in (".py", ".json")}
    assert {name for name in folders - {"__pycache__"} if f"`{name}/`" not in guide} == set()


def test_every_folder_with_sources_has_a_guide() -> None:
    """Its own, or that of a folder above it; the root's does not count."""
    tops = ("pipelines", "dbt_project", "notebooks", "tests")
    for top in tops:
        assert (ROOT / top / "README.md").exists(), f"{top} has no README.md"
    for path in _tracked():
        parts = path.relative_to(ROOT).parts
        if parts[0] == "pipelines" and len(parts) > 2:
            assert (ROOT / parts[0] / parts[1] / "README.md").exists(), f"pipelines/{parts[1]} has no README.md"


def test_the_changelog_has_the_version_of_the_package() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    released = re.findall(r"^## (\S+) - \d{4}-\d{2}-\d{2}$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert version is not None
    assert released[0] == version[1]


def test_what_is_unwanted_would_be_found() -> None:
    for pattern in UNWANTED:
        assert re.search(pattern, re.sub(r"[\[\]\\]", "", pattern)), pattern
    assert UNWANTED_WORDS.search("see iss" + "ue 7")
    assert not UNWANTED_WORDS.search("the issuer of invoice 7")


def test_tracked_files_speak_only_of_the_project() -> None:
    """No paths of somebody's machine, no hosts of package registries, no words about how the work was organised."""
    found = []
    for path in _tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        allowed = MAY_LOOK_BESIDE.get(name_of(path), set())
        hits = [pattern for pattern in UNWANTED if pattern not in allowed and re.search(pattern, text)]
        found += [f"{name_of(path)}: {hit}" for hit in hits]
        found += [f"{name_of(path)}: {hit[0]}" for hit in UNWANTED_WORDS.finditer(text)]
    assert not found, "\n".join(found)
