"""The catalog: what a load asks for, what it keeps, and what is shown at the keyboard."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import pipelines.session
from pipelines.catalog import look, products_request, where
from pipelines.cli import cli
from pipelines.errors import UsageError
from pipelines.landing import Landing
from pipelines.load import rebuild
from pipelines.partner_center.clients import Clients
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkReader
from pipelines.plans import Plan, catalog
from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, World, build_world
from pipelines.sandbox.catalog import VANISHES_AT, Product, is_restricted, number_of
from pipelines.sandbox.facts import Item
from tests.raw_tables import add_rows, raw_tables, walk_of
from tests.sandboxed import Silent, clients_of, folders_in, rows_of

NAMES = "select id, title from partner_center_raw.products order by all"
READINGS = "select row_count from partner_center_raw.load_ledger where endpoint = 'products_by_id' order by read_at"


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.01)


def calls(app: SandboxApp) -> list[str]:
    return [str(call["path"]) for call in app.recent if "/products" in str(call["path"])]


# Loading -------------------------------------------------------------------------------------------------------


class Shelf:
    """Charges that name products, and the phases of a load that ask for them."""

    def __init__(self, app: SandboxApp, folder: Path) -> None:
        self.app, self.landing = app, Landing(folder / "landing")
        self.raw = raw_tables()

    def charge(self, item: Item, country: str, customers: int = 1) -> None:
        """Customers of the country are charged for the item."""
        number = len(self.raw.execute(f"select * from {DATASET}.invoice_line_items").fetchall())
        row = {"customer_country": country, "subtotal": 1, "total_for_customer": 1}
        walk = walk_of(
            "invoice_line_items", {"invoice_id": f"G{number}", "provider": "onetime", "line_item_type": "billing"}
        )
        rows = [
            {**row, "product_id": item.product_id, "sku_id": item.sku_id, "customer_id": f"c-{country}-{n}"}
            for n in range(customers)
        ]
        add_rows(self.raw, "invoice_line_items", walk, rows)

    def load(self, days: int = 0) -> dict[str, int]:
        """The phases of the catalog at a moment; every path asked for, and how often."""
        self.app.clock = DEFAULT_CLOCK + timedelta(days=days)
        self.app.recent.clear()
        plan = Plan(self.landing, self.app.clock, with_user=True, database=lambda: nullcontext(self.raw))
        with clients_of(self.app) as clients:
            reader = WalkReader(clients.partner_center, self.landing, self.app.clock.isoformat(), Silent())
            for phase in (catalog.AT_HOME, catalog.ELSEWHERE, catalog.PARTS):
                outcomes = [reader.read(request) for request in phase.requests(plan)]
                assert [one.reason for one in outcomes if one.result == "failed"] == []
        asked = [f"{str(call['path']).removeprefix('/v1/products/')}?{call['query']}" for call in self.app.recent]
        return dict(Counter(one for one in asked if "country" in one))


@pytest.fixture
def shelf(world: World, tmp_path: Path) -> Shelf:
    return Shelf(SandboxApp(world), tmp_path)


def an_item(app: SandboxApp, *, everywhere: bool = True, vanishing: bool = False) -> Item:
    """An item that the catalogs of all countries show, or of few; one that will vanish, or stays."""
    return next(
        item
        for product in app.catalog.products.values()
        for item in product.skus.values()
        if product.kind == "subscription"
        and (number_of(product.id) % 7 != 0) is everywhere
        and (number_of(product.id) % 13 == 1) is vanishing
        and number_of(product.id) % 13 != 0
    )


def test_a_product_its_sku_and_its_availabilities_are_asked_for_once_a_month(shelf: Shelf) -> None:
    item = an_item(shelf.app)
    shelf.charge(item, "JP")
    first = shelf.load()
    sku = f"{item.product_id}/skus/{item.sku_id}"
    assert list(first) == [f"{path}?country=JP" for path in (item.product_id, sku, f"{sku}/availabilities")]
    assert shelf.load(days=29) == {}
    assert shelf.load(days=31) == first


def test_a_product_is_asked_for_where_most_of_its_customers_are(shelf: Shelf) -> None:
    item = an_item(shelf.app)
    shelf.charge(item, "DE")
    shelf.charge(item, "GB", customers=2)
    assert {path.rpartition("=")[2] for path in shelf.load()} == {"GB"}


def test_a_product_that_is_not_there_is_asked_for_in_the_other_countries(shelf: Shelf) -> None:
    """A 404 is an answer: nothing failed, and the product is named by the country that has it."""
    item = an_item(shelf.app, everywhere=False)
    shelf.charge(item, "JP", customers=3)
    shelf.charge(item, "GB", customers=2)
    shelf.charge(item, "US")
    assert [path.rpartition("=")[2] for path in shelf.load()] == ["JP", "GB", "US", "US", "US"]
    assert shelf.load(days=1) == {}


def test_orders_name_products_by_their_offer_or_by_their_link(shelf: Shelf) -> None:
    item, other = an_item(shelf.app), an_item(shelf.app, vanishing=True)
    walk = walk_of("orders", {"customer_id": "c-US"})
    order = {"id": "o", "reference_customer_id": "c-US", "creation_date": "2026-10-01T00:00:00Z"}
    line = {"order_id": "o", "line_item_number": 0, "quantity": 1}
    link = f"/products/{other.product_id}/skus/{other.sku_id}?country=US"
    add_rows(shelf.raw, "orders", walk, [order])
    offers = [
        {**line, "offer_id": f"{item.product_id}:{item.sku_id}:{item.availability_id}"},
        {**line, "line_item_number": 1, "offer_id": "E1A2B3C4-0000-4000-8000-00000000000F", "sku_uri": link},
    ]
    add_rows(shelf.raw, "order_line_items", walk, offers)
    assert {path.split("/")[0].split("?")[0] for path in shelf.load()} == {item.product_id, other.product_id}


def test_a_product_keeps_its_name_after_it_has_vanished_also_from_the_landing(world: World, tmp_path: Path) -> None:
    """Both readings stay: the one with the name and the one without; the database is made again from them."""
    shelf, folders = Shelf(SandboxApp(world), tmp_path), folders_in(tmp_path)
    item = an_item(shelf.app, vanishing=True)
    shelf.charge(item, "US")
    shelf.load()
    shelf.load(days=(VANISHES_AT - DEFAULT_CLOCK).days + 1)
    rebuild(folders)
    assert rows_of(folders, NAMES) == [(item.product_id, item.product_name)]
    assert rows_of(folders, READINGS) == [(1,), (0,)]


# At the keyboard -----------------------------------------------------------------------------------------------


class Keyboard:
    """`recon catalog` over a sandbox in this process."""

    def __init__(self, app: SandboxApp, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.folder = app, folder

        @contextmanager
        def in_process(*_: object) -> Iterator[Clients]:
            with clients_of(app) as clients:
                yield clients

        monkeypatch.setattr(pipelines.session, "open_clients", in_process)
        monkeypatch.chdir(folder)

    def __call__(self, *arguments: str) -> Result:
        section = "SOURCES__PARTNER_CENTER__"
        settings = {"BASE_URL": "http://127.0.0.1:1", "TENANT_ID": "t", "CLIENT_ID": "c", "CLIENT_SECRET": "s"}
        environment = {f"{section}{name}": value for name, value in settings.items()}
        environment |= {"RECON_DATA_DIR": str(self.folder / "data"), "RECON_AS_OF": DEFAULT_CLOCK.isoformat()}
        return CliRunner(env=environment).invoke(cli, ["catalog", *arguments])

    def some(self, kind: str) -> Product:
        found = self.app.catalog.products.values()
        return next(
            one
            for one in found
            if one.kind == kind
            and one.is_sold_in("US", DEFAULT_CLOCK)
            and not any(is_restricted(item, "") for item in one.skus.values())
        )


@pytest.fixture
def keyboard(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    return Keyboard(SandboxApp(world), tmp_path, monkeypatch)


def test_products_of_a_view_are_shown_whole(keyboard: Keyboard) -> None:
    product = keyboard.some("reservation")
    shown = keyboard("products", "--country", "us", "--view", "azurereservations")
    assert shown.exit_code == 0, shown.output
    assert product.id in shown.output
    assert product.name in shown.output


def test_a_wrong_view_is_answered_with_all_there_are(keyboard: Keyboard) -> None:
    wrong = keyboard("products", "--country", "US", "--view", "AzureAzureReservationsVM")
    assert isinstance(wrong.exception, UsageError)
    assert "SoftwareSUSELinux" in str(wrong.exception)
    assert calls(keyboard.app) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("products", "--view", "Azure"),
        ("products", "--view", "Azure", "--country", "US", "--customer", "c"),
        ("products", "--country", "USA", "--view", "Azure"),
        ("products", "--country", "US"),
        ("skus", "P", "--country", "US", "--segment", "retail"),
        ("skus", "P", "--country", "US", "--scope", "Shared"),
        ("inventory", "P", "--country", "US", "--context", "westus2"),
    ],
)
def test_a_question_that_is_not_clear_is_not_asked(keyboard: Keyboard, arguments: tuple[str, ...]) -> None:
    assert isinstance(keyboard(*arguments).exception, UsageError)


def test_skus_say_which_need_an_inventory_check_and_how_to_do_it(keyboard: Keyboard) -> None:
    product = keyboard.some("reservation")
    shown = keyboard("skus", product.id, "--country", "US").output
    assert f"inventory check is needed before buying: {', '.join(product.skus)}" in shown
    assert f"recon catalog inventory {product.id} --country US" in shown
    assert "inventory check" not in keyboard("skus", keyboard.some("perpetual").id, "--country", "US").output


def test_the_inventory_is_told_in_words(keyboard: Keyboard) -> None:
    product = keyboard.some("reservation")
    free = keyboard("inventory", product.id, "--country", "US")
    assert "no restriction" in free.output, free.output
    far = keyboard("inventory", product.id, "--country", "US", "--context", "armRegionName=japanwest")
    assert "restricted: NotAvailableForSubscription" in far.output


def test_rows_come_as_json_with_their_zeros(keyboard: Keyboard) -> None:
    product = keyboard.some("perpetual")
    rows = json.loads(keyboard("skus", product.id, "--country", "US", "--json").stdout)["items"]
    assert [row["id"] for row in rows] == list(product.skus)
    assert rows[0]["supported_billing_cycles"] == ["one_time"]
    sku_id = rows[0]["id"]
    found = json.loads(keyboard("availabilities", product.id, sku_id, "--country", "US", "--json").stdout)
    offered = found["items"]
    assert all(row["catalog_item_id"].startswith(f"{product.id}:{sku_id}:") for row in offered)


def test_what_is_not_for_sale_is_said_and_is_no_failure(keyboard: Keyboard) -> None:
    nothing = keyboard("products", "NOTHERE", "--country", "US")
    assert nothing.exit_code == 0
    assert "not for sale" in nothing.output


def test_skus_among_the_products_of_a_customer_are_shown_as_what_they_are(keyboard: Keyboard) -> None:
    customer_id = next(one.id for one in keyboard.app.bodies.customers.values() if one.country == "US")
    shown = keyboard("products", "--customer", customer_id, "--view", "MicrosoftAzure").output
    assert "the answer holds skus, not products" in shown


def test_what_is_looked_at_is_landed_for_the_warehouse(world: World, tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    asked = products_request(where("US", "", "", ""), "SoftwarePerpetual", "")
    with clients_of(SandboxApp(world)) as clients:
        reader = WalkReader(clients.partner_center, landing, DEFAULT_CLOCK.isoformat(), Silent())
        found = look(reader, landing, asked)
    assert found["products"]
    assert landing.partition("products", asked.partition, "").current is not None
