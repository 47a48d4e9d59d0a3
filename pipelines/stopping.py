"""Being asked to stop: Ctrl-C, a service manager's SIGTERM, a terminal that closes. All of them end a run alike."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))
# How long a thread may take to end before the process ends without it: a request under way may take minutes.
GRACE_SECONDS = 2.0

_asked = threading.Event()
_received: list[int] = []


class Stopped(KeyboardInterrupt):
    """Somebody asked the process to stop. No failure, so nothing that records failures catches it."""


def exit_code(stop: BaseException) -> int:
    """What a process ends with that a signal stopped: 130 after Ctrl-C, 143 after SIGTERM."""
    around: BaseException | None = stop
    # dlt listens itself while it works, and says in its own exception what it heard.
    while around is not None and not _received:
        _received.extend([around.signal_code] if hasattr(around, "signal_code") else [])
        around = around.__cause__ or around.__context__
    return 128 + (_received[0] if _received else signal.SIGINT)


def listen() -> None:
    """From now on the signals raise Stopped in the main thread and end every wait of the others."""
    for one in _SIGNALS:
        # Whoever started us with a signal ignored (nohup) meant it.
        if signal.getsignal(one) != signal.SIG_IGN:
            signal.signal(one, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    _asked.set()
    raise Stopped


def sleep(seconds: float) -> None:
    """Waits, on any thread.

    Errors:  Stopped as soon as somebody asks the process to stop.
    """
    if _asked.wait(seconds):
        raise Stopped


def end_process(code: int) -> NoReturn:
    """Ends the process now, also when a thread is still in a request, for which the interpreter would wait."""
    others = [one for one in threading.enumerate() if not one.daemon and one is not threading.main_thread()]
    if others:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
