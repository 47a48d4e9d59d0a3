"""The four calls of a cart, each sent once whatever happens on the way, and their answers as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from pipelines.buying.journal import Journal, Step
from pipelines.buying.wishes import CartWish
from pipelines.errors import Forbidden, NotFound, PageContractBroken, RequestRefused
from pipelines.partner_center.answers import Answer
from pipelines.partner_center.strict_json import parse_strictly
from pipelines.partner_center.values import at_path, member, members

ERROR_NAMES = {
    10000: "currency_is_not_supported",
    10001: "catalog_item_id_is_not_valid",
    10002: "quota_not_available",
    10003: "inventory_not_available",
    10004: "participants_is_not_supported_for_partner",
    10006: "unable_to_process_cart_line_item",
    10007: "subscription_is_not_valid",
    10008: "subscription_is_not_enabled_for_ri",
    10009: "sandbox_limit_exceeded",
    10010: "invalid_input",
    10011: "subscription_not_registered",
    10012: "attestation_not_accepted",
    10013: "billing_plan_not_supported",
    10014: "invalid_promotion_id",
    10015: "max_allowed_seats_per_subscription_exceeded",
    10016: "invalid_custom_term_end_date_product",
    10017: "invalid_custom_term_end_date",
    10018: "base_offer_seat_quantity_not_met",
    10019: "minimum_add_on_seats_not_met",
    500600: "legacy_offer_not_eligible_for_purchase",
}


class Client(Protocol):
    """What buying needs of a client."""

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        check_body: Callable[[bytes], object] | None = None,
    ) -> Answer: ...

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json_body: Any = None,
        request_id: str | None = None,
        check_body: Callable[[bytes], object] | None = None,
    ) -> Answer: ...


@dataclass(frozen=True)
class CartLine:
    """One line of a cart; `error` is "" when there is none."""

    number: str
    item: str
    quantity: str
    billing_cycle: str
    term: str
    group: str
    currency: str
    error: str
    sent: Mapping[str, Any]


@dataclass(frozen=True)
class Cart:
    """A cart as the server shows it; add-ons stand behind the line that they belong to."""

    id: str
    status: str
    expires_at: str
    lines: tuple[CartLine, ...]


@dataclass(frozen=True)
class BoughtOrder:
    """One order of a checkout, with the items of its lines."""

    id: str
    alternate_id: str
    status: str
    billing_cycle: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class OrderError:
    """One group of lines that was not ordered."""

    group: str
    code: str
    description: str


@dataclass(frozen=True)
class Checkout:
    """What came of a checkout: both lists may be filled."""

    orders: tuple[BoughtOrder, ...]
    errors: tuple[OrderError, ...]
    is_repeated: bool


class Carts:
    """Carts of one customer.

    Errors:  those of the client; a step whose answer did not come stays open in the journal, and is repeated under
             its own request id by the next run of the same step.
    """

    def __init__(self, client: Client, journal: Journal, tenant_id: str, customer_id: str, now: str) -> None:
        self._client, self._journal = client, journal
        self._tenant_id, self._customer_id, self._now = tenant_id, customer_id, now
        self._path = f"/v1/customers/{quote(customer_id, safe='')}/carts"

    def read(self, cart_id: str) -> Cart:
        """The cart as it is now."""
        return read_cart(parse_strictly(self._client.get(self._path_of(cart_id), check_body=parse_strictly).body))

    def create(self, wish: CartWish) -> Cart:
        """A new cart of these lines."""
        return read_cart(self._once("create a cart", "POST", self._path, wish.body())[0])

    def update(self, cart_id: str, wish: CartWish) -> Cart:
        """The cart, with these lines instead of its own."""
        body = {"id": cart_id, **wish.body()}
        return read_cart(self._once(f"update cart {cart_id}", "PUT", self._path_of(cart_id), body)[0])

    def open_checkout(self, cart_id: str) -> Step | None:
        """The checkout of this cart that was sent and never answered, if there is one."""
        return self._journal.open_step(self._tenant_id, self._customer_id, f"check out cart {cart_id}", None)

    def checkout(self, cart_id: str) -> Checkout:
        """Buys what is in the cart."""
        path = f"{self._path_of(cart_id)}/checkout"
        sent, is_repeated = self._once(f"check out cart {cart_id}", "POST", path, None)
        return read_checkout(sent, is_repeated)

    def _path_of(self, cart_id: str) -> str:
        return f"{self._path}/{quote(cart_id, safe='')}"

    def _once(self, action: str, method: str, path: str, body: Any) -> tuple[Any, bool]:
        step = self._journal.begin(self._tenant_id, self._customer_id, action, body, self._now)
        try:
            # The answer is read inside of the call: one that is damaged is asked for again under the same id.
            answer = self._client.send(
                method, path, json_body=body, request_id=step.request_id, check_body=parse_strictly
            )
        except (Forbidden, NotFound, RequestRefused) as refused:
            self._journal.answered(step, str(refused))
            raise
        self._journal.answered(step, answer.body.decode("utf-8-sig"))
        return parse_strictly(answer.body), step.is_repeated


def read_cart(sent: Any) -> Cart:
    """A cart from its JSON, in whatever case its names are.

    Errors:  PageContractBroken when it is none.
    """
    _require(isinstance(sent, dict) and member(sent, "id"), "a cart")
    lines = []
    for line in _members(sent, "lineItems"):
        lines += [_line(line), *map(_line, _members(line, "addonItems"))]
    return Cart(
        id=_text(sent, "id"),
        status=_text(sent, "status"),
        expires_at=_text(sent, "expirationTimestamp"),
        lines=tuple(lines),
    )


def read_checkout(sent: Any, is_repeated: bool = False) -> Checkout:
    """The result of a checkout from its JSON.

    Errors:  PageContractBroken when it is none.
    """
    _require(isinstance(sent, dict), "the result of a checkout")
    orders = tuple(
        BoughtOrder(
            id=_text(order, "id"),
            alternate_id=_text(order, "alternateId"),
            status=_text(order, "status"),
            billing_cycle=_text(order, "billingCycle"),
            items=tuple(_text(line, "offerId") for line in _members(order, "lineItems")),
        )
        for order in _members(sent, "orders")
    )
    errors = tuple(
        OrderError(_text(error, "orderGroupId"), _text(error, "code"), _text(error, "description"))
        for error in _members(sent, "orderErrors")
    )
    _require(bool(orders or errors), "the result of a checkout: it has neither orders nor errors")
    return Checkout(orders, errors, is_repeated)


def error_text(error: Any) -> str:
    """What is wrong with a line; the code comes as a number or a name, and is shown as both where both are known."""
    if not isinstance(error, dict):
        return ""
    code = _text(error, "errorCode")
    folded = code.lower().replace("_", "")
    names = {str(number): name for number, name in ERROR_NAMES.items()}
    numbers = {name.replace("_", ""): str(number) for number, name in ERROR_NAMES.items()}
    both = (
        f"{names[code]} ({code})" if code in names else f"{code} ({numbers[folded]})" if folded in numbers else code
    )
    details = [_text(error, "errorDescription"), _text(error, "additionalInformation")]
    return ": ".join([both or "error", *(detail for detail in details if detail)])


def _line(line: Mapping[str, Any]) -> CartLine:
    return CartLine(
        number=_text(line, "id"),
        item=_text(line, "catalogItemId") or _text(line, "catalogId"),
        quantity=_text(line, "quantity"),
        billing_cycle=_text(line, "billingCycle"),
        term=_text(line, "termDuration"),
        group=_text(line, "orderGroup"),
        currency=_text(line, "currencyCode"),
        error=error_text(member(line, "error")),
        sent=line,
    )


def _members(sent: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    try:
        return members(sent, key)
    except ValueError as error:
        raise PageContractBroken(str(error)) from None


def _text(sent: Mapping[str, Any], key: str) -> str:
    value = at_path(sent, [key])
    return "" if value is None else str(value)


def _require(is_good: object, what: str) -> None:
    if not is_good:
        raise PageContractBroken(f"the answer is not {what}")
