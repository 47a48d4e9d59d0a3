"""What the Tab key offers, asked the way a shell asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.commands import COMMANDS
from pipelines.partner_center.endpoints import ENDPOINTS
from pipelines.reports.questions import questions
from pipelines.warehouse import Folders, open_published
from tests.published_marts import publish_example


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data = publish_example(tmp_path / "data")
    monkeypatch.setenv("RECON_DATA_DIR", str(data))
    monkeypatch.chdir(tmp_path)
    return data


def offered(*typed: str) -> list[str]:
    """What is offered for the last word."""
    shell = ShellComplete(cli, {}, "recon", "_RECON_COMPLETE")
    return [item.value for item in shell.get_completions(list(typed[:-1]), typed[-1])]


def column(data: Path, query: str) -> list[str]:
    with open_published(Folders(data)) as connection:
        return [row[0] for row in connection.execute(query).fetchall()]


def test_commands_options_and_choices() -> None:
    assert set(offered("")) == {command.name for command in COMMANDS}
    assert offered("expl") == ["explain"]
    assert "--fail-on" in offered("check", "--")
    assert offered("check", "--fail-on", "h") == ["high"]
    assert set(offered("catalog", "")) == {"products", "skus", "availabilities", "inventory"}


def test_breaks_and_invoices_of_the_published_file(published: Path) -> None:
    breaks = column(published, "select break_id from marts.fct_breaks where status <> 'resolved'")
    invoices = column(published, "select invoice_id from marts.fct_invoices")
    assert breaks
    assert set(offered("explain", "")) == {*breaks, *invoices}
    assert set(offered("explain", breaks[0][:6])) == {one for one in breaks if one.startswith(breaks[0][:6])}
    assert set(offered("disputes", "")) == set(breaks)
    assert set(offered("statements", invoices[0])) == {invoices[0]}


def test_months_and_currencies_of_the_published_file(published: Path) -> None:
    months = column(published, "select distinct period from marts.fct_reconciliation order by 1 desc")
    for asked in (["close", ""], ["reopen", ""], ["check", "--period", ""], ["accruals", "--period", ""]):
        assert offered(*asked) == months, asked
    assert offered("close", "2026-09", "--currency", "e") == ["EUR"]


def test_what_can_be_loaded() -> None:
    assert offered("load", "orders", "") == list(ENDPOINTS)
    assert offered("load", "invoice_l") == ["invoice_line_items"]


def test_saved_questions() -> None:
    assert set(offered("sql", "--question", "")) == set(questions())


def test_enquiries_as_the_option_takes_them(published: Path) -> None:
    folder = Folders(published).enquiries
    folder.mkdir(parents=True)
    for name in ("2026-09-12T000000Z", "2026-09-13T083000.000001Z"):
        (folder / f"{name}.duckdb").touch()
    assert offered("check", "--as-of", "") == ["2026-09-12T00:00:00Z", "2026-09-13T08:30:00.000001Z"]


def test_profiles(published: Path, tmp_path: Path) -> None:
    secrets = tmp_path / ".dlt" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text("[profiles.contoso]\nrecon_sweep_days = 1\n[profiles.fabrikam]\nrecon_sweep_days = 1\n")
    secrets.chmod(0o600)
    assert offered("--profile", "") == offered("check", "--profile", "") == ["contoso", "fabrikam"]
    # Of a partner of whom nothing is published.
    assert offered("--profile", "contoso", "explain", "") == []


def test_nothing_is_offered_and_nothing_said_where_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECON_DATA_DIR", str(tmp_path / "data"))
    assert offered("explain", "") == []
    assert capsys.readouterr() == ("", "")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_says_how_to_keep_it(shell: str) -> None:
    done = CliRunner().invoke(cli, ["completion", shell], prog_name="recon")
    assert done.exit_code == 0
    first, rest = done.stdout.split("\n", 1)
    assert first.startswith("# for good: ")
    assert f"recon completion {shell}" in first
    assert f"_RECON_COMPLETE={shell}_complete" in rest


def test_the_program_answers_a_shell(published: Path) -> None:
    """Through the real entry point, by the protocol of bash."""
    asked = subprocess.run(
        [sys.executable, "-c", "from pipelines.cli import main; main()"],
        env={"COMP_WORDS": "recon che", "COMP_CWORD": "1", "_RECON_COMPLETE": "bash_complete", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert (asked.stdout, asked.stderr) == ("plain,check\n", "")
