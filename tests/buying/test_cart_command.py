"""`recon cart` as it is typed: shown first, sent when confirmed, told line by line, and never twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import pipelines.session
from pipelines.buying import permission
from pipelines.cli import cli
from pipelines.errors import RetryableError, UsageError
from pipelines.partner_center.clients import Clients
from pipelines.sandbox import DEFAULT_CLOCK, Faults, SandboxApp, World, build_world
from pipelines.sandbox.carts import Checkout
from pipelines.sandbox.replies import Reply
from pipelines.sandbox.routes import carts as routes
from tests.sandboxed import clients_of


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.01)


class Keyboard:
    """`recon cart` over a sandbox in this process."""

    def __init__(self, app: SandboxApp, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.folder = app, folder
        self.customer_id = next(one.id for one in app.bodies.customers.values() if one.country == "US")

        @contextmanager
        def in_process(*_: object) -> Iterator[Clients]:
            with clients_of(app) as clients:
                yield clients

        monkeypatch.setattr(pipelines.session, "open_clients", in_process)
        monkeypatch.setattr(permission, "identity_of_server", lambda base_url: permission.IDENTITY)
        monkeypatch.chdir(folder)

    def __call__(self, *arguments: str) -> Result:
        section = "SOURCES__PARTNER_CENTER__"
        settings = {"BASE_URL": "http://127.0.0.1:1", "TENANT_ID": "t", "CLIENT_ID": "c", "CLIENT_SECRET": "s"}
        environment = {f"{section}{name}": value for name, value in settings.items()}
        environment |= {"RECON_DATA_DIR": str(self.folder / "data"), "RECON_AS_OF": DEFAULT_CLOCK.isoformat()}
        return CliRunner(env=environment).invoke(cli, ["cart", *arguments, "--customer", self.customer_id])

    def item(self, kind: str) -> str:
        items = (item for product in self.app.catalog.products.values() for item in product.skus.values())
        offers = (
            one for item in items if item.kind == kind for one in self.app.catalog.offers(item, "US", DEFAULT_CLOCK)
        )
        offer = next(one for one in offers if one.is_purchasable)
        return f"{offer.item.product_id}:{offer.item.sku_id}:{offer.id}"

    def cart(self) -> str:
        """A cart of a licence and of a seat, made."""
        file = self.folder / "cart.yaml"
        file.write_text(
            f"lines:\n  - {{item: '{self.item('perpetual')}', quantity: 2}}\n"
            f"  - {{item: '{self.item('seat')}', quantity: 5, cycle: monthly, term: P1M}}\n"
        )
        assert self("create", str(file), "--confirm").exit_code == 0
        [cart_id] = self.app.carts.carts
        return cart_id

    def bought(self) -> int:
        return len(self.app.orders_of(self.customer_id)) - len(self.app.world.orders.get(self.customer_id, ()))


@pytest.fixture
def keyboard(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    return Keyboard(SandboxApp(world), tmp_path, monkeypatch)


def test_without_a_confirmation_everything_is_shown_and_nothing_sent(keyboard: Keyboard) -> None:
    item = keyboard.item("perpetual")
    shown = keyboard("create", "--item", item, "--quantity", "2")
    assert (shown.exit_code, keyboard.app.carts.carts) == (0, {})
    assert item in shown.output
    assert "nothing was sent" in shown.output
    cart_id = keyboard.cart()
    assert "nothing was sent" in keyboard("checkout", cart_id).output
    assert keyboard.bought() == 0


def test_what_a_check_speaks_against_is_not_sent_whatever_is_confirmed(keyboard: Keyboard) -> None:
    refused = keyboard("create", "--item", keyboard.item("perpetual"), "--quantity", "101", "--confirm")
    assert isinstance(refused.exception, UsageError)
    assert "WRONG    line 0: quantity 101" in refused.output
    assert keyboard.app.carts.carts == {}


def test_a_purchase_names_the_order_of_each_line(keyboard: Keyboard) -> None:
    done = keyboard("checkout", keyboard.cart(), "--confirm")
    assert done.exit_code == 0, done.output
    orders = re.findall(r"^order (\S{33}) ", done.output, re.MULTILINE)
    assert len(orders) == keyboard.bought() == 2
    for number, order_id in enumerate(orders):
        assert re.search(rf"^line {number}: .* ordered: {re.escape(order_id)}$", done.output, re.MULTILINE)


def test_a_part_that_was_not_ordered_is_told_and_the_exit_code_says_so(keyboard: Keyboard) -> None:
    cart_id = keyboard.cart()
    keyboard.app.faults.switch(Faults(sold_out=(keyboard.item("seat").split(":")[0],)))
    done = keyboard("checkout", cart_id, "--confirm")
    assert done.exit_code == 6
    assert re.search(r"^line 1: .* NOT ordered: 800010", done.output, re.MULTILINE)
    assert re.search(r"^line 0: .* ordered: ", done.output, re.MULTILINE)


def test_nothing_ordered_at_all_is_a_failure(keyboard: Keyboard) -> None:
    cart_id = keyboard.cart()
    both = tuple(keyboard.item(kind).split(":")[0] for kind in ("perpetual", "seat"))
    keyboard.app.faults.switch(Faults(sold_out=both))
    assert keyboard("checkout", cart_id, "--confirm").exit_code == 3


def test_a_lost_answer_is_fetched_by_the_next_run_and_nothing_is_bought_twice(
    keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of the checkout is cut off, and so is every further attempt of that run."""
    cart_id, checkout = keyboard.cart(), keyboard.app.carts.checkout

    def bought_and_cut(*arguments: Any) -> Checkout:
        keyboard.app.faults.faults = Faults(server_error_every=1, burst=10**6)
        return checkout(*arguments)

    def lost(shop: SandboxApp, ask: Any, done: Checkout) -> Reply:
        return Reply(201, b'{"orders": [', sent=4, is_reset=True)

    with monkeypatch.context() as cable:
        cable.setattr(keyboard.app.carts, "checkout", bought_and_cut)
        cable.setattr(routes, "_checked_out", lost)
        broken = keyboard("checkout", cart_id, "--confirm")
    assert isinstance(broken.exception, RetryableError)
    assert keyboard.bought() == 2
    keyboard.app.faults.switch(Faults())
    done = keyboard("checkout", cart_id, "--confirm")
    assert done.exit_code == 0, done.output
    assert "so that nothing is bought twice" in done.output
    assert len(re.findall(r"^order ", done.output, re.MULTILINE)) == keyboard.bought() == 2
