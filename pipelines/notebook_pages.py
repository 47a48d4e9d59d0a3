"""Notebooks as html pages, each run cold in a process of its own, with the published result or an enquiry.

A page holds its data and asks nobody for it. Its scripts are marimo's: by default from the network that marimo names,
else from where `assets` says, which may be a folder of your own web server.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelines.errors import ReconError, UsageError
from pipelines.files import write_atomically

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
_AT_ONCE = 2
_LONGEST_SECONDS = 600
_MARIMOS_SCRIPTS = re.compile(r"https://cdn\.jsdelivr\.net/npm/@marimo-team/frontend@[^/\"]+/dist")


def notebook_names() -> list[str]:
    """The notebooks that there are, by the names of their files."""
    return sorted(path.stem for path in NOTEBOOKS.glob("*.py"))


def export(
    names: Sequence[str], out: Path, data_dir: Path, as_of: str | None = None, assets: str | None = None
) -> list[Path]:
    """Writes one html page a notebook into a folder; without names all.

    Shape:   the pages, in the order of their names; `as_of` is the moment of an enquiry.
    Errors:  UsageError for a notebook that there is not, ReconError with marimo's words when one does not run.
    """
    known = notebook_names()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"no notebook `{unknown[0]}`; there are {', '.join(known)}")
    wanted = sorted(set(names)) or known
    arguments = ["--data-dir", os.fspath(data_dir), *(["--as-of", as_of] if as_of else [])]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        pages = list(pool.map(lambda name: _page(name, arguments), wanted))
    written = []
    for name, page in zip(wanted, pages, strict=True):
        file = out / f"{name}.html"
        text = _MARIMOS_SCRIPTS.sub(lambda _: assets.rstrip("/"), page) if assets else page
        write_atomically(file, text.encode())
        written.append(file)
    return written


def _page(name: str, arguments: Sequence[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / f"{name}.html"
        command = [sys.executable, "-m", "marimo", "-y", "export", "html", os.fspath(NOTEBOOKS / f"{name}.py")]
        done = subprocess.run(  # noqa: S603
            [*command, "--no-include-code", "-o", os.fspath(page), "--", *arguments],
            capture_output=True,
            encoding="utf-8",
            timeout=_LONGEST_SECONDS,
            check=False,
        )
        if done.returncode or not page.exists():
            said = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise ReconError(f"notebook {name} did not run:\n{said}\n`marimo edit notebooks/{name}.py` shows where")
        return page.read_text(encoding="utf-8")
