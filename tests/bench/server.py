"""A sandbox on a plain wire with every line rendered beforehand, so that the reader is what is measured."""

from __future__ import annotations

import sys
import time

from pipelines.sandbox import SandboxApp, build_world, serve


def main() -> None:
    """Serves until it is ended; prints the URL when ready."""
    app = SandboxApp(build_world(seed=7, scale=float(sys.argv[1])), quirks=False)
    app.warm()
    with serve(app, port=0) as server:
        print(server.url, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
