"""The whole job on the built-in sandbox: a pretend Partner Center in a process of its own, on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from pipelines.errors import ReconError
from pipelines.settings import SECTION, Settings

SANDBOX_TENANT = "sandbox"
READY = "sandbox ready at "


@contextmanager
def sandbox_process(*, scale: float, seed: int) -> Iterator[str]:
    """A running sandbox; its URL. It ends with the block.

    Errors:  ReconError when it does not start.
    """
    command = [
        sys.executable,
        "-m",
        "pipelines",
        "sandbox",
        "--port",
        "0",
        "--scale",
        str(scale),
        "--seed",
        str(seed),
    ]
    # In a session of its own: a Ctrl-C is for us, and we end it.
    process = subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith(READY):
            raise ReconError(f"the sandbox did not start: {line.strip() or 'no output'}")
        yield line.removeprefix(READY).split()[0]
    finally:
        process.terminate()
        process.wait(timeout=20)


def demo_settings(settings: Settings, url: str, as_of: datetime) -> Settings:
    """The given settings, pointed at the sandbox and its clock."""
    return replace(
        settings,
        base_url=url,
        authority_url=url,
        graph_url=f"{url}/v1.0",
        partner_api_url=url,
        partner_api_authority_url=url,
        tenant_id=SANDBOX_TENANT,
        client_id="recon-demo",
        client_secret="sandbox-secret",  # noqa: S106 - the pretend tenant's
        refresh_token="sandbox-refresh",  # noqa: S106 - the pretend tenant's
        requests_per_minute=100_000,
        as_of=as_of,
    )


def sandbox_environment(url: str, clock: datetime) -> dict[str, str]:
    """What to set so that `recon` reads a sandbox that runs elsewhere."""
    return {
        f"{SECTION}BASE_URL": url,
        f"{SECTION}AUTHORITY_URL": url,
        f"{SECTION}GRAPH_URL": f"{url}/v1.0",
        f"{SECTION}PARTNER_API_URL": url,
        f"{SECTION}TENANT_ID": SANDBOX_TENANT,
        f"{SECTION}CLIENT_ID": "any",
        f"{SECTION}CLIENT_SECRET": "any",
        f"{SECTION}REFRESH_TOKEN": "any",
        f"{SECTION}REQUESTS_PER_MINUTE": "100000",
        "RECON_DATA_DIR": "data-of-the-sandbox",
        "RECON_AS_OF": clock.isoformat(),
    }


def planted_breaks(url: str) -> dict[str, int]:
    """How many breaks of each code the sandbox planted and expects to be found."""
    with urllib.request.urlopen(f"{url}/_sandbox/truth", timeout=60) as answer:  # noqa: S310 - loopback
        truth = json.load(answer)
    counts: dict[str, int] = {}
    for planted in truth:
        counts[planted["break_code"]] = counts.get(planted["break_code"], 0) + 1
    return counts
