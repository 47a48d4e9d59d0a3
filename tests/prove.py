"""`make prove`: many pretend businesses, each loaded, built and read a second time.

python -m tests.prove [COUNT] [FIRST_SEED]

For each seed, three months of business: the breaks found are the planted ones, code by code, subject by subject and
to the cent; lines, order items and documents are what a second implementation makes of the same raw tables; every
check of the build holds (a build that breaks one publishes nothing). Then ANY_WORLDS hostile businesses that no plan
made (`tests/dbt/test_any_world.py`). It takes minutes, so it is no part of the tests.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.sandbox import build_world
from tests.end_to_end.desk import SCALE, open_desk
from tests.independent.opinions import disagreements, opinions_of

COUNT = 20
FIRST_SEED = 101
WORKERS = 2
ANY_WORLDS = 100
SHOWN = 10


def prove(seed: int) -> tuple[int, Counter[str], int, list[str]]:
    """One business: seed, found breaks by code, rows compared, and what does not agree."""
    with tempfile.TemporaryDirectory() as folder, open_desk(build_world(seed, SCALE), Path(folder) / "data") as desk:
        done = desk.recon("run")
        if done.returncode != 0:
            return seed, Counter(), 0, (done.stdout + done.stderr).splitlines()[-SHOWN:]
        opinions = opinions_of(desk)
        rows = sum(frame.height for frame, _ in (opinions.lines, opinions.items, opinions.documents))
        return seed, Counter(row[0] for row in opinions.breaks[1]), rows, list(disagreements(opinions))


def main() -> int:
    """Proves all seeds; 1 when any does not agree."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    codes: Counter[str] = Counter()
    rows = failed = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for seed, found, compared, wrong in pool.map(prove, range(first, first + count)):
            print(
                f"seed {seed}: {found.total()} breaks, {compared:,} rows compared, {len(wrong)} differences",
                flush=True,
            )
            for line in wrong[:SHOWN]:
                print(f"  {line}")
            codes += found
            sys.stdout.flush()
            rows += compared
            failed += bool(wrong)
    print(
        f"{count} businesses, {codes.total():,} breaks of {len(codes)} codes, {rows:,} rows compared, {failed} differ"
    )
    for code, number in sorted(codes.items()):
        print(f"  {code:32}{number:6}")
    os.environ["RECON_PROVE_WORLDS"] = str(ANY_WORLDS)
    return 1 if failed or pytest.main(["tests/dbt/test_any_world.py"]) else 0


if __name__ == "__main__":
    sys.exit(main())
