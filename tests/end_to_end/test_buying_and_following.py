"""One purchase, made with the program and followed until it is billed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from pipelines.sandbox import DEFAULT_CLOCK, World
from pipelines.sandbox.catalog import Offer
from pipelines.sandbox.facts import Customer
from tests.dbt.compiled_models import CompiledModels
from tests.end_to_end.desk import Desk, open_desk

BILLED_AT = DEFAULT_CLOCK.replace(month=11, day=6)
QUANTITY = 3


def what_to_buy(desk: Desk) -> tuple[Customer, Offer]:
    """A customer of the partner, and a licence that is for sale to it."""
    customer = next(one for one in desk.app.bodies.customers.values() if one.country == "US")
    items = (item for product in desk.app.catalog.products.values() for item in product.skus.values())
    offers = (offer for item in items for offer in desk.app.catalog.offers(item, "US", desk.app.clock))
    return customer, next(one for one in offers if one.item.kind == "perpetual" and one.is_purchasable)


def test_a_purchase_is_followed_until_its_bill_is_matched(
    world: World, models: CompiledModels, tmp_path: Path
) -> None:
    """Bought; then not invoiced yet; a day later among the unbilled lines; on the invoice of the 5th: matched."""
    with open_desk(world, tmp_path) as desk:
        customer, offer = what_to_buy(desk)
        item = f"{offer.item.product_id}:{offer.item.sku_id}:{offer.id}"
        file = tmp_path / "cart.yaml"
        file.write_text(f"customer: {customer.id}\nlines:\n  - {{item: '{item}', quantity: {QUANTITY}}}\n")

        shown = desk.recon("cart", "create", str(file))
        assert "nothing was sent" in shown.stdout, shown.stdout + shown.stderr
        assert desk.app.carts.carts == {}
        made = desk.recon("cart", "create", str(file), "--confirm")
        assert made.returncode == 0, made.stdout + made.stderr
        [cart_id] = desk.app.carts.carts
        bought = desk.recon("cart", "checkout", cart_id, "--customer", customer.id, "--confirm")
        assert bought.returncode == 0, bought.stdout + bought.stderr
        [order_id] = re.findall(r"^order (\S{33}) ", bought.stdout, re.MULTILINE)

        def state(at: timedelta) -> tuple[object, ...]:
            """Status, window, quantities ordered, charged and entitled, of what is read at that time."""
            later = desk.at(DEFAULT_CLOCK + at)
            done = later.recon("load")
            assert done.returncode == 0, done.stdout + done.stderr
            later.build(models)
            [row] = later.published(
                "select reconciliation_status, timing_code, cast(expected_quantity as int), "
                "cast(charged_quantity as int), cast(entitled_quantity as int) "
                f"from marts.fct_order_items where order_id = '{order_id}'"
            )
            return row

        assert state(timedelta(hours=1)) == ("timing", "not_yet_invoiced", QUANTITY, 0, QUANTITY)
        assert state(timedelta(days=2)) == ("timing", "on_unbilled", QUANTITY, 0, QUANTITY)
        assert state(BILLED_AT - DEFAULT_CLOCK) == ("matched", None, QUANTITY, QUANTITY, QUANTITY)
        [line] = desk.published(
            "select bucket, match_pass, availability_id from marts.fct_invoice_lines "
            f"where matched_order_id = '{order_id}'"
        )
        assert line == ("matched", "1_order_id", offer.id)
