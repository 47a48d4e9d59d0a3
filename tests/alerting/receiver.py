"""A receiver of alerts on this machine: a real HTTP server that remembers what it was sent, and answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "T00-secret-path"


@dataclass
class Receiver:
    """What came, and what is answered: the first of `answers` once, the last for ever."""

    port: int = 0
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"ok")])
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0

    @property
    def url(self) -> str:
        """The webhook; everything behind the host is its secret."""
        return f"http://127.0.0.1:{self.port}/{SECRET}?sig=s3cret-signature"

    def answer(self, status: int, text: bytes = b"", **headers: str) -> None:
        """From now on this alone."""
        self.answers = [(status, {name.replace("_", "-"): value for name, value in headers.items()}, text)]

    def texts(self) -> list[str]:
        """The messages that were taken, as text."""
        return [body["text"] for body in self.bodies]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A running receiver; what is taken (2xx) is kept in `bodies`."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kept.requests += 1
            status, headers, text = kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0]
            if 200 <= status < 300:
                kept.bodies.append(sent)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
