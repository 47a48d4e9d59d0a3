"""Carts through the real client: checked before, sent once, told line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.buying.carts import Carts, Checkout, error_text, read_checkout
from pipelines.buying.checks import Check, Question, check_lines, questions_in, questions_of
from pipelines.buying.journal import Journal
from pipelines.buying.wishes import CartWish, LineWish
from pipelines.errors import PageContractBroken, RequestRefused, RetryableError, UsageError
from pipelines.partner_center.client import PartnerCenterClient
from pipelines.sandbox import DEFAULT_CLOCK, Faults, SandboxApp, World, build_world
from pipelines.sandbox.catalog import Offer, is_restricted
from tests.sandboxed import client_of

NOW = DEFAULT_CLOCK.isoformat()


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.05)


@pytest.fixture
def app(world: World) -> SandboxApp:
    return SandboxApp(world)


@pytest.fixture
def client(app: SandboxApp) -> Iterator[PartnerCenterClient]:
    with client_of(app) as client:
        yield client


@pytest.fixture
def customer_id(app: SandboxApp) -> str:
    return next(one.id for one in app.bodies.customers.values() if one.country == "US")


@pytest.fixture
def carts(client: PartnerCenterClient, customer_id: str, tmp_path: Path) -> Carts:
    return Carts(client, Journal(tmp_path), "tenant", customer_id, NOW)


def offers(app: SandboxApp, kind: str) -> Iterator[Offer]:
    for product in app.catalog.products.values():
        for item in product.skus.values():
            if item.kind == kind:
                yield from app.catalog.offers(item, "US", DEFAULT_CLOCK)[:1]


def wish_for(offer: Offer, quantity: int = 2) -> LineWish:
    item = offer.item
    name = f"{item.product_id}:{item.sku_id}:{offer.id}"
    return LineWish(
        name, quantity, "monthly" if item.kind == "seat" else "one_time", "P1M" if item.kind == "seat" else ""
    )


def licence(app: SandboxApp) -> LineWish:
    return wish_for(next(offer for offer in offers(app, "perpetual") if offer.is_purchasable))


def orders_of(app: SandboxApp, customer_id: str) -> int:
    return len(app.orders_of(customer_id)) - len(app.world.orders.get(customer_id, ()))


# Checks --------------------------------------------------------------------------------------------------------


def checks_of(client: PartnerCenterClient, customer_id: str, wish: LineWish, **context: str) -> list[Check]:
    return check_lines(client, customer_id, list(questions_of([wish])), context)


def wrongs(checks: list[Check]) -> str:
    return "; ".join(check.text for check in checks if check.result == "wrong")


def test_a_line_that_can_be_bought_has_nothing_against_it(
    client: PartnerCenterClient, app: SandboxApp, customer_id: str
) -> None:
    checks = checks_of(client, customer_id, licence(app))
    assert {check.result for check in checks} == {"ok"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"quantity": 101}, "outside of 1 to 100"),
        ({"billing_cycle": "annual"}, "not offered; there are one_time"),
        ({"term": "P1Y"}, "has no terms"),
        ({"item": "NOT:0001:HERE"}, "not in the customer's catalog"),
    ],
)
def test_what_speaks_against_a_line_is_said(
    client: PartnerCenterClient, app: SandboxApp, customer_id: str, change: dict[str, object], says: str
) -> None:
    wish = replace(licence(app), **change)  # type: ignore[arg-type]
    assert says in wrongs(checks_of(client, customer_id, wish))


def test_an_availability_that_is_gone_names_those_for_sale(
    client: PartnerCenterClient, app: SandboxApp, customer_id: str
) -> None:
    wish = licence(app)
    old = replace(wish, item=wish.item.rpartition(":")[0] + ":OLD")
    assert wish.item.rpartition(":")[2] in wrongs(checks_of(client, customer_id, old))


def test_an_availability_that_is_not_for_sale_is_wrong(
    client: PartnerCenterClient, app: SandboxApp, customer_id: str
) -> None:
    closed = next(
        offer for kind in ("perpetual", "subscription") for offer in offers(app, kind) if not offer.is_purchasable
    )
    assert "not for sale" in wrongs(checks_of(client, customer_id, wish_for(closed)))


def test_a_term_is_billed_only_as_the_catalog_offers_it(
    client: PartnerCenterClient, app: SandboxApp, customer_id: str
) -> None:
    seat = wish_for(next(offer for offer in offers(app, "seat") if offer.is_purchasable))
    assert wrongs(checks_of(client, customer_id, seat)) == ""
    assert "billed monthly, not annual" in wrongs(
        checks_of(client, customer_id, replace(seat, billing_cycle="annual"))
    )
    assert "P1M, P1Y" in wrongs(checks_of(client, customer_id, replace(seat, term="")))


def test_stock_is_asked_for_where_the_catalog_wants_it_and_what_nobody_can_tell_is_unknown(
    client: PartnerCenterClient, app: SandboxApp, customer_id: str
) -> None:
    free = next(o for o in offers(app, "reservation") if o.is_purchasable and not is_restricted(o.item, ""))
    wish = replace(wish_for(free), term=free.item.term)
    checks = checks_of(client, customer_id, wish)
    assert wrongs(checks) == ""
    assert [check.text.split()[0] for check in checks if check.result == "unknown"] == [
        "AzureSubscriptionRegistration"
    ]
    assert "restricted: NotAvailable" in wrongs(checks_of(client, customer_id, wish, armRegionName="japanwest"))


def test_a_legacy_offer_cannot_be_looked_up(client: PartnerCenterClient, customer_id: str) -> None:
    [check] = check_lines(client, customer_id, [Question("line 0", "MS-AZR-0145P", 1, "monthly", "", {})], {})
    assert check.result == "unknown"


# Sending -------------------------------------------------------------------------------------------------------


def test_a_cart_is_made_read_changed_and_bought(
    carts: Carts, app: SandboxApp, client: PartnerCenterClient, customer_id: str
) -> None:
    wish = licence(app)
    made = carts.create(CartWish(customer_id, (wish,)))
    assert carts.read(made.id) == made
    changed = carts.update(made.id, CartWish(customer_id, (replace(wish, quantity=5),)))
    assert [line.quantity for line in changed.lines] == ["5"]
    assert {check.result for check in check_lines(client, customer_id, list(questions_in(changed.lines)), {})} == {
        "ok"
    }
    done = carts.checkout(made.id)
    assert [order.items for order in done.orders] == [(wish.item,)]
    assert carts.read(made.id).status == "Ordered"


def test_a_lost_answer_does_not_buy_twice(carts: Carts, app: SandboxApp, customer_id: str, tmp_path: Path) -> None:
    """Every answer of the checkout is cut off; the next run sends the same step under the same id."""
    cart = carts.create(CartWish(customer_id, (licence(app),)))
    app.faults.switch(Faults(reset_every=1, burst=10**6))
    with pytest.raises(RetryableError):
        carts.checkout(cart.id)
    assert orders_of(app, customer_id) == 1
    opened = carts.open_checkout(cart.id)
    assert opened is not None
    app.faults.switch(Faults())
    with client_of(app) as another_run:
        done = Carts(another_run, Journal(tmp_path), "tenant", customer_id, NOW).checkout(cart.id)
    assert done.is_repeated
    assert len(done.orders) == orders_of(app, customer_id) == 1
    asked = {call["request_id"] for call in app.recent if str(call["path"]).endswith("/checkout")}
    assert asked == {opened.request_id}
    assert carts.open_checkout(cart.id) is None


def test_a_refusal_is_an_answer_and_ends_the_step(carts: Carts, app: SandboxApp, customer_id: str) -> None:
    cart = carts.create(CartWish(customer_id, (licence(app),)))
    carts.checkout(cart.id)
    with pytest.raises(RequestRefused, match="submitted already"):
        carts.checkout(cart.id)
    assert carts.open_checkout(cart.id) is None
    assert orders_of(app, customer_id) == 1


def test_the_id_is_on_disk_before_anything_is_sent(customer_id: str, tmp_path: Path) -> None:
    class Nobody:
        def send(self, *_: object, request_id: str, **__: object) -> None:
            [kept] = tmp_path.glob("open-*.json")
            assert json.loads(kept.read_text())["request_id"] == request_id
            raise KeyboardInterrupt

    carts = Carts(Nobody(), Journal(tmp_path), "tenant", customer_id, NOW)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        carts.checkout("some-cart")
    assert carts.open_checkout("some-cart") is not None


def test_a_damaged_note_is_not_guessed_at(customer_id: str, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin("tenant", customer_id, "check out cart c", None, NOW)
    next(tmp_path.glob("open-*.json")).write_text("{")
    with pytest.raises(UsageError, match="by hand"):
        journal.open_step("tenant", customer_id, "check out cart c", None)


def test_a_part_that_ran_out_is_told_beside_what_was_bought(carts: Carts, app: SandboxApp, customer_id: str) -> None:
    seat = wish_for(next(offer for offer in offers(app, "seat") if offer.is_purchasable))
    cart = carts.create(CartWish(customer_id, (licence(app), seat)))
    app.faults.switch(Faults(sold_out=(seat.item.split(":")[0],)))
    done = carts.checkout(cart.id)
    assert len(done.orders) == 1
    assert [(error.group, error.code) for error in done.errors] == [("1", "800010")]


def test_a_line_error_is_shown_by_name_and_number(carts: Carts, customer_id: str) -> None:
    lines = (LineWish("NOT:0001:HERE", 1, "one_time"), LineWish("NOR:0001:THERE", 1, "one_time"))
    made = carts.create(CartWish(customer_id, lines))
    assert [line.error.split(":")[0] for line in made.lines] == ["catalog_item_id_is_not_valid (10001)"] * 2
    assert error_text({"errorCode": 10005}) == "10005"
    assert error_text({"ErrorCode": "InventoryNotAvailable"}) == "InventoryNotAvailable (10003)"
    assert error_text(None) == ""


def test_an_answer_that_says_nothing_is_not_a_success() -> None:
    assert read_checkout({"Orders": [{"id": "o"}]}) != Checkout((), (), is_repeated=False)
    with pytest.raises(PageContractBroken):
        read_checkout({"orders": []})
