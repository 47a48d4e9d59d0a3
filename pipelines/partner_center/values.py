"""Looking up members of wire objects: keys are compared without case, as the API mixes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any


def member(item: Mapping[str, Any], key: str) -> Any:
    """The value under `key`, whatever the case of the key on the wire; None when absent."""
    if key in item:
        return item[key]
    folded = key.casefold()
    return next((value for name, value in item.items() if name.casefold() == folded), None)


def members(item: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list member; an absent or null list is an empty one.

    Errors:  ValueError when the member is not a list of objects.
    """
    found = member(item, key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise ValueError(f"`{key}` is not a list of objects")
    return found


def at_path(value: Any, parts: Sequence[str]) -> Any:
    """The value reached by following members; None where a step is absent or null.

    Errors:  ValueError when a step is something else than an object: what it holds would be lost.
    """
    for part in parts:
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise ValueError(f"expected an object around `{part}`, got {type(value).__name__}")
        value = member(value, part)
    return value


def type_name(value: Any) -> str:
    """JSON's own word for the type of a parsed value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | Decimal):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"
