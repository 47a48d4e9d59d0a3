"""The pretend Partner Center: routes, sign-in, paging. A WSGI callable; `server.py` puts it on a port."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from zlib import crc32

from pipelines.sandbox.auth import Desk
from pipelines.sandbox.bodies import CURRENCIES, Bodies
from pipelines.sandbox.faults import FaultDesk, Faults
from pipelines.sandbox.line_bodies import LineItems
from pipelines.sandbox.paging import MAX_SIZE, plan, read_token, token_for
from pipelines.sandbox.replies import Call, Refused, Reply, json_reply, spoiled
from pipelines.sandbox.wire import Raw, dumps, link, object_type
from pipelines.sandbox.world import DEFAULT_CLOCK, World

REMEMBERED_CALLS = 5000
CUSTOMER_PAGE = 500
QUIRKY_CUSTOMER_PAGE = 60


class SandboxApp:
    """Answers like the documented API, from a world, at a clock.

    Errors:  never raises for a bad request; the answer says what is wrong, in one of the documented shapes.
    """

    def __init__(
        self,
        world: World,
        clock: datetime = DEFAULT_CLOCK,
        quirks: bool = True,
        faults: Faults | None = None,
    ) -> None:
        self.world = world
        self.clock = clock
        self.quirks = quirks
        self.desk = Desk()
        self.faults = FaultDesk(faults or Faults())
        self.bodies = Bodies(world, quirks)
        self.lines = LineItems(quirks)
        self.counts: Counter[str] = Counter()
        self.recent: deque[dict[str, object]] = deque(maxlen=REMEMBERED_CALLS)
        self._lock = threading.Lock()
        self._kept: dict[str, list[Raw]] = {}

    def warm(self) -> None:
        """Render every line item now and keep the text, so that a benchmark measures its reader only.

        Units:   about 1.5 kB of memory a line.
        """
        for document in self.world.documents:
            self._kept[document.id] = [Raw(self.lines.row(charge)) for charge in document.charges]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """WSGI entry."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {
            key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")
        }
        call = Call(
            environ["REQUEST_METHOD"],
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            headers,
            environ["wsgi.input"].read(length) if length else b"",
        )
        reply = self.handle(call)
        start_response(f"{reply.status} {reply.reason}", reply.all_headers())
        return reply.chunks()

    def handle(self, call: Call) -> Reply:
        """One call, whatever carries it."""
        parts = [part for part in call.path.split("/") if part]
        if parts[:1] == ["_sandbox"]:
            return self._control(call, parts[1:])
        if parts[1:2] == ["oauth2"] and parts[-1] == "token" and call.method == "POST":
            status, body = self.desk.token(call.body, version=2 if "v2.0" in parts else 1)
            self._note(call, "token", status)
            return json_reply(status, dumps(body))
        route = route_of(parts)
        token = call.headers.get("ms-continuationtoken", "")
        name, ordinal = self.faults.hit(call.headers.get("ms-requestid") or f"{call.path}?{call.query}#{token}")
        reply = self._answer(call, parts, name, ordinal)
        reply.headers += [
            ("MS-RequestId", call.headers.get("ms-requestid", "")),
            ("MS-CorrelationId", call.headers.get("ms-correlationid", "")),
        ]
        self._note(call, route, reply.status)
        return reply

    def _answer(self, call: Call, parts: list[str], fault: str, ordinal: int) -> Reply:
        """The right answer, or a spoiled one."""
        if fault == "slow":
            time.sleep(self.faults.faults.slow_seconds)
        if self.faults.tokens_expire_now():
            self.desk.expire_all()
        early = spoiled(fault, ordinal, self.faults.faults)
        if early is not None:
            return early
        try:
            who, code = self.desk.check(call.headers.get("authorization", ""))
            if not who:
                raise Refused(401, code, "Access denied.")
            # The pages before a double slash was joined blindly do not exist.
            if call.path.startswith("//") or parts[:1] != ["v1"] or call.method != "GET":
                raise Refused(404, 1000, "Not found.")
            body = dumps(self._resource(call, parts[1:], who))
        except Refused as refused:
            return json_reply(refused.status, refused.body())
        data = body.encode()
        if self.quirks and len(data) % 3 == 0:
            data = b"\xef\xbb\xbf" + data
        return Reply(200, data).broken_by(fault)

    # Resources -------------------------------------------------------------------------------------------------

    def _resource(self, call: Call, parts: list[str], who: str) -> Any:
        query = {key.lower(): values[0] for key, values in parse_qs(call.query).items()}
        match parts:
            case ["customers"]:
                return self._customers(call, query)
            case ["customers", customer_id, *rest]:
                return self._customer(customer_id.lower(), rest, query, who)
            case ["invoices"]:
                return self._invoices(query)
            case ["invoices", "summary"]:
                return self.bodies.summary("USD", self.clock)
            case ["invoices", "summaries"]:
                user_only(who)
                return envelope([self.bodies.summary(c, self.clock) for c in CURRENCIES], "/invoices/summaries")
            case ["invoices", invoice_id]:
                user_only(who)
                return self.bodies.document(self._document(invoice_id), self.clock)
            case ["invoices", invoice_id, "lineitems"]:
                provider, kind = query.get("provider", ""), query.get("invoicelineitemtype", "")
                return self._line_items(call, invoice_id, provider, kind, query)
            case ["invoices", invoice_id, "lineitems", provider, kind]:
                return self._line_items(call, invoice_id, provider, kind, query)
        raise Refused(404, 1000, "Not found.")

    def _customers(self, call: Call, query: dict[str, str]) -> Any:
        size = whole_number(query, "size", CUSTOMER_PAGE, CUSTOMER_PAGE)
        listed = list(self.bodies.customers.values())
        name, size, page = self._place(call, query, "customers", size)
        step = min(size, QUIRKY_CUSTOMER_PAGE) if self.quirks else size
        spans = plan(name, len(listed), step, quirks=False)
        start, stop = spans[min(page, len(spans) - 1)]
        items = [self.bodies.customer(customer, alone=False) for customer in listed[start:stop]]
        return self._page(items, f"/v1/customers?size={size}", name, size, page, len(spans))

    def _customer(self, customer_id: str, rest: list[str], query: dict[str, str], who: str) -> Any:
        customer = self.bodies.customers.get(customer_id)
        if rest[:1] == ["orders"] and len(rest) == 2:
            return self._order(customer_id, rest[1], query)
        if customer is None:
            raise Refused(404, 1000, "The customer was not found.")
        faults = self.faults.faults
        path = f"/customers/{customer_id}/{'/'.join(rest)}"
        if not rest:
            return self.bodies.customer(customer, alone=True)
        if rest == ["orders"]:
            if customer_id in faults.forbidden_orders:
                raise Refused(403, 20002, "The customer has no commerce relation to this partner.")
            orders = self.bodies.orders(
                customer_id,
                self.clock,
                priced=self._priced(query),
                system=query.get("include_system_purchases", "").lower() == "true",
            )
            return envelope(orders, path)
        if rest == ["entitlements"]:
            user_only(who)
            if customer_id in faults.forbidden_entitlements:
                raise Refused(403, 20002, "The customer has no commerce relation to this partner.")
            kind = query.get("entitlementtype", "").lower()
            expiry = query.get("showexpiry", "").lower() == "true"
            items = self.bodies.entitlements(customer_id, self.clock, kind=kind, expiry=expiry)
            # This collection is documented without links.
            return {"totalCount": len(items), "items": items, "attributes": object_type("Collection")}
        raise Refused(404, 1000, "Not found.")

    def _order(self, customer_id: str, order_id: str, query: dict[str, str]) -> Any:
        if customer_id in self.faults.faults.forbidden_orders:
            raise Refused(403, 20002, "The customer has no commerce relation to this partner.")
        for order in self.world.orders.get(customer_id, ()):
            if order.id == order_id and order.created_at <= self.clock and order.customer.is_listed:
                return self.bodies.order(order, self.clock, priced=self._priced(query))
        raise Refused(404, 20000, "The order was not found.")

    def _priced(self, query: dict[str, str]) -> bool:
        wanted = query.get("include_price", "").lower() == "true"
        if wanted and self.faults.faults.refuse_prices:
            raise Refused(403, 800043, "No access to pricing information.")
        return wanted

    def _invoices(self, query: dict[str, str]) -> Any:
        items = self.bodies.documents(self.clock)
        body = envelope(items, "/invoices")
        size, offset = whole_number(query, "size", 200, MAX_SIZE), whole_number(query, "offset", 0, 10**9)
        if self.quirks:
            # Size and offset are ignored for these invoices, and the next link is made from them all the same.
            body["links"]["next"] = link(f"/invoices?size={size}&offset={offset + size}")
        return body

    def _document(self, invoice_id: str) -> Any:
        document = self.world.document(invoice_id)
        if document is None or document.at > self.clock:
            raise Refused(404, 1000, "The invoice was not found.")
        return document

    def _line_items(self, call: Call, invoice_id: str, provider: str, kind: str, query: dict[str, str]) -> Any:
        if provider.lower() not in ("onetime", "office", "azure", "marketplace", "all"):
            raise Refused(400, None, "The request is invalid.")
        if kind.lower() not in ("billinglineitems", "usagelineitems"):
            raise Refused(400, None, "The request is invalid.")
        size = whole_number(query, "size", MAX_SIZE, MAX_SIZE)
        if invoice_id == "unbilled":
            return envelope([], "/invoices/unbilled/lineitems")
        document = self._document(invoice_id)
        if invoice_id in self.faults.faults.missing_line_items:
            raise Refused(404, 1000, "The line items were not found.")
        wanted = provider.lower() in ("onetime", "all") and kind.lower() == "billinglineitems"
        charges = document.charges if wanted else ()
        name, size, page = self._place(call, query, f"{invoice_id}/{provider.lower()}/{kind.lower()}", size)
        spans = plan(name, len(charges), size, self.quirks)
        start, stop = spans[min(page, len(spans) - 1)]
        kept = self._kept.get(invoice_id) if wanted else None
        items = kept[start:stop] if kept else [Raw(self.lines.row(charge)) for charge in charges[start:stop]]
        base = ("/v1/invoices", "/invoices", "//invoices")[page % 3] if self.quirks else "/v1/invoices"
        field = "nvoicelineitemtype" if self.quirks else "invoicelineitemtype"
        uri = f"{base}/{invoice_id}/lineitems?provider=OneTime&{field}=BillingLineItems&size={size}"
        return self._page(items, uri, name, size, page, len(spans))

    # Paging ----------------------------------------------------------------------------------------------------

    def _place(self, call: Call, query: dict[str, str], name: str, size: int) -> tuple[str, int, int]:
        """Where in a walk a call stands: (walk, size, page)."""
        token = call.headers.get("ms-continuationtoken", "")
        seeks = query.get("seekoperation", "")
        if not token and not seeks:
            return name, size, 0
        place = read_token(token)
        if seeks.lower() != "next" or place is None or place[0] != name or self.faults.refuses_continuation():
            raise Refused(400, 3000, "The continuation token is not valid.")
        return place

    def _page(self, items: list[Any], uri: str, name: str, size: int, page: int, pages: int) -> dict[str, Any]:
        body = envelope(items, uri)
        endless = self.faults.faults.endless_next
        if page + 1 >= pages and not endless:
            return body
        token = token_for(name, size, max(page, 1) if endless else page + 1)
        # The token stands in the envelope and in the headers of the next link, or in one of them only.
        form = crc32(name.encode()) % 3 if self.quirks else 0
        if form != 1:
            body = {"continuationToken": token, **body}
        if form == 2:
            return body
        joint = "?" if self.quirks else "&"
        host = "https://elsewhere.example.net" if self.faults.faults.foreign_next_link else ""
        headers = [{"key": "MS-ContinuationToken", "value": token}]
        body["links"]["next"] = link(f"{host}{uri}{joint}seekOperation=Next", headers)
        return body

    # Control ---------------------------------------------------------------------------------------------------

    def _control(self, call: Call, parts: list[str]) -> Reply:
        """Switches for tests; they need no token."""
        try:
            match call.method, parts:
                case "GET", ["calls"]:
                    with self._lock:
                        seen = {"total": self.counts.total(), "routes": dict(self.counts), "recent": [*self.recent]}
                    return json_reply(200, dumps(seen))
                case "GET", ["truth"]:
                    rows = [asdict(planted) for planted in self.world.truth(self.clock)]
                    return json_reply(200, json.dumps(rows, default=str))
                case "POST", ["clock"]:
                    moment = datetime.fromisoformat(json.loads(call.body)["clock"])
                    self.clock = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
                    return json_reply(200, dumps({"clock": self.clock.isoformat()}))
                case "POST", ["faults"]:
                    self.faults.switch(Faults.of(json.loads(call.body or b"{}")))
                    return json_reply(200, json.dumps(asdict(self.faults.faults)))
        except (ValueError, KeyError, TypeError) as error:
            return json_reply(400, dumps({"message": str(error)}))
        return json_reply(404, dumps({"message": "no such switch"}))

    def _note(self, call: Call, route: str, status: int) -> None:
        with self._lock:
            self.counts[route] += 1
            self.recent.append(
                {
                    "path": call.path,
                    "query": call.query,
                    "request_id": call.headers.get("ms-requestid", ""),
                    "correlation_id": call.headers.get("ms-correlationid", ""),
                    "status": status,
                }
            )


def route_of(parts: list[str]) -> str:
    """The name under which a call is counted: its path with ids left out."""
    named = {"customers", "invoices", "orders", "entitlements", "lineitems", "summary", "summaries"}
    return "/".join(part if part in named else "{id}" for part in parts[1:])


def envelope(items: list[Any], uri: str) -> dict[str, Any]:
    """A collection; the count is that of this page."""
    return {
        "totalCount": len(items),
        "items": items,
        "links": {"self": link(uri)},
        "attributes": object_type("Collection"),
    }


def user_only(who: str) -> None:
    """Refuse app-only tokens."""
    if who != "app+user":
        raise Refused(403, 900329, "This resource does not take app-only tokens.")


def whole_number(query: dict[str, str], name: str, default: int, most: int) -> int:
    """A query value that has to be a whole number up to `most`."""
    value = query.get(name, "")
    if not value:
        return default
    if not value.isdigit() or int(value) > most:
        raise Refused(400, None, "The request is invalid.")
    return int(value) or default
