"""A program that starts the sandbox reads its address from one document, while the sandbox works on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

from tests.signals import heard


def test_the_sandbox_says_its_address_first_and_works_on() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "sandbox", "--port", "0", "--scale", "0.01", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=heard,
    )
    try:
        assert process.stdout is not None
        said = ""
        while not said.endswith("\n}\n"):
            said += process.stdout.readline()
        found = json.loads(said)
        assert found["url"].startswith("http://127.0.0.1:")
        assert found["environment"]["SOURCES__PARTNER_CENTER__BASE_URL"] == found["url"]
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        assert (rest, process.returncode) == ("", 0)
    finally:
        process.kill()
        process.communicate()
