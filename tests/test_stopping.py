"""A signal ends the waits of all threads, and the process says by its exit code which signal it was."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.signals import heard

# A thread that waits for a long time, as one does after a Retry-After, and a main thread that waits for it.
PROGRAM = """
import sys, threading
from pipelines import stopping

stopping.listen()
ended = threading.Event()

def work():
    try:
        stopping.sleep(600)
    except stopping.Stopped:
        ended.set()

worker = threading.Thread(target=work)
worker.start()
try:
    print("waiting", flush=True)
    worker.join()
except KeyboardInterrupt as stop:
    print("thread ended" if ended.wait(20) else "thread still waits", flush=True)
    stopping.end_process(stopping.exit_code(stop))
"""
# A thread that no signal reaches: it is in a request.
DEAF = PROGRAM.replace("stopping.sleep(600)", "threading.Event().wait(600)").replace("ended.wait(20)", "False")


def stopped(program: str, how: signal.Signals) -> tuple[int, str]:
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, preexec_fn=heard)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(how)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said.strip()
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_waits_of_all_threads(how: signal.Signals, code: int) -> None:
    assert stopped(PROGRAM, how) == (code, "thread ended")


def test_a_thread_in_a_request_does_not_hold_the_process() -> None:
    assert stopped(DEAF, signal.SIGINT) == (130, "thread still waits")


def test_what_was_started_to_survive_the_end_of_its_terminal_does() -> None:
    program = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + PROGRAM.replace(
        'print("waiting", flush=True)',
        'import os; os.kill(os.getpid(), signal.SIGHUP); print("waiting", flush=True)',
    )
    assert stopped(program, signal.SIGTERM) == (143, "thread ended")
