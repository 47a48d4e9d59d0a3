"""Signed-in clients and a data directory that belongs to one partner."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from pipelines import stopping
from pipelines.errors import SettingsError
from pipelines.files import sha256_of, write_atomically
from pipelines.partner_center.auth import SignIn
from pipelines.partner_center.client import ClientOptions
from pipelines.partner_center.clients import Clients, make_clients
from pipelines.progress import Progress
from pipelines.settings import Settings
from pipelines.warehouse import Folders

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def open_clients(settings: Settings, folders: Folders, observer: Progress | None = None) -> Clients:
    """Clients of every API for the configured tenant, under one sign-in.

    Errors:  SettingsError when the sign-in is not set.
    """
    settings.require_sign_in()
    kept = folders.data / "refresh_token"
    # A rotated token is newer than the configured one it came from.
    refresh_token = settings.refresh_token
    if refresh_token and kept.exists():
        try:
            saved = json.loads(kept.read_text())
            if saved["configured"] == _fingerprint(refresh_token):
                refresh_token = saved["token"]
        except (ValueError, KeyError, TypeError):
            raise SettingsError(f"{kept} is damaged; remove it, and set a fresh refresh token") from None
    configured = _fingerprint(settings.refresh_token or "")

    def save(token: str) -> None:
        write_atomically(kept, json.dumps({"configured": configured, "token": token}).encode())

    return make_clients(
        ClientOptions(
            base_url=settings.base_url,
            requests_per_minute=settings.requests_per_minute,
            retry_max_wait_seconds=settings.retry_max_wait_seconds,
        ),
        SignIn(
            tenant_id=settings.tenant_id or "",
            client_id=settings.client_id or "",
            client_secret=settings.client_secret or "",
            refresh_token=refresh_token,
            authority_url=settings.authority_url,
            audience=settings.audience,
        ),
        partner_api_url=settings.partner_api_url,
        partner_api_authority_url=settings.partner_api_authority_url,
        graph_url=settings.graph_url,
        export_max_wait_seconds=settings.export_max_wait_seconds,
        save_refresh_token=save,
        sleep=stopping.sleep,
        observer=observer,
    )


def claim_data_dir(settings: Settings, folders: Folders) -> None:
    """One data directory holds one partner's data: mixing two would make every number wrong.

    Errors:  SettingsError when the directory belongs to another tenant or API.
    """
    mine = {"api": _api_name(settings.base_url), "tenant_id": settings.tenant_id}
    note = folders.landing / "source.json"
    if not note.exists():
        write_atomically(note, json.dumps(mine).encode())
        return
    theirs = json.loads(note.read_text())
    if theirs != mine:
        raise SettingsError(
            f"{folders.data} holds data of tenant {theirs['tenant_id']} from {theirs['api']}, the settings name "
            f"tenant {mine['tenant_id']} at {mine['api']}; set RECON_DATA_DIR to another folder"
        )


def _api_name(base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    # The sandbox gets another port at each start and is still the same.
    return "loopback" if host in _LOOPBACK else host


def _fingerprint(token: str) -> str:
    return sha256_of(token.encode())[:16]
