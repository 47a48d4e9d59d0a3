"""The pretend Partner Center: routes, sign-in, paging. A WSGI callable; `server.py` puts it on a port."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from pipelines.sandbox.auth import Desk
from pipelines.sandbox.bodies import Bodies
from pipelines.sandbox.carts import CartDesk
from pipelines.sandbox.catalog import Catalog
from pipelines.sandbox.diary import Diary
from pipelines.sandbox.export_desk import ExportDesk
from pipelines.sandbox.facts import Order
from pipelines.sandbox.faults import FaultDesk, Faults
from pipelines.sandbox.legacy_bodies import LegacyItems
from pipelines.sandbox.line_bodies import LineItems
from pipelines.sandbox.live import Live
from pipelines.sandbox.price_lists import PriceLists
from pipelines.sandbox.replies import Call, Refused, Reply, json_reply, spoiled
from pipelines.sandbox.routes import ROUTES
from pipelines.sandbox.routes.common import NOT_MINE, Ask
from pipelines.sandbox.usage_bodies import UsageItems
from pipelines.sandbox.wire import Raw, dumps
from pipelines.sandbox.world import DEFAULT_CLOCK, World

REMEMBERED_CALLS = 5000
PATH_WORDS = frozenset(
    {"v1", "customers", "orders", "entitlements", "invoices", "summary", "summaries", "lineitems", "documents"}
    | {"statement", "receipts", "products", "skus", "availabilities", "carts", "checkout", "auditrecords"}
    | {"extensions", "product", "checkinventory"}
)
# What a server says that is this sandbox and nothing else: only here may anything be bought for a test.
IDENTITY = "partner-center-reconciliation"


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
        self.live = Live(world)
        self.diary = Diary(self.live)
        self.catalog = Catalog(world)
        self.carts = CartDesk()
        self.bodies = Bodies(self.live, quirks)
        self.lines = LineItems(quirks)
        self.usage = UsageItems(quirks)
        self.legacy = LegacyItems(quirks)
        self.exports = ExportDesk()
        self.counts: Counter[str] = Counter()
        self.recent: deque[dict[str, object]] = deque(maxlen=REMEMBERED_CALLS)
        self._lock = threading.Lock()
        self.kept_rows: dict[str, list[Raw]] = {}

    @cached_property
    def price_lists(self) -> PriceLists:
        """The price list of this world, made when it is first asked for."""
        return PriceLists(self.world)

    def orders_of(self, customer_id: str) -> tuple[Order, ...]:
        """All orders of a customer, those bought in this running sandbox included."""
        return self.live.orders_of(customer_id)

    def warm(self) -> None:
        """Render every line item now and keep the text, so that a benchmark measures its reader only.

        Units:   about 1.5 kB of memory a line.
        """
        for document in self.world.documents:
            self.kept_rows[document.id] = [Raw(self.lines.row(charge)) for charge in document.charges]

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
        # The real one compares the fixed words of a path without case.
        parts = [part.lower() if part.lower() in PATH_WORDS else part for part in call.path.split("/") if part]
        if parts[:1] == ["_sandbox"]:
            return self._control(call, parts[1:])
        if parts[1:2] == ["oauth2"] and parts[-1] == "token" and call.method == "POST":
            status, body = self.desk.token(call.body, version=2 if "v2.0" in parts else 1)
            self._note(call, "token", status)
            return json_reply(status, dumps(body))
        route = route_of(parts)
        token = call.headers.get("ms-continuationtoken", "")
        request_id = call.headers.get("ms-requestid") or call.headers.get("client-request-id")
        name, ordinal = self.faults.hit(request_id or f"{call.method} {call.path}?{call.query}#{token}")
        reply = self._answer(call, parts, name, ordinal)
        for header in ("MS-RequestId", "MS-CorrelationId"):
            reply.headers.append((header, call.headers.get(header.lower()) or str(uuid.uuid4())))
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
        area = parts[0] if parts else ""
        try:
            found = self._resource(self._ask(call, area, parts[1:]))
        except Refused as refused:
            return json_reply(refused.status, refused.body(area))
        if isinstance(found, Reply):
            return found.broken_by(fault)
        data = dumps(found).encode()
        # Many clients in the wild cannot read a byte order mark, and hardly any sends this documented header.
        if self.quirks and len(data) % 3 == 0 and "ms-contract-version" in call.headers:
            data = b"\xef\xbb\xbf" + data
        return Reply(200, data).broken_by(fault)

    def _ask(self, call: Call, area: str, parts: list[str]) -> Ask:
        # Who follows a link as it stands asks with two question marks.
        query = {key.lower(): values[0] for key, values in parse_qs(call.query.replace("?", "&")).items()}
        if area == "blobs":
            return Ask(call, area, parts, query, who="", audience="")
        who, audience, code = self.desk.check(call.headers.get("authorization", ""))
        if not who:
            raise Refused(401, code, "Access denied.")
        return Ask(call, area, parts, query, who, audience)

    def _resource(self, ask: Ask) -> object:
        # The pages before a double slash was joined blindly do not exist.
        if not ask.call.path.startswith("//"):
            for route in ROUTES:
                found = route.answer(self, ask)
                if found is not NOT_MINE:
                    return found
        raise Refused(404, 1000, "Not found.")

    # Control ---------------------------------------------------------------------------------------------------

    def _control(self, call: Call, parts: list[str]) -> Reply:
        """Switches for tests; they need no token."""
        try:
            match call.method, parts:
                case "GET", ["identity"]:
                    return json_reply(200, dumps({"sandbox": IDENTITY}))
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
                    "method": call.method,
                    "path": call.path,
                    "query": call.query,
                    "request_id": call.headers.get("ms-requestid", ""),
                    "correlation_id": call.headers.get("ms-correlationid", ""),
                    "status": status,
                }
            )


def route_of(parts: list[str]) -> str:
    """The name under which a call is counted: its path with ids left out."""
    return "/".join(part if part.isalpha() and part.islower() else "{id}" for part in parts[1:])
