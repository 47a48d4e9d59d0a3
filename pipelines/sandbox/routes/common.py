"""What every group of calls needs: the question in pieces, envelopes, pages, checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

from pipelines.sandbox.paging import read_token, token_for
from pipelines.sandbox.replies import Call, Refused
from pipelines.sandbox.wire import link, object_type

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

NOT_MINE = object()
"""A group of calls says so for a path that another group answers."""


@dataclass(frozen=True)
class Ask:
    """One call, taken apart.

    Shape:   `area` is the first part of the path (`v1`, `v1.0`, `blobs`), `parts` what follows; `query` has
             lower-case names and the first value of each; `who` is `app`, `app+user`, or "" for blobs;
             `audience` is what the token was issued for.
    """

    call: Call
    area: str
    parts: list[str]
    query: dict[str, str]
    who: str
    audience: str

    @property
    def method(self) -> str:
        """GET, POST, PUT or PATCH."""
        return self.call.method

    @property
    def get_parts(self) -> list[str]:
        """The path below `v1` of a GET; empty for any other call, which then matches nothing."""
        return self.parts if (self.area, self.method) == ("v1", "GET") else []

    def header(self, name: str) -> str:
        """A request header, "" when it was not sent."""
        return self.call.headers.get(name.lower(), "")

    def json(self) -> Any:
        """The body; refused when it is not JSON."""
        try:
            return json.loads(self.call.body or b"{}")
        except ValueError:
            raise Refused(400, 800002, "The request body is not valid JSON.") from None


def user_only(ask: Ask) -> None:
    """Refuse app-only tokens."""
    if ask.who != "app+user":
        raise Refused(403, 900329, "This resource does not take app-only tokens.")


def whole_number(query: dict[str, str], name: str, default: int, most: int) -> int:
    """A query value that has to be a whole number up to `most`."""
    value = query.get(name, "")
    if not value:
        return default
    if not value.isdigit() or int(value) > most:
        raise Refused(400, None, "The request is invalid.")
    return int(value) or default


def envelope(items: list[Any], uri: str) -> dict[str, Any]:
    """A collection; the count is that of this page."""
    return {
        "totalCount": len(items),
        "items": items,
        "links": {"self": link(uri)},
        "attributes": object_type("Collection"),
    }


def place(shop: SandboxApp, ask: Ask, name: str, size: int, *, seeks: bool = True) -> tuple[str, int, int]:
    """Where in a walk a call stands: (walk, size, page). `seeks`: a token comes with `seekOperation=Next`."""
    token = ask.header("ms-continuationtoken")
    operation = ask.query.get("seekoperation", "")
    if not token and not operation:
        return name, size, 0
    found = read_token(token)
    is_next = operation.lower() == "next" or not seeks
    if not is_next or found is None or found[0] != name or shop.faults.refuses_continuation():
        raise Refused(400, 3000, "The continuation token is not valid.")
    return found


def token_page(
    shop: SandboxApp, items: list[Any], uri: str, name: str, size: int, page: int, pages: int
) -> dict[str, Any]:
    """One page of a walk, with what leads to the next one unless it is the last."""
    body = envelope(items, uri)
    endless = shop.faults.faults.endless_next
    if page + 1 >= pages and not endless:
        return body
    token = token_for(name, size, max(page, 1) if endless else page + 1)
    # The token stands in the envelope and in the headers of the next link, or in one of them only.
    form = crc32(name.encode()) % 3 if shop.quirks else 0
    if form != 1:
        body = {"continuationToken": token, **body}
    if form == 2:
        return body
    joint = "?" if shop.quirks else "&"
    host = "https://elsewhere.example.net" if shop.faults.faults.foreign_next_link else ""
    headers = [{"key": "MS-ContinuationToken", "value": token}]
    body["links"]["next"] = link(f"{host}{uri}{joint}seekOperation=Next", headers)
    return body
