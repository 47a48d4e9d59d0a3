"""`recon statements` as it is called: what it prints, and the exit code that says how it went."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.demo import sandbox_environment
from pipelines.sandbox import DEFAULT_CLOCK, Faults, SandboxApp, build_world, serve

Recon = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def app() -> SandboxApp:
    return SandboxApp(build_world(scale=0.01))


@pytest.fixture
def recon(
    app: SandboxApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Recon]:
    """Calls the program against the sandbox: exit code and output."""
    app.faults.switch(Faults())
    with serve(app) as server:
        for name, value in sandbox_environment(server.url, DEFAULT_CLOCK).items():
            monkeypatch.setenv(name, value)
        # A consent of its own: the last one's token was rotated in another data directory.
        monkeypatch.setenv("SOURCES__PARTNER_CENTER__REFRESH_TOKEN", f"consent-{uuid.uuid4().hex}")
        monkeypatch.setenv("RECON_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.chdir(tmp_path)

        def call(*words: str) -> tuple[int, str]:
            monkeypatch.setattr(sys, "argv", ["recon", *words])
            code = 0
            try:
                cli.main()
            except SystemExit as stop:
                code = int(stop.code or 0)
            return code, "".join(capsys.readouterr())

        yield call


def documents(app: SandboxApp, count: int) -> list[str]:
    return [one.id for one in app.world.documents if one.at <= DEFAULT_CLOCK and one.currency == "USD"][:count]


def test_a_named_statement_is_downloaded_read_and_shown(app: SandboxApp, recon: Recon, tmp_path: Path) -> None:
    invoice_id = documents(app, 1)[0]
    code, said = recon("statements", invoice_id)
    assert code == 0, said
    assert f"{invoice_id}.pdf: Total (including Tax) USD" in said
    assert "1 downloaded" in said
    assert (tmp_path / "data" / "statements" / f"{invoice_id}.pdf").read_bytes().startswith(b"%PDF-")
    code, said = recon("statements", invoice_id)
    assert (code, "1 were there" in said) == (0, True)


def test_one_that_cannot_be_had_is_named_and_the_exit_code_says_so(app: SandboxApp, recon: Recon) -> None:
    bad, good = documents(app, 2)
    app.faults.switch(Faults(error_statements=(bad,)))
    code, said = recon("statements", bad, good)
    assert code == 6
    assert f"not downloaded: {bad}: " in said
    assert f"{good}.pdf: " in said


def test_for_programs_there_is_json(app: SandboxApp, recon: Recon) -> None:
    good, picture = documents(app, 2)
    app.faults.switch(Faults(picture_statements=(picture,)))
    code, said = recon("statements", "--json", good, picture)
    assert code == 0
    rows = {row["invoice_id"]: row for row in json.loads(said[said.index("[\n") : said.rindex("]") + 1])}
    assert (rows[good]["currency"], rows[good]["reason"]) == ("USD", None)
    assert (rows[picture]["printed_total"], rows[picture]["reason"]) == (None, "there is no text in the PDF")


def test_wrong_usage_is_said_so(recon: Recon, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = recon("statements", "G-none")
    assert (code, "no invoice `G-none`" in said) == (4, True)
    monkeypatch.delenv("SOURCES__PARTNER_CENTER__REFRESH_TOKEN")
    code, said = recon("statements")
    assert (code, "app-only" in said) == (4, True)
