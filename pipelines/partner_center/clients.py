"""The clients of all APIs under one sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import httpx

from pipelines.partner_center.answers import Observer
from pipelines.partner_center.auth import RefreshToken, SignIn
from pipelines.partner_center.blobs import BlobClient
from pipelines.partner_center.client import ClientOptions, PartnerCenterClient
from pipelines.partner_center.exports.api import ExportApi
from pipelines.partner_center.masking import Mask

PARTNER_API_AUDIENCE = "https://api.partner.microsoft.com"
GRAPH_AUDIENCE = "https://graph.microsoft.com"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Clients:
    """One client for each API.

    Shape:   `partner_center` customers, orders, invoices; `partner_api` price sheets and exchange rates, None
             where the cloud has no sign-in for them; `graph` and `blobs` (without any token) serve `exports`.
    """

    partner_center: PartnerCenterClient
    partner_api: PartnerCenterClient | None
    graph: PartnerCenterClient
    blobs: BlobClient
    exports: ExportApi

    @property
    def mask(self) -> Mask:
        """Hides the secrets of all of them."""
        return self.partner_center.mask

    def close(self) -> None:
        """Closes all connections."""
        for client in (self.partner_center, self.partner_api, self.graph, self.blobs):
            if client is not None:
                client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def make_clients(
    options: ClientOptions,
    sign_in: SignIn,
    *,
    partner_api_url: str | None,
    graph_url: str,
    partner_api_authority_url: str = "",
    export_max_wait_seconds: float = 3600,
    transport: httpx.BaseTransport | None = None,
    save_refresh_token: Callable[[str], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
    observer: Observer | None = None,
) -> Clients:
    """Clients that share sign-in, correlation id and secrets to hide; each API has its own pace.

    The refresh token is one for all audiences: each redeems the newest, never one that another replaced. Where price
    sheets have a sign-in of another cloud, it is not sent there: the app signs in alone.

    Errors:  SettingsError for an address or sign-in that cannot work, before anything is sent.
    """
    mask = Mask()
    shared = RefreshToken(sign_in.refresh_token, save_refresh_token) if sign_in.refresh_token else None

    def client(
        base_url: str,
        audience: str,
        version_path: str,
        like: PartnerCenterClient | None,
        authority_url: str = sign_in.authority_url,
        **own: Any,
    ) -> PartnerCenterClient:
        is_own_cloud = authority_url == sign_in.authority_url
        user = sign_in.refresh_token if is_own_cloud else None
        return PartnerCenterClient(
            replace(
                options,
                base_url=base_url,
                version_path=version_path,
                ids_style="ms" if like is None else "client",
                **own,
            ),
            replace(sign_in, audience=audience, authority_url=authority_url, refresh_token=user),
            transport=transport,
            sleep=sleep,
            clock=clock,
            now=now,
            observer=observer,
            refresh_token=shared if is_own_cloud else None,
            mask=mask,
            correlation_id=None if like is None else like.correlation_id,
        )

    main = client(options.base_url, sign_in.audience, options.version_path, None)
    prices = None
    if partner_api_url is not None:
        prices = client(
            partner_api_url,
            PARTNER_API_AUDIENCE,
            "/v1.0",
            main,
            partner_api_authority_url or sign_in.authority_url,
            # Packed sheets are a tenth of the size. What they tell proves nothing, so no run waits long for them.
            accept_encoding="deflate",
            retry_max_wait_seconds=min(options.retry_max_wait_seconds, PATIENCE_SECONDS),
        )
    graph = client(graph_url, GRAPH_AUDIENCE, "/v1.0", main)
    blobs = BlobClient(options, transport=transport, sleep=sleep, clock=clock, now=now, observer=observer)
    return Clients(
        partner_center=main,
        partner_api=prices,
        graph=graph,
        blobs=blobs,
        exports=ExportApi(graph, blobs, max_wait_seconds=export_max_wait_seconds, sleep=sleep, now=now),
    )
