"""What a page says about itself: how many items, and how to get the next ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from pipelines.errors import PageContractBroken
from pipelines.partner_center.values import member

TOKEN_HEADER = "MS-ContinuationToken"  # noqa: S105 - the name of a header


@dataclass(frozen=True)
class Envelope:
    """The collection around the items.

    Shape:   `token` is the continuation token, from the next link's headers or else from the envelope;
             `next_headers` are the next link's other headers; `item_ids` is None unless an identity key was
             asked for, and has "" for an item without one.
    """

    items_count: int
    token: str | None = None
    next_uri: str | None = None
    total_count: int | None = None
    next_headers: Mapping[str, str] = field(default_factory=dict)
    item_ids: tuple[str, ...] | None = None


def read_envelope(body: bytes, identity_key: str | None = None) -> Envelope:
    """Reads a page strictly with the standard library; exact, and slow on large pages.

    Errors:  ValueError when the body is not JSON, which may be damage on the way;
             PageContractBroken when it is JSON of another shape, or not strict (NaN, a key twice).
    """
    page = strict_json(body)
    if not isinstance(page, dict):
        raise PageContractBroken("The page is not an object with items.")
    found = envelope_of(page)
    if identity_key is None:
        return found
    return replace(found, item_ids=tuple(_identity(item, identity_key) for item in member(page, "items")))


def strict_json(body: bytes) -> Any:
    """The JSON in a body, with or without a byte order mark; fractions stay text, since nobody adds them here.

    Errors:  ValueError when it is not JSON; PageContractBroken for NaN, Infinity or a key that comes twice.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_float=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_doubles,
        )
    except RecursionError:
        pass
    raise PageContractBroken("The page is nested too deeply to be read.")


def envelope_of(page: Mapping[str, Any]) -> Envelope:
    """The envelope of a parsed page, or of what a faster reader left of it; keys are found whatever their case.

    Errors:  PageContractBroken when there is no list of items, or a part is not of the documented type.
    """
    fields = _lower_keys(page, "the page")
    items = fields.get("items")
    if not isinstance(items, list):
        raise PageContractBroken("The page has no list of items.")
    next_uri, headers = _read_next(fields.get("links"))
    in_envelope = _text(fields.get("continuationtoken"), "continuationToken")
    in_link = "".join(value for name, value in headers.items() if name.lower() == TOKEN_HEADER.lower())
    others = {name: value for name, value in headers.items() if name.lower() != TOKEN_HEADER.lower()}
    return Envelope(
        items_count=len(items),
        # The link comes first: it is the more exact instruction, and on some pages the only place.
        token=in_link or in_envelope or None,
        next_uri=next_uri,
        total_count=_count(fields.get("totalcount")),
        next_headers=others,
    )


def _read_next(links: object) -> tuple[str | None, dict[str, str]]:
    if links is None:
        return None, {}
    if not isinstance(links, dict):
        raise PageContractBroken("The page's links are not an object.")
    link = _lower_keys(links, "links").get("next")
    if link is None:
        return None, {}
    if not isinstance(link, dict):
        raise PageContractBroken("The page's next link is not an object.")
    fields = _lower_keys(link, "links.next")
    uri = _text(fields.get("uri"), "links.next.uri") or None
    method = _text(fields.get("method"), "links.next.method") or "GET"
    if method.upper() != "GET":
        raise PageContractBroken(f"The page's next link wants {method[:20]!r}; only GET is ever sent.")
    return uri, _link_headers(fields.get("headers"))


def _link_headers(pairs: object) -> dict[str, str]:
    if pairs is None:
        return {}
    if not isinstance(pairs, list) or not all(isinstance(pair, dict) for pair in pairs):
        raise PageContractBroken("The headers of the page's next link are not a list of key and value.")
    headers = {}
    for pair in pairs:
        fields = _lower_keys(pair, "links.next.headers")
        name = _text(fields.get("key"), "links.next.headers.key")
        if name:
            headers[name] = _text(fields.get("value"), "links.next.headers.value")
    return headers


def damage_of(body: bytes) -> str:
    """What is wrong with a body as JSON: `broken`, `not strict` (NaN, a key twice), or nothing."""
    try:
        strict_json(body)
    except ValueError:
        return "broken"
    except PageContractBroken:
        return "not strict"
    return ""


def _identity(item: object, key: str) -> str:
    if not isinstance(item, dict):
        raise PageContractBroken("An item of the page is not an object.")
    value = member(item, key)
    return str(value) if isinstance(value, str | int) else ""


def _lower_keys(content: Mapping[str, Any], where: str) -> dict[str, Any]:
    lowered = {name.lower(): value for name, value in content.items()}
    if len(lowered) != len(content):
        raise PageContractBroken(f"Two keys of {where} differ only in case.")
    return lowered


def _text(value: object, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise PageContractBroken(f"{where} is not text.")
    return value


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PageContractBroken(f"The key {twice[:80]!r} comes twice in one object.")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise PageContractBroken(f"The page holds {name}, which is not JSON.")
