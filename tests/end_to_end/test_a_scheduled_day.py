"""The whole day in one command: quiet when all is well, loud when not, and publishing stands whatever fails after."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import filelock

from tests.alerting.receiver import SECRET, receiver
from tests.end_to_end.desk import Desk, copy_of


def log_of(desk: Desk) -> list[dict[str, object]]:
    """The newest log of a day."""
    newest = max((desk.data / "logs").glob("*-daily-*.jsonl"))
    return [json.loads(line) for line in newest.read_text().splitlines()]


def test_a_day_by_itself(finished: Desk, tmp_path: Path) -> None:
    """One run's worth of days: a good one, one with a deaf receiver, one that fails, one that is locked out."""
    desk = replace(finished, data=copy_of(finished, tmp_path))
    old = desk.data / "logs" / "20260101T000000-run-1.jsonl"
    old.write_text("{}\n")
    os.utime(old, (0, time.time() - 100 * 86_400))
    with receiver() as inbox:
        shown = desk.recon("daily", "--dry-run")
        assert f"would be removed: {old} (log older than 90 days)" in shown.stdout
        assert old.exists()

        # Nobody listens: published and reported all the same.
        inbox.answer(404)
        deaf = desk.recon("daily", "--json", RECON_ALERT_URL=inbox.url)
        assert deaf.returncode == 7, deaf.stderr
        assert "alert: the alert did not reach 127.0.0.1: it answered 404" in deaf.stderr
        assert SECRET not in deaf.stderr + deaf.stdout
        facts = json.loads(deaf.stdout)
        assert (facts["generation"], facts["is_new"], facts["removed_files_count"]) == (1, False, 1)
        assert not old.exists()
        assert all(Path(path).stat().st_size > 10_000 for path in facts["reports"].values())

        # The next time somebody does, and all is well.
        inbox.answer(200)
        good = desk.recon("daily", RECON_ALERT_URL=inbox.url)
        assert (good.returncode, good.stderr) == (0, "")
        [line] = good.stdout.splitlines()
        assert line.startswith("recon daily: nothing new, still generation 1; ")
        [body] = inbox.bodies
        [(count,)] = desk.published(
            "select count(*) from marts.fct_breaks where severity in ('high', 'critical') and status <> 'resolved'"
        )
        assert body["recon"]["counts"]["new"] == count
        assert "statement" in {one["event"] for one in log_of(desk)}

        # A sign-in that is refused fails the run; what was published stays, and the alert is sent before it ends.
        failed = desk.recon("daily", RECON_ALERT_URL=inbox.url, SOURCES__PARTNER_CENTER__CLIENT_SECRET="wrong-secret")
        assert failed.returncode == 3, failed.stderr
        assert failed.stdout == ""
        assert inbox.bodies[1]["recon"]["runs"][0]["event"] == "run_failed"
        assert desk.published("select generation from recon_meta.build_info") == [(1,)]

        with filelock.FileLock(desk.data / "run.lock"):
            locked = desk.recon("daily", RECON_ALERT_URL=inbox.url)
        assert locked.returncode == 5
        assert len(inbox.bodies) == 2
