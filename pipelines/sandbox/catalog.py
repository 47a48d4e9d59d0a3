"""The catalog of the pretend business: what its customers bought, offered by country, segment and scope.

Nothing here is drawn by chance: how an item behaves follows from its id, so the world stays as it is. Some products
have vanished since they were sold, some will, some are sold in two countries only, and some availabilities have
got another id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zlib import crc32

from pipelines.sandbox.facts import Item
from pipelines.sandbox.world import World

SEGMENTS = ("commercial", "education", "government", "nonprofit")
SCOPES = ("", "AzurePlan")
ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
VANISHED_AT = datetime(2026, 7, 1, tzinfo=UTC)
VANISHES_AT = datetime(2026, 12, 1, tzinfo=UTC)
RENAMED_AT = datetime(2026, 7, 1, tzinfo=UTC)
RENAMES_AT = datetime(2026, 11, 15, tzinfo=UTC)
FEW_COUNTRIES = ("US", "DE")
VIEWS = (
    *("Azure", "AzureReservations", "AzureReservationsVM", "AzureReservationsSQL", "AzureReservationsCosmosDb"),
    *("MicrosoftAzure", "OnlineServices", "Software", "SoftwareSUSELinux", "SoftwarePerpetual"),
    "SoftwareSubscriptions",
)
_RESERVED = ("VirtualMachines", "SQL", "CosmosDb")
_RESERVATION_VIEWS = dict(zip(_RESERVED, VIEWS[2:5], strict=True))
_LETTERS = "0123456789BCDFGHJKLMNPQRSTVWXZ"


def number_of(name: str) -> int:
    """A number that belongs to a name."""
    return crc32(name.encode())


@dataclass(frozen=True)
class Offer:
    """One availability: a SKU in a segment and scope, for as long as it has this id."""

    id: str
    item: Item
    segment: str
    scope: str
    from_at: datetime
    until_at: datetime
    is_purchasable: bool = True

    def stands_at(self, clock: datetime) -> bool:
        """Whether the catalog shows it."""
        return self.from_at <= clock < self.until_at


@dataclass(frozen=True)
class Product:
    """A product with its SKUs, by SKU id."""

    id: str
    name: str
    kind: str
    skus: dict[str, Item]

    @property
    def sub_type(self) -> str:
        """What a reservation reserves; the kind of the others."""
        return _RESERVED[number_of(self.id) % 3] if self.kind == "reservation" else self.kind.capitalize()

    @property
    def views(self) -> frozenset[str]:
        """The target views that show it."""
        match self.kind:
            case "reservation":
                return frozenset({"Azure", "AzureReservations", _RESERVATION_VIEWS[self.sub_type]})
            case "plan":
                return frozenset({"Azure", "MicrosoftAzure"})
            case "seat":
                return frozenset({"OnlineServices"})
            case "perpetual":
                return frozenset({"Software", "SoftwarePerpetual"})
        is_linux = number_of(self.id) % 5 == 0
        return frozenset({"Software", "SoftwareSUSELinux" if is_linux else "SoftwareSubscriptions"})

    def is_sold_in(self, country: str, clock: datetime) -> bool:
        """Whether the catalog of a country shows it at the clock."""
        number = number_of(self.id)
        gone_at = {0: VANISHED_AT, 1: VANISHES_AT}.get(number % 13, NEVER)
        return clock < gone_at and (number % 7 != 0 or country in FEW_COUNTRIES)


class Catalog:
    """What is for sale."""

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def products(self) -> dict[str, Product]:
        """All products by id. Metered usage has product ids of its own, which no catalog shows."""
        found: dict[str, Product] = {}
        for item in _items_of(self._world):
            if item.kind == "meter":
                continue
            product = found.setdefault(item.product_id, Product(item.product_id, item.product_name, item.kind, {}))
            # The same item at price 0 is how the system bills; the catalog has it once.
            product.skus.setdefault(item.sku_id, item)
        return dict(sorted(found.items()))

    def product(self, product_id: str, country: str, clock: datetime) -> Product | None:
        """A product that the country's catalog shows."""
        found = self.products.get(product_id)
        return found if found is not None and found.is_sold_in(country, clock) else None

    def offers(self, item: Item, country: str, clock: datetime) -> list[Offer]:
        """Every availability of a SKU in a country, whatever segment and scope."""
        product = self.product(item.product_id, country, clock)
        if product is None:
            return []
        return [
            offer
            for segment in SEGMENTS
            if _is_for(item, segment)
            for scope in (SCOPES if item.kind == "reservation" else SCOPES[:1])
            for offer in _renamed(item, segment, scope)
            if offer.stands_at(clock)
        ]

    def offer(self, catalog_item_id: str, country: str, clock: datetime) -> Offer | None:
        """What `product:sku:availability` names, if it is for sale in the country now."""
        product_id, _, rest = catalog_item_id.partition(":")
        sku_id, _, availability_id = rest.partition(":")
        product = self.product(product_id, country, clock)
        if product is None or sku_id not in product.skus:
            return None
        offers = self.offers(product.skus[sku_id], country, clock)
        return next((one for one in offers if one.id == availability_id), None)


