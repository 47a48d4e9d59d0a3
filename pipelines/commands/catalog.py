"""`recon catalog`: what is for sale, and whether it is in stock."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from pipelines.commands.cart import pairs
from pipelines.commands.common import prepare, watched
from pipelines.commands.output import Document, json_option
from pipelines.errors import UsageError
from pipelines.warehouse import exclusive_run

if TYPE_CHECKING:
    from pipelines.partner_center.walks import WalkRequest

Row = Mapping[str, Any]
Look = Callable[["WalkRequest"], dict[str, list[dict[str, Any]]]]

_PLACE: tuple[Callable[..., Callable[..., object]], ...] = (
    click.option("--country", default="", help="Two letters, like US."),
    click.option("--customer", default="", metavar="ID", help="What this customer can buy."),
    click.option("--segment", default="", help="commercial, education, government or nonprofit."),
    click.option("--scope", default="", help="AzurePlan for reservations under an Azure plan."),
)


def _place(command: Callable[..., object]) -> Callable[..., object]:
    for option in reversed(_PLACE):
        command = option(command)
    return command


@click.group(short_help="What is for sale, and whether it is in stock")
def catalog() -> None:
    """What is for sale: products, SKUs, availabilities, stock. There is no price in it."""


@catalog.command()
@click.argument("product", required=False, default="")
@click.option("--view", default="", help="Target view; a wrong one is answered with all there are.")
@_place
@json_option
def products(document: Document, product: str, view: str, **place: str) -> None:
    """Products of a view, or one by id."""
    from pipelines.catalog import products_request

    asked = products_request(_where(place), view, product)
    with _reading() as look:
        found = look(asked)
    _print_all(found, "products", document, product)


@catalog.command()
@click.argument("product")
@click.argument("sku", required=False, default="")
@_place
@json_option
def skus(document: Document, product: str, sku: str, **place: str) -> None:
    """SKUs of a product, or one of them; says which need an inventory check."""
    from pipelines.catalog import needs_inventory_check, only, skus_request

    asked = skus_request(_where(place), product, sku)
    with _reading() as look:
        found = look(asked)
    found["skus"] = only(found["skus"], sku)
    _print_all(found, "skus", document, f"{product} {sku}".strip())
    waiting = [row["id"] for row in found["skus"] if needs_inventory_check(row)]
    if waiting:
        click.echo(f"an inventory check is needed before buying: {', '.join(waiting)}")
        click.echo(f"next: recon catalog inventory {product} --country {place['country'].upper() or 'XX'}")


@catalog.command()
@click.argument("product")
@click.argument("sku")
@click.argument("availability", required=False, default="")
@_place
@json_option
def availabilities(document: Document, product: str, sku: str, availability: str, **place: str) -> None:
    """Availabilities of a SKU, or one of them: what a cart line names."""
    from pipelines.catalog import availabilities_request, only

    asked = availabilities_request(_where(place), product, sku, availability)
    with _reading() as look:
        found = look(asked)
    found["availabilities"] = only(found["availabilities"], availability)
    _print_all(found, "availabilities", document, f"{product} {sku} {availability}".strip())


@catalog.command()
@click.argument("product")
@click.argument("sku", required=False, default="")
@click.option("--country", required=True, help="Two letters, like US.")
@click.option(
    "--context", multiple=True, metavar="KEY=VALUE", help="Like armRegionName=westus2 (inventoryVariables)."
)
@json_option
def inventory(document: Document, product: str, sku: str, country: str, context: tuple[str, ...]) -> None:
    """Whether the SKUs of a product, or one, can be delivered now."""
    from pipelines.buying.checks import restriction_text
    from pipelines.catalog import inventory_request, left_out, skus_request, where

    place = where(country, "", "", "")
    asked = inventory_request(place.country, product, sku, pairs(context))
    with _reading() as look:
        offered = look(skus_request(place, product, sku))["skus"]
        if not offered:
            raise UsageError(f"the catalog of {place.country} has no {product} {sku}".rstrip())
        found = look(asked)["inventory"]
    missing = list(left_out(offered, found))
    document.add(items=found, left_out=missing)
    rows = []
    for row in found:
        reasons = restriction_text({"restrictions": row["restrictions"]})
        stock = f"restricted: {reasons or 'no reason is given'}" if row["is_restricted"] else "no restriction"
        rows.append((row["product_id"], row["sku_id"] or "", stock))
    _table(("product", "SKU", "stock"), rows)
    for one in missing:
        click.echo(f"{one} was left out of the answer: the inventory does not know it, so it may not be buyable")


_COLUMNS: dict[str, tuple[tuple[str, Callable[[Row], str]], ...]] = {
    "products": (
        ("id", lambda row: _text(row["id"])),
        ("title", lambda row: _text(row["title"])),
        ("type", lambda row: " / ".join(filter(None, (row["product_type_id"], row["product_sub_type_id"])))),
        ("publisher", lambda row: _text(row["publisher_name"])),
    ),
    "skus": (
        ("product", lambda row: _text(row["product_id"])),
        ("id", lambda row: _text(row["id"])),
        ("title", lambda row: _text(row["title"])),
        ("quantity", lambda row: f"{_text(row['minimum_quantity'])} - {_text(row['maximum_quantity'])}"),
        ("billing cycles", lambda row: _text(row["supported_billing_cycles"])),
        ("before buying", lambda row: _text(row["purchase_prerequisites"])),
        ("inventory asks for", lambda row: _text(row["inventory_variables"])),
    ),
    "availabilities": (
        ("item of a cart line", lambda row: _text(row["catalog_item_id"] or row["id"])),
        ("segment", lambda row: _text(row["segment"])),
        ("country", lambda row: _text(row["country"])),
        ("currency", lambda row: _text(row["default_currency"])),
        ("for sale", lambda row: "yes" if row["is_purchasable"] else "no"),
        ("terms", lambda row: _text([_term(term) for term in row["terms"] or ()])),
    ),
}


def _where(place: Mapping[str, str]) -> Any:
    from pipelines.catalog import where

    return where(place["country"], place["customer"], place["segment"], place["scope"])


@contextmanager
def _reading() -> Iterator[Look]:
    """Reads into the landing, signed in."""
    from pipelines import catalog as shelf
    from pipelines.landing import Landing
    from pipelines.partner_center.walks import WalkReader
    from pipelines.session import claim_data_dir, open_clients

    settings, folders = prepare()
    settings.require_sign_in()
    with exclusive_run(folders, "catalog"), watched(folders, "catalog") as progress:
        claim_data_dir(settings, folders)
        landing = Landing(folders.landing)
        with open_clients(settings, folders, progress) as clients:
            reader = WalkReader(clients.partner_center, landing, settings.as_of.isoformat(), progress)
            yield lambda request: shelf.look(reader, landing, request)


def _print_all(found: Mapping[str, Sequence[Row]], wanted: str, document: Document, what: str) -> None:
    """The rows that were asked for; rows of another kind are shown as what they are."""
    document.add(items=[row for rows in found.values() for row in rows])
    if not any(found.values()):
        click.echo(f"nothing there: {what} is not for sale there (any more)" if what else "nothing there")
    for name, rows in found.items():
        if rows and name != wanted:
            click.echo(f"the answer holds {name}, not {wanted}")
        if rows:
            columns = _COLUMNS[name]
            _table([title for title, _ in columns], [[show(row) for _, show in columns] for row in rows])


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    # An id that was cut short is of no use: long words are folded, and a file has room.
    table = Table(*(Column(title, overflow="fold") for title in titles))
    for row in rows:
        # As text: what the API sends is never markup.
        table.add_row(*map(Text, row))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return _text(value.get("code") or json.dumps(value, ensure_ascii=False))
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)


def _term(term: object) -> str:
    if not isinstance(term, Mapping):
        return _text(term)
    cycle = term.get("billingCycle")
    return f"{term.get('duration')} ({cycle})" if cycle else _text(term.get("duration"))
