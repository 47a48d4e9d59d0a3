"""The whole job on the built-in sandbox: a pretend Partner Center in a process of its own, on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from pipelines.errors import ReconError, UsageError
from pipelines.files import write_atomically
from pipelines.settings import SECTION, Settings
from pipelines.warehouse import Folders

SANDBOX_TENANT = "sandbox"
READY = "sandbox ready at "


def claim_business(folders: Folders, options: Sequence[str]) -> None:
    """One data directory holds one pretend business: two of them read into one would be a third that nobody planted.

    Shape:   `options` are those of `recon demo` that name another business than the usual one.
    Errors:  UsageError when another one was read into it.
    """
    mine = {"options": list(options)}
    note, source = folders.demo_note, folders.landing / "source.json"
    if note.exists():
        if json.loads(note.read_text(encoding="utf-8")) != mine:
            raise UsageError(
                f"{folders.data} holds the business of `{folders.next_run}`; set RECON_DATA_DIR to another folder "
                "for another one"
            )
    elif not source.exists() or json.loads(source.read_text(encoding="utf-8")).get("tenant_id") == SANDBOX_TENANT:
        write_atomically(note, json.dumps(mine).encode())


def compared(
    planted: Mapping[str, int], found: Mapping[str, int], *, why_not: str = ""
) -> tuple[tuple[str, ...], bool]:
    """What was planted beside what was found, in lines, and whether the program has passed.

    Shape:   `why_not` says why the two need not be the same; then a difference is nobody's fault.
    """
    there = f"planted by the sandbox: {sum(planted.values())} breaks; found: {sum(found.values())}"
    if planted == found:
        return (f"{there}: the same, code by code",), True
    blame = f"not the same, {why_not}" if why_not else "NOT the same: this is a fault of the program"
    codes = (code for code in sorted({*planted, *found}) if planted.get(code, 0) != found.get(code, 0))
    lines = (f"  {code}: planted {planted.get(code, 0)}, found {found.get(code, 0)}" for code in codes)
    return (f"{there}: {blame}", *lines), bool(why_not)


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
