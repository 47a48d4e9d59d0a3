"""What speaks against buying a line, as far as it can be known before anything is sent.

Each line is looked up in the catalog of its customer: limits, terms, billing cycles, prerequisites, stock. What no
call can tell is said to be unknown, never taken for met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from pipelines.buying.carts import CartLine, Client
from pipelines.buying.wishes import LineWish
from pipelines.errors import NotFound, PageContractBroken
from pipelines.partner_center.endpoints.inventory import INVENTORY, context_text, inventory_request
from pipelines.partner_center.strict_json import parse_strictly
from pipelines.partner_center.values import at_path, member

INVENTORY_CHECK = "InventoryCheck"


@dataclass(frozen=True)
class Check:
    """One thing looked at: `ok`, `wrong`, or `unknown` where no call tells."""

    line: str
    result: Literal["ok", "wrong", "unknown"]
    text: str


@dataclass(frozen=True)
class Question:
    """What of a line is checked, whether it comes from a file or stands in a cart."""

    line: str
    item: str
    quantity: int
    billing_cycle: str
    term: str
    provisioning: Mapping[str, str]


def questions_of(lines: Sequence[LineWish], prefix: str = "line ") -> Iterator[Question]:
    """Every wished line, add-ons behind their line."""
    for number, line in enumerate(lines):
        name = f"{prefix}{number}"
        yield Question(name, line.item, line.quantity, line.billing_cycle, line.term, line.provisioning)
        yield from questions_of(line.addons, f"{name}, add-on ")


def questions_in(lines: Sequence[CartLine]) -> Iterator[Question]:
    """Every line of a cart."""
    for line in lines:
        context = member(line.sent, "provisioningContext")
        provisioning = {str(key): str(value) for key, value in context.items()} if isinstance(context, dict) else {}
        quantity = int(line.quantity) if line.quantity.isdecimal() else 0
        yield Question(f"line {line.number}", line.item, quantity, line.billing_cycle, line.term, provisioning)


def check_lines(
    client: Client, customer_id: str, questions: Sequence[Question], context: Mapping[str, str]
) -> list[Check]:
    """Everything that can be known about the lines; reads only.

    Shape:   `context` is added to what the inventory is asked about.
    """
    return [check for one in questions for check in _check(client, customer_id, one, context)]


def _check(client: Client, customer_id: str, asked: Question, context: Mapping[str, str]) -> Iterator[Check]:
    parts = asked.item.split(":")
    if len(parts) != 3 or not all(parts):
        yield Check(
            asked.line, "unknown", f"{asked.item} is not product:sku:availability; a legacy offer is in no catalog"
        )
        return
    product_id, sku_id, availability_id = (quote(part, safe="") for part in parts)
    path = f"/v1/customers/{quote(customer_id, safe='')}/products/{product_id}/skus/{sku_id}"
    sku = _found(client, path)
    if sku is None:
        yield Check(asked.line, "wrong", f"SKU {parts[0]}:{parts[1]} is not in the customer's catalog (any more)")
        return
    yield _quantity(asked, sku)
    yield _cycle(asked, sku)
    availability = _found(client, f"{path}/availabilities/{availability_id}")
    if availability is None:
        others = ", ".join(_purchasable(client, f"{path}/availabilities")) or "none"
        text = f"availability {parts[2]} is not there (any more); their ids change. For sale now: {others}"
        yield Check(asked.line, "wrong", text)
        return
    yield _purchasability(asked, availability)
    yield _term(asked, availability)
    for name in _words(sku, "purchasePrerequisites"):
        if name.lower() == INVENTORY_CHECK.lower():
            yield _stock(client, customer_id, asked, availability, sku, context)
        else:
            yield Check(asked.line, "unknown", _prerequisite(name, asked))


def _quantity(asked: Question, sku: Mapping[str, Any]) -> Check:
    least, most = member(sku, "minimumQuantity"), member(sku, "maximumQuantity")
    limits = f"{'?' if least is None else least} to {'?' if most is None else most}"
    too_few = least is not None and asked.quantity < int(least)
    too_many = most is not None and asked.quantity > int(most)
    if too_few or too_many:
        return Check(asked.line, "wrong", f"quantity {asked.quantity} is outside of {limits}")
    return Check(asked.line, "ok", f"quantity {asked.quantity} is within {limits}")


def _cycle(asked: Question, sku: Mapping[str, Any]) -> Check:
    offered = _words(sku, "supportedBillingCycles")
    if not offered:
        return Check(asked.line, "unknown", "the catalog names no billing cycles")
    if _fold(asked.billing_cycle) in map(_fold, offered):
        return Check(asked.line, "ok", f"billing cycle {asked.billing_cycle} is offered")
    return Check(
        asked.line, "wrong", f"billing cycle {asked.billing_cycle} is not offered; there are {', '.join(offered)}"
    )


def _purchasability(asked: Question, availability: Mapping[str, Any]) -> Check:
    if member(availability, "isPurchasable") is True:
        return Check(asked.line, "ok", "the availability can be purchased")
    return Check(asked.line, "wrong", "the availability is there, and not for sale (isPurchasable is not true)")


def _term(asked: Question, availability: Mapping[str, Any]) -> Check:
    terms = member(availability, "terms") or []
    offered = [term for term in terms if isinstance(term, dict)]
    durations = sorted({str(member(term, "duration")) for term in offered})
    if not offered:
        if asked.term:
            return Check(asked.line, "wrong", f"term {asked.term} is named, and the availability has no terms")
        return Check(asked.line, "ok", "the availability has no terms, and none is named")
    if not asked.term:
        return Check(asked.line, "wrong", f"no term is named; there are {', '.join(durations)}")
    mine = [term for term in offered if str(member(term, "duration")).upper() == asked.term.upper()]
    if not mine:
        return Check(asked.line, "wrong", f"term {asked.term} is not offered; there are {', '.join(durations)}")
    cycles = [str(cycle) for term in mine if (cycle := member(term, "billingCycle"))]
    if cycles and _fold(asked.billing_cycle) not in map(_fold, cycles):
        text = f"term {asked.term} is billed {' or '.join(cycles)}, not {asked.billing_cycle}"
        return Check(asked.line, "wrong", text)
    return Check(asked.line, "ok", f"term {asked.term} is offered")


def _stock(
    client: Client,
    customer_id: str,
    asked: Question,
    availability: Mapping[str, Any],
    sku: Mapping[str, Any],
    context: Mapping[str, str],
) -> Check:
    product_id, sku_id, _ = asked.item.split(":")
    known = {"customerId": customer_id}
    provisioning = {key.lower(): value for key, value in asked.provisioning.items()}
    if "subscriptionid" in provisioning:
        known["azureSubscriptionId"] = provisioning["subscriptionid"]
    if region := at_path(sku, ["dynamicAttributes", "armRegionName"]):
        known["armRegionName"] = str(region)
    partition = {"product_id": product_id, "sku_id": sku_id, "context": context_text({**known, **context})}
    answer = client.send(
        "POST",
        INVENTORY.path,
        params={"country": str(member(availability, "country") or "")},
        json_body=inventory_request(partition),
        check_body=parse_strictly,
    )
    sent = parse_strictly(answer.body)
    items = [item for item in sent if isinstance(item, dict)] if isinstance(sent, list) else []
    mine = [item for item in items if str(member(item, "skuId") or sku_id) == sku_id]
    if not mine:
        return Check(asked.line, "wrong", "the inventory check left the item out of its answer: it does not know it")
    if any(member(item, "isRestricted") is not False for item in mine):
        reasons = [restriction_text(item) for item in mine]
        return Check(asked.line, "wrong", f"restricted: {'; '.join(filter(None, reasons)) or 'no reason is given'}")
    return Check(asked.line, "ok", "the inventory check has no restriction")


def restriction_text(item: Mapping[str, Any]) -> str:
    """Why an item is restricted, in the words of the answer."""
    found = member(item, "restrictions")
    restrictions = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    texts = [f"{member(one, 'reasonCode') or ''}: {member(one, 'description') or ''}" for one in restrictions]
    return "; ".join(text.strip(": ") for text in texts)


def _prerequisite(name: str, asked: Question) -> str:
    given = {key.lower() for key in asked.provisioning}
    if name.lower() == "azuresubscriptionregistration" and "subscriptionid" not in given:
        return f"{name} cannot be checked from here, and no subscriptionId stands under `provisioning`"
    return f"{name} cannot be checked from here: see to it that it is met"


def _found(client: Client, path: str) -> Mapping[str, Any] | None:
    try:
        sent = parse_strictly(client.get(path, check_body=parse_strictly).body)
    except NotFound:
        return None
    if not isinstance(sent, dict):
        raise PageContractBroken(f"{path}: the answer is not an object")
    return sent


def _purchasable(client: Client, path: str) -> list[str]:
    found = _found(client, path)
    items = member(found, "items") if found else None
    return [
        str(member(item, "id"))
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and member(item, "isPurchasable") is True
    ]


def _words(sku: Mapping[str, Any], key: str) -> list[str]:
    found = member(sku, key)
    return [str(word) for word in found] if isinstance(found, list) else []


def _fold(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")