def billing_cycles(item: Item) -> list[str]:
    """How a SKU can be billed."""
    return ["monthly", "annual"] if item.kind == "seat" else ["one_time"]


def quantity_limits(item: Item) -> tuple[int, int]:
    """The least and the most of a SKU that one line may order."""
    most = {"plan": 1, "reservation": 999_999_999, "seat": 1_000, "perpetual": 100}.get(item.kind, 10_000)
    return 1, most


def terms(item: Item) -> list[dict[str, object]]:
    """The terms on offer; perpetual software has none."""
    if item.kind == "seat":
        cycles = (("P1M", "monthly"), ("P1Y", "monthly"), ("P1Y", "annual"))
        return [{"duration": term, "description": f"{term} {cycle}", "billingCycle": cycle} for term, cycle in cycles]
    names = {"P1M": "1 Month", "P1Y": "1 Year Prepaid", "P3Y": "3 Years Prepaid"}
    return [{"duration": item.term, "description": names[item.term]}] if item.term in names else []


def is_restricted(item: Item, region: str) -> bool:
    """Whether a reservation is out of stock in a region; some are so everywhere."""
    if item.kind != "reservation":
        return False
    return region.lower() == "japanwest" or number_of(f"{item.product_id}:{item.sku_id}") % 8 == 0


def _items_of(world: World) -> Iterator[Item]:
    for orders in world.orders.values():
        for order in orders:
            for line in order.lines:
                yield line.item
    for document in world.documents:
        for charge in document.charges:
            yield charge.item
    for entitlements in world.entitlements.values():
        for entitlement in entitlements:
            yield entitlement.item
            yield from entitlement.included


def _is_for(item: Item, segment: str) -> bool:
    number = number_of(item.product_id)
    match segment:
        case "education":
            return number % 3 == 0
        case "nonprofit":
            return number % 4 == 0
        case "government":
            return number % 5 == 0
    return True


def _renamed(item: Item, segment: str, scope: str) -> list[Offer]:
    """The availability as it was sold and, for some, the one with another id that came after it."""
    is_first = segment == SEGMENTS[0] and not scope
    first_id = item.availability_id if is_first else _other_id(item, f"{segment}/{scope}")
    number = number_of(first_id)
    changes_at = {0: RENAMED_AT, 1: RENAMES_AT}.get(number % 9)
    if changes_at is not None:
        later = Offer(_other_id(item, first_id), item, segment, scope, changes_at, NEVER)
        return [Offer(first_id, item, segment, scope, ALWAYS, changes_at), later]
    return [Offer(first_id, item, segment, scope, ALWAYS, NEVER, is_purchasable=number % 10 != 0)]


def _other_id(item: Item, about: str) -> str:
    number = number_of(f"{item.product_id}:{item.sku_id}:{about}")
    tail = "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(4))
    return item.availability_id[:8] + tail
