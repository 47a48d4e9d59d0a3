"""Documents and balances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sandbox.bodies import CURRENCIES
from pipelines.sandbox.facts import Document
from pipelines.sandbox.paging import MAX_SIZE
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, envelope, user_only, whole_number
from pipelines.sandbox.wire import link

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /invoices, /invoices/summary, /invoices/summaries, /invoices/{id}."""
    match ask.get_parts:
        case ["invoices"]:
            return _invoices(shop, ask)
        case ["invoices", "summary"]:
            return shop.bodies.summary("USD", shop.clock)
        case ["invoices", "summaries"]:
            user_only(ask)
            return envelope([shop.bodies.summary(c, shop.clock) for c in CURRENCIES], "/invoices/summaries")
        case ["invoices", invoice_id]:
            user_only(ask)
            document = issued(shop, invoice_id)
            if not document.is_known_by_id:
                raise Refused(404, 1000, "The invoice was not found.")
            return shop.bodies.document(document, shop.clock)
    return NOT_MINE


def issued(shop: SandboxApp, invoice_id: str) -> Document:
    """A document that exists at the clock; refused when there is none."""
    document = shop.live.document(invoice_id)
    if document is None or not document.is_shown_at(shop.clock):
        raise Refused(404, 1000, "The invoice was not found.")
    return shop.world.shown(document, shop.clock)


def _invoices(shop: SandboxApp, ask: Ask) -> Any:
    body = envelope(shop.bodies.documents(shop.clock), "/invoices")
    size, offset = whole_number(ask.query, "size", 200, MAX_SIZE), whole_number(ask.query, "offset", 0, 10**9)
    if shop.quirks and offset == 0:
        # Size and offset are ignored for these invoices, and a next link is made from them all the same; one that
        # came with every answer would keep a client busy for ever that trusts it.
        body["links"]["next"] = link(f"/invoices?size={size}&offset={offset + size}")
    return body
