"""`recon cart`: buying for a test, in a sandbox, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands.common import DONE, FAILED, PARTLY_READ, prepare, watched
from pipelines.commands.output import Document, json_option
from pipelines.errors import NotFound, UsageError
from pipelines.warehouse import exclusive_run

if TYPE_CHECKING:
    from pipelines.buying.carts import Cart, Carts, Client
    from pipelines.buying.checks import Check, Question
    from pipelines.buying.wishes import CartWish

_customer = click.option("--customer", metavar="ID", default="", help="The customer who buys.")
_confirm = click.option("--confirm", is_flag=True, help="Send it; without, it is only shown and checked.")
_context = click.option(
    "--context", "context", multiple=True, metavar="KEY=VALUE", help="More that the inventory check is asked about."
)
_file = click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
_FLAGS: tuple[Callable[..., Callable[..., object]], ...] = (
    click.option("--item", metavar="PRODUCT:SKU:AVAILABILITY", default="", help="One line without a file."),
    click.option("--quantity", default=1, show_default=True, type=click.IntRange(min=1)),
    click.option("--cycle", default="one_time", show_default=True, help="Billing cycle."),
    click.option("--term", default="", help="Like P1Y; left out where there is none."),
)


def _flags(command: Callable[..., object]) -> Callable[..., object]:
    for option in reversed(_FLAGS):
        command = option(command)
    return command


@dataclass(frozen=True)
class _Desk:
    carts: Carts
    client: Client
    customer_id: str
    context: Mapping[str, str]


@click.group(short_help="Buy for a test, in a sandbox only")
def cart() -> None:
    """Buy for a test: in the built-in sandbox, or in a listed integration-sandbox tenant; nowhere else."""


@cart.command()
@_file
@_flags
@_customer
@_context
@_confirm
@json_option
def create(
    document: Document,
    file: Path | None,
    customer: str,
    context: tuple[str, ...],
    confirm: bool,
    **flags: str | int,
) -> int:
    """Make a cart of the lines of a YAML or JSON file, or of the flags."""
    wish = _wish(file, flags)
    with _desk("cart create", customer or wish.customer_id, context) as desk:
        if not _may_send(desk, wish, confirm, document):
            return DONE
        made = desk.carts.create(wish)
    _show(made, document)
    click.echo(f"next: recon cart checkout {made.id} --customer {desk.customer_id}")
    return PARTLY_READ if any(line.error for line in made.lines) else DONE


@cart.command()
@click.argument("cart_id")
@_customer
@json_option
def show(document: Document, cart_id: str, customer: str) -> None:
    """Show a cart as it is now."""
    with _desk("cart show", customer, ()) as desk:
        _show(desk.carts.read(cart_id), document)


@cart.command()
@click.argument("cart_id")
@_file
@_flags
@_customer
@_context
@_confirm
@json_option
def update(
    document: Document,
    cart_id: str,
    file: Path | None,
    customer: str,
    context: tuple[str, ...],
    confirm: bool,
    **flags: str | int,
) -> int:
    """Put other lines into a cart."""
    wish = _wish(file, flags)
    with _desk("cart update", customer or wish.customer_id, context) as desk:
        if not _may_send(desk, wish, confirm, document):
            return DONE
        made = desk.carts.update(cart_id, wish)
    _show(made, document)
    return PARTLY_READ if any(line.error for line in made.lines) else DONE


@cart.command()
@click.argument("cart_id")
@_customer
@_context
@_confirm
@json_option
def checkout(document: Document, cart_id: str, customer: str, context: tuple[str, ...], confirm: bool) -> int:
    """Buy what is in a cart. Without --confirm: show and check it."""
    from pipelines.buying.checks import questions_in

    with _desk("cart checkout", customer, context) as desk:
        opened = desk.carts.open_checkout(cart_id)
        found = _cart_if_there(desk, cart_id) if opened else desk.carts.read(cart_id)
        if found is not None:
            _show(found, document)
        if opened is not None:
            click.echo(
                f"this checkout was sent at {opened.sent_at} and its answer never came; it goes out again under its "
                f"own request id {opened.request_id}, so that nothing is bought twice"
            )
        elif found is not None:
            _refuse_unfit(found)
            _require_good(_checked(desk, list(questions_in(found.lines)), document))
        document.add(is_sent=confirm)
        if not confirm:
            click.echo("nothing was sent; repeat it with --confirm to buy")
            return DONE
        done = desk.carts.checkout(cart_id)
    document.add(orders=done.orders, errors=done.errors)
    failed = {error.group: error for error in done.errors}
    for line in found.lines if found else ():
        if error := failed.get(line.group):
            click.echo(f"line {line.number}: {line.item} NOT ordered: {error.code} {error.description}")
        else:
            ids = [order.id for order in done.orders if line.item in order.items]
            click.echo(
                f"line {line.number}: {line.item} x {line.quantity} ordered: {', '.join(ids) or 'order not named'}"
            )
    for order in done.orders:
        click.echo(f"order {order.id} (alternate id {order.alternate_id}): {order.billing_cycle}, {order.status}")
    for error in done.errors:
        click.echo(f"group {error.group} was not ordered: {error.code} {error.description}")
    if done.orders:
        click.echo("a new order can take 15 minutes until lists show it; then `recon run` reads it")
    return DONE if not done.errors else PARTLY_READ if done.orders else FAILED


@contextmanager
def _desk(command: str, customer: str, context: Sequence[str]) -> Iterator[_Desk]:
    """Who buys where; refused before any call where nothing may be bought."""
    from pipelines.buying.carts import Carts
    from pipelines.buying.journal import Journal
    from pipelines.buying.permission import place_to_buy
    from pipelines.session import open_clients

    settings, folders = prepare(make=False)
    place = place_to_buy(settings.base_url, settings.tenant_id, settings.integration_sandbox_tenants)
    if not customer:
        raise UsageError("name the customer who buys: --customer ID")
    settings.require_sign_in()
    folders.make()
    with exclusive_run(folders, command), watched(folders, command.replace(" ", "-")) as progress:
        click.echo(f"in {place}, for customer {customer}")
        with open_clients(settings, folders, progress) as clients:
            client = clients.partner_center
            journal = Journal(folders.cart_steps)
            carts = Carts(client, journal, settings.tenant_id or "", customer, settings.as_of.isoformat())
            yield _Desk(carts, client, customer, pairs(context))


def pairs(context: Sequence[str]) -> dict[str, str]:
    """`KEY=VALUE` arguments.

    Errors:  UsageError for one that is none.
    """
    found = {}
    for one in context:
        key, mark, value = one.partition("=")
        if not key or not mark:
            raise UsageError(f"--context {one}: write it like armRegionName=westus2")
        found[key] = value
    return found


def _wish(file: Path | None, flags: Mapping[str, str | int]) -> CartWish:
    from pipelines.buying.wishes import from_flags, read_file

    item = str(flags["item"])
    if (file is None) == (not item):
        raise UsageError("name a FILE (YAML or JSON) or an --item, one of the two")
    if file is not None:
        return read_file(file)
    return from_flags(item, int(flags["quantity"]), str(flags["cycle"]), str(flags["term"]))


def _may_send(desk: _Desk, wish: CartWish, confirm: bool, document: Document) -> bool:
    """Shows and checks a wish; whether it is to be sent."""
    from pipelines.buying.checks import questions_of

    click.echo(json.dumps(wish.body(), indent=2, ensure_ascii=False))
    document.add(is_sent=confirm, asked=wish.body())
    _require_good(_checked(desk, list(questions_of(wish.lines)), document))
    if not confirm:
        click.echo("nothing was sent; repeat it with --confirm to send it")
    return confirm


def _checked(desk: _Desk, questions: list[Question], document: Document) -> list[Check]:
    from pipelines.buying.checks import check_lines

    words = {"ok": "ok     ", "wrong": "WRONG  ", "unknown": "unknown"}
    checks = check_lines(desk.client, desk.customer_id, questions, desk.context)
    document.add(checks=checks)
    for check in checks:
        click.echo(f"{words[check.result]}  {check.line}: {check.text}")
    return checks


def _require_good(checks: list[Check]) -> None:
    wrong = [check for check in checks if check.result == "wrong"]
    if wrong:
        raise UsageError(
            f"{len(wrong)} of {len(checks)} checks failed, the first for {wrong[0].line}. Nothing was sent"
        )


def _refuse_unfit(found: Cart) -> None:
    if found.status.lower() == "ordered":
        raise UsageError(f"cart {found.id} was ordered before; make another one to buy again. Nothing was sent")
    if any(line.error for line in found.lines):
        raise UsageError(
            f"cart {found.id} holds lines with errors; `recon cart update` changes them. Nothing was sent"
        )


def _cart_if_there(desk: _Desk, cart_id: str) -> Cart | None:
    """A cart whose checkout got through may be gone already."""
    try:
        return desk.carts.read(cart_id)
    except NotFound:
        return None


def _show(found: Cart, document: Document) -> None:
    document.add(cart=found)
    click.echo(f"cart {found.id}: {found.status}, expires {found.expires_at}")
    for line in found.lines:
        term = f" {line.term}" if line.term else ""
        text = f"  line {line.number}: {line.item} x {line.quantity}, {line.billing_cycle}{term}, {line.currency}"
        click.echo(f"{text}, group {line.group}" + (f"  ERROR {line.error}" if line.error else ""))
