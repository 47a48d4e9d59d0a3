"""`make bench`: the whole job on 500,000 lines, and a plain dlt source on the same server, in one run.

python -m tests.bench [SCALE]      25 is 500,000 lines
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One command: wall seconds, peak resident memory and what it printed."""

    seconds: float
    peak_bytes: int
    output: str


def measure(command: list[str], **settings: str) -> Measured:
    """Runs a command and looks at its memory when it has ended.

    Errors:  SystemExit when the command fails.
    """
    started = time.monotonic()
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{output}")
    return Measured(time.monotonic() - started, usage.ru_maxrss * 1024, output)


def report(name: str, rows: int, measured: Measured) -> None:
    """One line of the result."""
    rate = rows / measured.seconds
    print(
        f"{name:<34}{rows:>10,} rows {measured.seconds:>8.1f} s {rate:>9,.0f} rows/s "
        f"{measured.peak_bytes / 1e6:>8,.0f} MB peak",
        flush=True,
    )


def main() -> None:
    """Starts the server, measures, prints."""
    scale = sys.argv[1] if len(sys.argv) > 1 else "25"
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.server", scale], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            measure_all(url, Path(folder))
    finally:
        server.terminate()
        server.wait()
    subprocess.run([sys.executable, "-m", "tests.bench.exports"], check=True)


def measure_all(url: str, folder: Path) -> None:
    """All measurements on one server."""
    section = "SOURCES__PARTNER_CENTER__"
    settings = {
        f"{section}BASE_URL": url,
        f"{section}AUTHORITY_URL": url,
        f"{section}GRAPH_URL": f"{url}/v1.0",
        f"{section}PARTNER_API_URL": url,
        # The plain source beside it reads the same pages; exports have a measurement of their own.
        f"{section}LINE_ITEMS_API": "v1",
        f"{section}TENANT_ID": "sandbox",
        f"{section}CLIENT_ID": "bench",
        f"{section}CLIENT_SECRET": "sandbox-secret",
        f"{section}REFRESH_TOKEN": "bench-lines",
        f"{section}REQUESTS_PER_MINUTE": "100000",
        "RECON_DATA_DIR": str(folder / "recon"),
        "RECON_AS_OF": "2026-10-14T09:00:00Z",
    }
    recon = [sys.executable, "-m", "pipelines"]
    lines_only = measure([*recon, "load", "invoice_line_items"], **settings)
    count = measure([sys.executable, "-c", COUNT_LINES, str(folder / "recon" / "build" / "warehouse.duckdb")])
    rows = int(count.output)
    report("recon load, lines only", rows, lines_only)
    plain = folder / "plain"
    plain.mkdir()
    measured = measure([sys.executable, "-m", "tests.bench.plain_dlt", url, str(plain)])
    report("dlt rest_api_source, lines only", int(measured.output.split()[-1]), measured)
    # A sign-in replaces the refresh token it used, so each directory begins with one of its own.
    whole = settings | {"RECON_DATA_DIR": str(folder / "whole"), f"{section}REFRESH_TOKEN": "bench-whole"}
    report("recon run, everything", rows, measure([*recon, "run"], **whole))
    report("recon run without news", rows, measure([*recon, "run"], **whole))


COUNT_LINES = """
import duckdb, sys
print(duckdb.connect(sys.argv[1], read_only=True).execute(
    "select count(*) from partner_center_raw.invoice_line_items").fetchone()[0])
"""

if __name__ == "__main__":
    main()
