"""Setting up on a machine that lacks something: one message that names it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def set_up_with(python: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the set-up with a stand-in for python3."""
    stand_in = folder / "python3"
    stand_in.write_text(f"#!/bin/sh\n{python}\n")
    stand_in.chmod(0o755)
    return subprocess.run(
        ["sh", str(ROOT / ".ci" / "setup"), str(folder / "venv")],
        env=os.environ | {"PYTHON": str(stand_in)},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_a_python_without_venv_gets_the_name_of_the_package(tmp_path: Path) -> None:
    done = set_up_with('case "$*" in *ensurepip*) exit 1;; esac', tmp_path)
    assert done.returncode == 4
    assert "apt-get install python3-venv" in done.stderr


def test_an_old_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    done = set_up_with('case "$*" in *--version*) echo Python 3.9.2;; *) exit 1;; esac', tmp_path)
    assert done.returncode == 4
    assert "3.11" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_the_lock_pins_every_package_with_hashes_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^[a-z0-9][^\s]*==", lock, re.MULTILINE | re.IGNORECASE)
    assert len(pins) > 100
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock


def test_extras_stay_in_the_lock_so_that_plain_pip_takes_it() -> None:
    assert re.search(r"^mashumaro\[msgpack\]==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
