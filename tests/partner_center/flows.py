"""Every call of the project as one thing that can be done: a list, an id, a purchase, a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import httpx
from faulty_wire import Desk

from pipelines.buying.carts import Carts, read_cart
from pipelines.buying.checks import check_lines, questions_of
from pipelines.buying.journal import Journal
from pipelines.buying.wishes import CartWish, LineWish
from pipelines.errors import NotAuthorized, OriginRefused, PartnerCenterError, RetryableError
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import ENDPOINTS, INVOICE_LINE_ITEMS, INVOICE_STATEMENTS, RESERVATIONS
from pipelines.partner_center.strict_json import parse_strictly
from pipelines.partner_center.walks import WalkOutcome, WalkReader, WalkRequest
from pipelines.sandbox import SandboxApp
from pipelines.sandbox.artifacts import artifact_parts
from pipelines.sandbox.statements import receipts_of
from pipelines.statements.download import StatementReader, Wanted
from tests.sandboxed import Silent

READ_AT = "2026-10-14T09:00:00+00:00"
# So that the walks of a small world have several pages.
SMALL_PAGES = {"customers": 60}
SMALL_PAGE = 2


@dataclass(frozen=True)
class Done:
    """What came of a flow: `done`, `outage` or `failed`, and why."""

    result: Literal["done", "outage", "failed"]
    reason: str = ""


@dataclass(frozen=True)
class Flow:
    """One thing to do.

    Shape:   `aim` picks the requests under test; `pages`: its collection is asked for page by page with a token;
             `links`: its answers may carry a next link; `stops`: a refused sign-in or a foreign host ends the run,
             where it does not, it is a failure of this one alone; `odd` names rows with an outcome of their own.
    """

    name: str
    run: Callable[[Desk, SandboxApp], Done]
    aim: Callable[[httpx.Request], bool] = lambda request: True
    pages: bool = False
    links: bool = False
    stops: bool = True
    odd: Mapping[str, str] = field(default_factory=dict)


def walk_flow(endpoint: Endpoint) -> Flow:
    """Reading one partition of an endpoint into the landing."""
    is_paged = endpoint.form in ("token", "customers", "audit")
    asked = replace(endpoint, size=SMALL_PAGES.get(endpoint.name, SMALL_PAGE)) if is_paged else endpoint

    def run(desk: Desk, app: SandboxApp) -> Done:
        partition = partition_of(endpoint, app)
        clients = desk.clients
        reader = WalkReader(clients.partner_center, desk.landing, READ_AT, Silent(), clients.partner_api)
        outcome = reader.read(WalkRequest(asked, partition))
        landed = desk.landing.partition(endpoint.name, partition, asked.partition_id(partition))
        assert (landed.failure is not None) == (outcome.result == "failed")
        return done(outcome)

    return Flow(endpoint.name, run, pages=is_paged, links=endpoint.is_collection, stops=not endpoint.is_informational)


def statement_flow(name: str, *, receipt: bool) -> Flow:
    """Downloading a PDF."""

    def run(desk: Desk, app: SandboxApp) -> Done:
        document = next(one for one in app.world.documents if receipts_of(one))
        wanted = Wanted(document.id, "", "header", document.total_charges, receipts_of(document))
        reader = StatementReader(desk.clients.partner_center, desk.landing, desk.folder / "statements", READ_AT)
        outcome = reader.read(wanted)
        there = sorted(path.name for path in (desk.folder / "statements").glob("*"))
        assert len(there) == (2 if outcome.result == "new" else 1)
        return done(outcome)

    part = "/receipts/" if receipt else f"/{'documents'}/statement"
    return Flow(
        name, run, aim=lambda request: part in request.url.path and ("/receipts/" in request.url.path) == receipt
    )


def done(outcome: WalkOutcome) -> Done:
    """An outcome in three words."""
    if outcome.result != "failed":
        return Done("done")
    return Done("outage" if outcome.is_outage else "failed", outcome.reason or "")


def attempt(work: Callable[[], object]) -> Done:
    """What calls that raise come to."""
    try:
        work()
    except (NotAuthorized, OriginRefused):
        raise
    except PartnerCenterError as error:
        return Done("outage" if isinstance(error, RetryableError) else "failed", str(error))
    return Done("done")


def partition_of(endpoint: Endpoint, app: SandboxApp) -> dict[str, str]:
    """A partition of the endpoint that the sandbox has something in."""
    values = known_values(app) | LINE_KINDS.get(endpoint.name, {})
    if endpoint.name == "daily_rated_usage":
        values |= {"invoice_id": next(one.id for one in app.world.documents if one.currency == "EUR")}
    missing = [name for name in endpoint.partition if name not in values]
    assert not missing, f"say in `known_values` what {missing} of {endpoint.name} may be"
    return {name: values[name] for name in endpoint.partition}


LINE_KINDS = {
    "office_line_items": {"provider": "office", "line_item_type": "billing"},
    "azure_line_items": {"provider": "azure", "line_item_type": "billing"},
    "azure_daily_usage": {"provider": "azure", "line_item_type": "usage"},
    "daily_rated_usage": {"provider": "onetime", "line_item_type": "usage", "currency": "EUR"},
    "unbilled_line_items": {"currency": "EUR"},
    "unbilled_daily_usage": {"currency": "EUR"},
    "fx_rates": {"month": "202610"},
    "price_sheets": {"month": "202610"},
}


def known_values(app: SandboxApp) -> dict[str, str]:
    """Fields of partitions, of one customer who has a reservation."""
    listed = app.bodies.customers
    held = (one for found in app.world.entitlements.values() for one in found if one.customer.id in listed)
    reservation = next(one for one in held if one.has_details and one.quantity_at(app.clock) > 0)
    customer = reservation.customer
    order = app.world.orders[customer.id][0]
    item = order.lines[0].item
    return {
        "customer_id": customer.id,
        "order_id": order.id,
        "invoice_id": app.world.documents[0].id,
        "provider": "onetime",
        "line_item_type": "billing",
        "currency": "USD",
        "month": "2026-10",
        "period": "current",
        "day": order.created_at.date().isoformat(),
        "billing_type": "onetime",
        "line_item_number": "0",
        "entitlement_type": "software",
        "country": "US",
        "market": "US",
        "view": "updatedlicensebased",
        "target_view": "Software",
        "segment": "",
        "reservation_scope": "",
        "context": "",
        "product_id": item.product_id,
        "sku_id": item.sku_id,
        "availability_id": item.availability_id,
        **dict(zip(RESERVATIONS.partition[1:], artifact_parts(reservation), strict=True)),
    }


def export_flow(name: str, aim: Callable[[httpx.Request], bool], odd: Mapping[str, str]) -> Flow:
    """Reading lines as an export; `aim` picks one of its steps."""

    def run(desk: Desk, app: SandboxApp) -> Done:
        document = max(app.world.documents, key=lambda one: len(one.charges))
        partition = {"invoice_id": document.id, "provider": "onetime", "line_item_type": "billing"}
        clients = desk.clients
        reader = WalkReader(
            *(clients.partner_center, desk.landing, READ_AT, Silent(), clients.partner_api, clients.exports)
        )
        return done(reader.read(WalkRequest(INVOICE_LINE_ITEMS, partition, "header", source_api="graph")))

    return Flow(name, run, aim=aim, odd=odd)


def cart_flow(name: str, act: Callable[[Carts, str], object], aim: Callable[[httpx.Request], bool]) -> Flow:
    """One call of a cart that exists already."""

    def run(desk: Desk, app: SandboxApp) -> Done:
        known = known_values(app)
        customer_id = known["customer_id"]
        carts = Carts(desk.clients.partner_center, Journal(desk.folder / "journal"), "tenant", customer_id, READ_AT)
        path = f"/v1/customers/{customer_id}/carts"
        # Made behind the wire, so that the faults meet the call under test and no other.
        made = desk.clients.partner_center.send("POST", path, json_body=wish(known, 1).body(), headers=BEFORE)
        cart = read_cart(parse_strictly(made.body))
        return attempt(lambda: act(carts, cart.id))

    return Flow(name, run, aim=lambda request: aim(request) and "x-before" not in request.headers)


def check_flow() -> Flow:
    """Looking up a line's SKU before anything is bought."""

    def run(desk: Desk, app: SandboxApp) -> Done:
        known = known_values(app)
        questions = list(questions_of(wish(known, 1).lines))
        return attempt(lambda: check_lines(desk.clients.partner_center, known["customer_id"], questions, {}))

    odd = {"404": "an answer: the SKU is not for sale"}
    return Flow("cart_check", run, aim=lambda request: "/skus/" in request.url.path, odd=odd)


