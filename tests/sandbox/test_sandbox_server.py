"""The server on a port: loopback only, connections kept alive, broken ones really broken."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from conftest import TOKEN_FORM

from pipelines.sandbox import Faults, SandboxApp, Server, World, serve


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with serve(SandboxApp(world), port=0) as running:
        yield running


def bearer(client: httpx.Client) -> dict[str, str]:
    token = client.post("/tenant/oauth2/token", data=TOKEN_FORM).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_it_listens_on_loopback_only(server: Server) -> None:
    assert server.url == f"http://127.0.0.1:{server.port}"
    with socket.socket() as other:
        other.settimeout(1)
        assert other.connect_ex(("127.0.0.2", server.port)) != 0


def test_many_calls_use_one_connection(server: Server) -> None:
    with httpx.Client(base_url=server.url) as client:
        headers = bearer(client)
        used = {
            client.get("/v1/customers", headers=headers)
            .extensions["network_stream"]
            .get_extra_info("socket")
            .getsockname()
            for _ in range(5)
        }
    assert len(used) == 1


@pytest.mark.parametrize(
    ("fault", "error"), [("reset_every", httpx.ReadError), ("short_body_every", httpx.RemoteProtocolError)]
)
def test_a_broken_connection_reaches_the_caller_and_the_next_call_works(
    server: Server, fault: str, error: type[Exception]
) -> None:
    with httpx.Client(base_url=server.url) as client:
        headers = {**bearer(client), "MS-RequestId": "same"}
        server.app.faults.switch(Faults.of({fault: 1}))
        with pytest.raises(error):
            client.get("/v1/customers", headers=headers)
        assert client.get("/v1/customers", headers=headers).status_code == 200
