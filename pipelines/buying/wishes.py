"""What somebody wants to buy: from a small YAML or JSON file, or from flags. Names may be spelt as the API does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import UsageError

BILLING_CYCLES = ("one_time", "monthly", "annual", "triennial", "biennial", "none")
_TERM = re.compile(r"P[1-9][0-9]*[DMY]")
# One name for the spellings of a file and of the API's own bodies, folded.
_LINE_NAMES = {
    "item": "item",
    "catalogitemid": "item",
    "product": "product",
    "productid": "product",
    "sku": "sku",
    "skuid": "sku",
    "availability": "availability",
    "availabilityid": "availability",
    "quantity": "quantity",
    "billingcycle": "billing_cycle",
    "cycle": "billing_cycle",
    "term": "term",
    "termduration": "term",
    "name": "name",
    "friendlyname": "name",
    "provisioning": "provisioning",
    "provisioningcontext": "provisioning",
    "participants": "participants",
    "renewsto": "renews_to",
    "promotion": "promotion",
    "promotionid": "promotion",
    "addons": "addons",
    "addonitems": "addons",
    # The number of a line is its place in the list.
    "id": "id",
}
_FILE_NAMES = {"customer": "customer", "customerid": "customer", "lines": "lines", "lineitems": "lines"}


@dataclass(frozen=True)
class LineWish:
    """One line of a cart.

    Shape:   `item` is `product:sku:availability`, or the id of a legacy offer; `provisioning` is passed on as it is.
    """

    item: str
    quantity: int
    billing_cycle: str
    term: str = ""
    name: str = ""
    provisioning: Mapping[str, str] = field(default_factory=dict)
    participants: Sequence[Any] = ()
    renews_to: str = ""
    promotion: str = ""
    addons: tuple[LineWish, ...] = ()

    @property
    def parts(self) -> tuple[str, str, str] | None:
        """Product, SKU and availability; None for a legacy offer, which has none."""
        parts = self.item.split(":")
        return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else None


@dataclass(frozen=True)
class CartWish:
    """A whole cart; `customer_id` is "" where the file names none."""

    customer_id: str
    lines: tuple[LineWish, ...]

    def body(self) -> dict[str, Any]:
        """The cart as it is sent; lines and add-ons are numbered in one row."""
        numbers = iter(range(10_000))
        return {"lineItems": [_line_body(line, numbers) for line in self.lines]}


def read_file(path: Path) -> CartWish:
    """A cart from a YAML or JSON file.

    Errors:  UsageError says what is wrong and where.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    # Every scalar stays text: a SKU id keeps its zeros, and no id becomes a number or a truth value.
    try:
        if text.lstrip().startswith("{"):
            content = json.loads(text, parse_int=str, parse_float=str)
        else:
            content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds nothing but text
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is neither YAML nor JSON: {' '.join(str(error).split())[:300]}") from None
    fields = _fields(content, _FILE_NAMES, str(path))
    lines = fields.get("lines")
    if not isinstance(lines, list) or not lines:
        raise UsageError(f"{path}: `lines` is missing or empty")
    customer_id = fields.get("customer", "")
    made = tuple(_line(line, f"{path}, line {number}") for number, line in enumerate(lines))
    return CartWish(_text(customer_id, "customer", str(path)).lower(), made)


def from_flags(item: str, quantity: int, billing_cycle: str, term: str) -> CartWish:
    """A cart of one line."""
    fields = {"item": item, "quantity": str(quantity), "billing_cycle": billing_cycle, "term": term}
    return CartWish("", (_line(fields, "the flags"),))


def _line(content: Any, where: str) -> LineWish:
    fields = _fields(content, _LINE_NAMES, where)
    item = _text(fields.get("item", ""), "item", where)
    parts = [_text(fields.get(name, ""), name, where) for name in ("product", "sku", "availability")]
    if not item and all(parts):
        item = ":".join(parts)
    if not item:
        raise UsageError(f"{where}: name an `item` (product:sku:availability), or `product`, `sku`, `availability`")
    cycle = _fold(_text(fields.get("billing_cycle", "one_time"), "billing_cycle", where))
    cycle = next((known for known in BILLING_CYCLES if _fold(known) == cycle), "")
    if not cycle:
        raise UsageError(f"{where}: `billing_cycle` may be {', '.join(BILLING_CYCLES)}")
    term = _text(fields.get("term", ""), "term", where).upper()
    if term and not _TERM.fullmatch(term):
        raise UsageError(f"{where}: `term` is `{term}`; write it like P1M, P1Y or P3Y")
    quantity = _text(fields.get("quantity", "1"), "quantity", where)
    if not quantity.isascii() or not quantity.isdecimal() or not 0 < int(quantity) < 10**9:
        raise UsageError(f"{where}: `quantity` is `{quantity}`; it is a whole number above 0")
    renews_to = fields.get("renews_to", "")
    if isinstance(renews_to, dict):
        renews_to = _fields(renews_to, {"termduration": "term", "term": "term"}, where).get("term", "")
    addons = fields.get("addons") or []
    participants = fields.get("participants") or []
    provisioning = fields.get("provisioning") or {}
    if not isinstance(addons, list) or not isinstance(participants, list) or not isinstance(provisioning, dict):
        raise UsageError(
            f"{where}: `addons` and `participants` are lists, `provisioning` is a set of names and values"
        )
    return LineWish(
        item=item,
        quantity=int(quantity),
        billing_cycle=cycle,
        term=term,
        name=_text(fields.get("name", ""), "name", where),
        provisioning={key: _text(value, key, where) for key, value in provisioning.items()},
        participants=tuple(participants),
        renews_to=_text(renews_to, "renews_to", where),
        promotion=_text(fields.get("promotion", ""), "promotion", where),
        addons=tuple(_line(addon, f"{where}, add-on {number}") for number, addon in enumerate(addons)),
    )


def _line_body(line: LineWish, numbers: Any) -> dict[str, Any]:
    optional: dict[str, Any] = {
        "friendlyName": line.name,
        "termDuration": line.term,
        "provisioningContext": dict(line.provisioning),
        "participants": list(line.participants),
        "renewsTo": {"termDuration": line.renews_to} if line.renews_to else None,
        "promotionId": line.promotion,
    }
    return {
        "id": next(numbers),
        "catalogItemId": line.item,
        "quantity": line.quantity,
        "billingCycle": line.billing_cycle,
        **{key: value for key, value in optional.items() if value},
        **({"addonItems": [_line_body(addon, numbers) for addon in line.addons]} if line.addons else {}),
    }


def _fields(content: Any, known: Mapping[str, str], where: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise UsageError(f"{where}: expected names and values")
    found = {}
    for key, value in content.items():
        name = known.get(_fold(str(key)))
        if name is None:
            raise UsageError(f"{where}: `{key}` is not known; there are {', '.join(sorted(set(known.values())))}")
        if value is not None:
            found[name] = value
    return found


def _text(value: Any, name: str, where: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{where}: `{name}` is not a single value")
    return value.strip()


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")