def wish(known: Mapping[str, str], quantity: int) -> CartWish:
    """A cart with one line."""
    item = ":".join(known[name] for name in ("product_id", "sku_id", "availability_id"))
    return CartWish(known["customer_id"], (LineWish(item, quantity, "one_time"),))


KNOWN_ITEM = {"customer_id": "", "product_id": "CFQ7TTC0ZGGZ", "sku_id": "0001", "availability_id": "AVAILABILITY"}
# Marks the calls that only prepare a flow.
BEFORE = {"x-before": "1"}
# What counts of an accepted order is its header: a body that suffers on the way is not missed.
ORDERS_ARE_HEADERS = dict.fromkeys(
    ("short body", "broken body", "gzip without end", "gzip with a second member", "slow drip"), "no body is read"
)
# An operation goes on while its answers are lost.
OPERATIONS_GO_ON = {"count": "fewer questions may be needed"}
# A file is opened by its address: there is no sign-in to be refused, a second member belongs to it, and a key that is
# no longer accepted means another export.
FILES_HAVE_NO_TOKEN = {
    "gzip with a second member": "part of the format",
    "401": "refused",
    "403": "ordered again",
    "ids": "no ids are sent",
}


WALKS = [walk_flow(endpoint) for endpoint in ENDPOINTS.values() if endpoint is not INVOICE_STATEMENTS]
FILES = [
    statement_flow("invoice_statements", receipt=False),
    statement_flow("invoice_receipts", receipt=True),
]
EXPORTS = [
    export_flow(
        *("export_order", lambda request: request.method == "POST" and request.url.path.endswith("/export")),
        ORDERS_ARE_HEADERS,
    ),
    export_flow("export_operation", lambda request: "/operations/" in request.url.path, OPERATIONS_GO_ON),
    export_flow("export_file", lambda request: request.url.path.startswith("/blobs/"), FILES_HAVE_NO_TOKEN),
]
CARTS = [
    check_flow(),
    cart_flow(
        *("cart_create", lambda carts, cart_id: carts.create(wish(KNOWN_ITEM, 2))),
        lambda request: request.method == "POST" and request.url.path.endswith("/carts"),
    ),
    cart_flow("cart_show", lambda carts, cart_id: carts.read(cart_id), lambda request: request.method == "GET"),
    cart_flow(
        *("cart_update", lambda carts, cart_id: carts.update(cart_id, wish(KNOWN_ITEM, 3))),
        lambda request: request.method == "PUT",
    ),
    cart_flow(
        *("cart_checkout", lambda carts, cart_id: carts.checkout(cart_id)),
        lambda request: request.url.path.endswith("/checkout"),
    ),
]
FLOWS = [*WALKS, *FILES, *EXPORTS, *CARTS]
