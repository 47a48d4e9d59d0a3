"""What the export calls a field, and what the v1 line items call the same one.

Both differ in case everywhere; keys are compared without it. Only what is left after that stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ONE_TIME = {
    "tier2mpnid": "resellerMpnId",
    "total": "totalForCustomer",
}
_USAGE = {
    "tier2mpnid": "resellerMpnId",
    "unit": "unitOfMeasure",
    "creditpercentage": "rateOfCredit",
    "partnerearnedcreditpercentage": "rateOfPartnerEarnedCredit",
}
# By raw table: a key of the export, folded, and the path of the column that it fills.
ALIASES: Mapping[str, Mapping[str, str]] = {
    "invoice_line_items": _ONE_TIME,
    "unbilled_line_items": _ONE_TIME,
    "daily_rated_usage": _USAGE,
    "unbilled_daily_usage": _USAGE,
}


def respelt(rows: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    """Rows of an export under the names of the v1 line items.

    A row that has a field under both names keeps both: the column's own name wins, the other is unknown.
    """
    aliases = ALIASES.get(table)
    return [_respelt(row, aliases) for row in rows] if aliases else rows


def _respelt(row: dict[str, Any], aliases: Mapping[str, str]) -> dict[str, Any]:
    folded = {key.casefold() for key in row}
    return {
        aliases[key.casefold()]
        if key.casefold() in aliases and aliases[key.casefold()].casefold() not in folded
        else key: value
        for key, value in row.items()
    }
