"""A program that is sent a signal must hear it, also where tests run with signals ignored (in the background)."""

from __future__ import annotations

import signal


def heard() -> None:
    """For `preexec_fn`: the program starts as one typed at a terminal does."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)
