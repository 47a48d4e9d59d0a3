"""Every command that a document asks the reader to type is run, on copies of a finished desk.

What a test cannot give is named below, with the reason; and a name that no document has is a mistake, too.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.commands.failures import failure_of
from pipelines.commands.output import Asked
from pipelines.sandbox import DEFAULT_CLOCK, World
from pipelines.warehouse import Folders
from tests.documents import ANALYSTS, DOCUMENTS, README, ROOT, name_of, shell_commands
from tests.end_to_end.desk import Desk, copy_of

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = {path: found for path in DOCUMENTS if (found := shell_commands(path.read_text(encoding="utf-8")))}

# By their beginning.
NOT_RUN = {
    "make demo": ".ci/run runs it as a newcomer does",
    "make test": "these are the tests",
    "make lint": ".ci/run runs it",
    "make prove": "takes minutes: whole runs of other businesses",
    "make bench": "takes minutes and half a million lines",
    "make notebook": "a server that runs until it is stopped",
    "marimo run": "the same; tests/notebooks/test_export.py runs notebooks cold",
    "recon notebooks": "each notebook starts a Python of its own; tests/notebooks/test_export.py has it",
    "make notebooks-html": "the same",
    "recon sandbox": "a server that runs until it is stopped; tests/sandbox/test_sandbox_server.py starts it",
    "chmod 600 .dlt/secrets.toml": "a file with secrets of one's own",
    "read -r -s CLIENT_SECRET": "asks at the keyboard",
    "curl -s https://login.microsoftonline.com": "needs a real tenant and a consent in a browser",
    "RECON_BUILD_DATABASE=<file> dbt build": "dbt without the program; tests/dbt/test_models.py calls it",
}
# The desk's server holds the demo's business, only smaller: the planted breaks are the same.
STANDS_FOR = {"recon demo": "recon run"}
# A verdict, and what the data has nothing of, are exit codes of their own.
ENDS_WITH = {
    "recon check": 1,
    "recon check --period 2026-09 --fail-on medium": 1,
    "RECON_PROFILE=contoso recon check": 1,
    # The desk has no webhook.
    "recon alert --check-stale": 4,
    # Right after a first run nothing is known of earlier moments.
    "RECON_AS_OF=2026-09-12T00:00:00Z recon run": 4,
    "recon check --as-of 2026-09-12T00:00:00Z": 4,
    'recon sql --as-of 2026-09-12T00:00:00Z "select * from marts.fct_reconciliation order by period, currency"': 4,
}
# dbt keeps much to itself: it gets a process of its own.
IN_A_PROCESS = {"run", "daily"}
# Of these nothing is changed, so nothing has to be copied.
ONLY_LOOKS = {"sql", "explain", "check"}
# Files that a document tells the reader to write.
WRITTEN = {"claim.csv": ANALYSTS / "tutorial.md"}


@dataclass(frozen=True)
class Typed:
    """A command as the program gets it."""

    settings: Mapping[str, str]
    words: tuple[str, ...]
    output: str | None


@dataclass(frozen=True)
class Said:
    """What came of a command."""

    exit_code: int
    output: str
    errors: str


def reason_not_run(command: str) -> str | None:
    """Why a test cannot run it; None where it can."""
    return next((reason for start, reason in NOT_RUN.items() if command.startswith(start)), None)


def recipe_of(target: str) -> str:
    """The `recon` call of a make target."""
    found = re.search(rf"^{target}:.*\n\t@\$\(RUN\) (.+)$", MAKEFILE, re.MULTILINE)
    assert found is not None, f"make {target} calls no command: run it another way, or name it in NOT_RUN"
    return found[1]


def typed(command: str) -> Typed:
    """Settings in front, the words of `recon`, and the file behind `>`."""
    words = shlex.split(command)
    settings = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        settings[name] = value
    output = words[words.index(">") + 1] if ">" in words else None
    words = words[: words.index(">")] if ">" in words else words
    if words[0] == "make":
        given = dict(word.split("=", 1) for word in words[2:])
        settings |= {"RECON_PROFILE": given["PROFILE"]} if "PROFILE" in given else {}
        call = re.sub(r"\$\((\w+)\)", lambda name: given.get(name[1], ""), recipe_of(words[1]))
        words = ["recon", *shlex.split(call)]
    assert words[0] == "recon", f"{command}: run it, or name it in NOT_RUN with the reason"
    return Typed(settings, tuple(words[1:]), output)


@pytest.fixture
def desk(document: Path, finished: Desk, tmp_path: Path) -> Desk:
    """A copy of the finished desk for one document; the desk itself where the document only looks."""
    calls = [typed(command).words[0] for command, _ in COMMANDS[document] if not reason_not_run(command)]
    if set(calls) <= ONLY_LOOKS:
        return finished
    copied = replace(finished, data=copy_of(finished, tmp_path))
    # As a demo leaves it: what names the command of the next result names the demo.
    Folders(copied.data).demo_note.write_text('{"options": []}', encoding="utf-8")
    return copied


@pytest.fixture
def known(desk: Desk) -> dict[str, str]:
    """What stands for the names in capitals."""
    ((customer, product, sku, availability, invoice),) = desk.published(
        "select lines.customer_id, lines.product_id, lines.sku_id, offers.availability_id, lines.invoice_id "
        "from marts.fct_invoice_lines as lines join marts.dim_availabilities as offers using (product_id, sku_id) "
        "join marts.dim_customers as customers using (customer_id) "
        "where lines.bucket = 'matched' and customers.country = 'DE' and offers.country = 'DE' "
        "and offers.is_purchasable order by lines.invoice_line_id limit 1"
    )
    ((break_id,),) = desk.published("select min(break_id) from marts.fct_breaks where status <> 'resolved'")
    return {
        "CUSTOMER_ID": customer,
        "PRODUCT_ID": product,
        "SKU_ID": sku,
        "AVAILABILITY_ID": availability,
        "INVOICE_ID": invoice,
        "BREAK_ID": break_id,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the reader stands, with the files that they were told to write."""
    here = tmp_path / "here"
    here.mkdir()
    for name, document in WRITTEN.items():
        block = re.search(r"^```csv\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        assert block is not None, name
        (here / name).write_text(block[1], encoding="utf-8")
    with chdir(here):
        yield here


def environment_of(desk: Desk) -> dict[str, str]:
    """The settings of the desk, for everybody and for the partner `contoso`."""
    mine = desk.environment()
    own = {name: value for name, value in mine.items() if name.startswith(("SOURCES__", "RECON_DATA_DIR"))}
    return mine | {f"PROFILES__CONTOSO__{name}": value for name, value in own.items()}


def run(desk: Desk, call: Typed) -> Said:
    """Runs it as typed; what only reads, in this process."""
    environment = environment_of(desk) | call.settings
    if IN_A_PROCESS & set(call.words):
        command = [sys.executable, "-m", "pipelines", *call.words]
        done = subprocess.run(
            command,
            env=environment | {"PYTHONPATH": os.fspath(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = Said(done.returncode, done.stdout, done.stderr)
    else:
        result = CliRunner(env=environment).invoke(cli, call.words, prog_name="recon", obj=Asked())
        ended = result.exception is None or isinstance(result.exception, SystemExit)
        code = result.exit_code if ended else failure_of(result.exception, "", None).exit_code
        said = Said(code, result.stdout, result.stderr + ("" if ended else str(result.exception)))
    if call.output:
        Path(call.output).write_text(said.output, encoding="utf-8")
    return said


def is_said(line: str, output: list[str]) -> bool:
    """Whether the program says what a document shows; `…` stands for whatever was left out."""
    pattern = ".*".join(re.escape(part.rstrip() if index else part) for index, part in enumerate(line.split("…")))
    return any(re.fullmatch(pattern, said.rstrip()) for said in output)


@pytest.mark.parametrize(
    "document",
    [path for path, found in COMMANDS.items() if not all(reason_not_run(command) for command, _ in found)],
    ids=name_of,
)
def test_every_command_of_a_document_runs(document: Path, desk: Desk, known: dict[str, str], folder: Path) -> None:
    """In the order in which the document has them, one after the other on the same data; and says what is shown."""
    for command, shown in COMMANDS[document]:
        if reason_not_run(command):
            continue
        filled = re.sub("|".join(known), lambda name: known[name[0]], STANDS_FOR.get(command, command))
        said = run(desk, typed(filled))
        assert said.exit_code == ENDS_WITH.get(command, 0), f"{command}\n{said.output[-2000:]}\n{said.errors[-2000:]}"
        output = said.output.splitlines()
        assert [line for line in shown if not is_said(line, output)] == [], f"{command}\n{said.output}"


def test_what_the_demo_is_said_to_plant_is_what_the_sandbox_holds(world: World) -> None:
    planted = len(list(world.truth(DEFAULT_CLOCK)))
    told = f"planted by the sandbox: {planted} breaks; found: {planted}: the same, code by code"
    assert told in README
    assert told in (ANALYSTS / "tutorial.md").read_text(encoding="utf-8")


def test_what_is_not_run_or_ends_otherwise_stands_in_a_document() -> None:
    everything = [command for found in COMMANDS.values() for command, _ in found]
    assert [start for start in NOT_RUN if not any(command.startswith(start) for command in everything)] == []
    assert {*ENDS_WITH, *STANDS_FOR} <= set(everything)
    # Who is said to look instead, exists.
    for reason in NOT_RUN.values():
        assert all((ROOT / path).exists() for path in re.findall(r"(?:tests/|\.ci/)[\w/.]*\w", reason)), reason


def test_every_make_target_and_test_file_in_a_command_exists() -> None:
    for document, commands in COMMANDS.items():
        for command, _ in commands:
            words = shlex.split(command)
            if words[0] != "make":
                continue
            assert re.search(rf"^{words[1]}:.*## ", MAKEFILE, re.MULTILINE), f"{name_of(document)}: {command}"
            for path in re.findall(r"tests/[\w/.]+", command):
                assert (ROOT / path).exists(), f"{name_of(document)}: {path}"
