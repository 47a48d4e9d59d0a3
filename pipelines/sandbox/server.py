"""The sandbox on a port of this machine: HTTP/1.1, connections kept alive, one thread for each."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from pipelines.sandbox.app import SandboxApp
from pipelines.sandbox.replies import Call

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Server:
    """A running sandbox."""

    url: str
    port: int
    app: SandboxApp


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Small answers would wait for the acknowledgement of their own headers.
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    timeout = 120
    app: SandboxApp

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        path, _, query = self.path.partition("?")
        call = Call(
            # Asking for the headers alone is asking, and throwing the body away.
            "GET" if self.command == "HEAD" else self.command,
            unquote(path),
            query,
            {key.lower(): value for key, value in self.headers.items()},
            self.rfile.read(length) if length else b"",
        )
        reply = self.app.handle(call)
        self.send_response(reply.status, reply.reason)
        for key, value in reply.all_headers():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[: reply.sent])
        self.wfile.flush()
        if reply.sent is not None:
            self.close_connection = True
        if reply.is_reset:
            # Closing with linger 0, before anyone shuts the socket down politely, sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent: calls are counted instead."""


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


@contextlib.contextmanager
def serve(app: SandboxApp, port: int = 0) -> Iterator[Server]:
    """Serve `app` on loopback until the block ends; port 0 takes a free one.

    Errors:  OSError when the port is taken.
    """
    handler = type("Handler", (_Handler,), {"app": app})
    server = _QuietServer((LOOPBACK, port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Server(f"http://{LOOPBACK}:{server.server_port}", server.server_port, app)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
