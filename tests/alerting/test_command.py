"""`recon alert` as it is typed, against a receiver on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.alerting.conftest import Post
from tests.alerting.receiver import SECRET, Receiver


def recon(post: Post, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs the program in the data directory of the small published result."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("RECON_", "SOURCES__"))}
    mine = {"RECON_DATA_DIR": str(post.folders.data), "RECON_AS_OF": "2026-09-15T08:00:00Z"}
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments],
        env=outside | mine | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_tells_once_says_so_and_is_quiet_about_the_address(post: Post, inbox: Receiver) -> None:
    shown = recon(post, "alert", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "break b1" in shown.stdout
    assert inbox.requests == 0

    inbox.answer(404, b"no_service")
    refused = recon(post, "alert", RECON_ALERT_URL=inbox.url)
    assert refused.returncode == 7
    assert "did not reach 127.0.0.1: it answered 404 (no_service)" in refused.stderr
    assert SECRET not in refused.stderr + refused.stdout

    inbox.answer(200)
    sent = recon(post, "alert", "--json", RECON_ALERT_URL=inbox.url)
    assert sent.returncode == 0, sent.stderr
    facts = json.loads(sent.stdout)
    assert (facts["command"], facts["is_sent"], facts["breaks_count"]) == ("alert", True, 5)
    assert facts["message"]["breaks"] == inbox.bodies[0]["recon"]["breaks"]

    again = recon(post, "alert", "--check-stale", RECON_ALERT_URL=inbox.url, RECON_AS_OF="2026-09-16T13:00:00Z")
    assert again.stdout == "told: Billing reconciliation: nothing was published\n"
    assert "nothing was published for 31 hours" in inbox.texts()[1]


def test_without_an_address_it_names_the_setting(post: Post) -> None:
    done = recon(post, "alert")
    assert done.returncode == 4
    assert "RECON_ALERT_URL is not set" in done.stderr
