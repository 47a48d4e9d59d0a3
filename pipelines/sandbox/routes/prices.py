"""Price sheets and exchange rates. The real ones live on a host of their own, with an audience of its own."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zlib import crc32

from pipelines.sandbox.price_lists import VIEWS, fx_rates
from pipelines.sandbox.replies import Refused, Reply
from pipelines.sandbox.routes.common import NOT_MINE, Ask, user_only
from pipelines.sandbox.trade import COUNTRIES

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

AUDIENCE = "https://api.partner.microsoft.com"
TIMELINES = ("history", "current", "future")
_SHEET = re.compile(r"pricesheets\(Market='([^']*)',PricesheetView='([^']*)'\)", re.IGNORECASE)
_RATES = re.compile(r"fxrates\(Month='([^']*)'\)", re.IGNORECASE)
_MONTH = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])")
# With quirks this market's sheets hold rows of another one as well.
MIXED_MARKET, OTHER_MARKET = "GB", "US"


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /sales/pricesheets(Market=,PricesheetView=)/$value, /sales/fxrates(Month=)/$value."""
    match (ask.area, ask.method, ask.parts):
        case ("v1.0", "GET", ["sales", name, "$value"]):
            if found := _SHEET.fullmatch(name):
                _check_access(shop, ask)
                return _reply(shop, ask, _sheet(shop, ask, found[1].upper(), found[2]), name)
            if found := _RATES.fullmatch(name):
                _check_access(shop, ask)
                month = _month(found[1])
                if month > shop.clock:
                    raise Refused(404, None, f"There are no rates of {found[1]} yet.")
                return _reply(shop, ask, fx_rates(month.year, month.month), name)
    return NOT_MINE


def _check_access(shop: SandboxApp, ask: Ask) -> None:
    if ask.audience != AUDIENCE:
        raise Refused(401, 401, "The token is for another audience.")
    user_only(ask)
    if shop.faults.faults.refuse_price_sheets:
        raise Refused(403, 800043, "No access to pricing information.")


def _sheet(shop: SandboxApp, ask: Ask, market: str, view: str) -> str:
    if market not in COUNTRIES:
        raise Refused(400, None, f"The market {market} is not known.")
    if view not in VIEWS:
        raise Refused(400, None, f"The view {view} is not known.")
    timeline = ask.query.get("timeline", "current").lower()
    if timeline not in TIMELINES or ("month" in ask.query) != (timeline == "history"):
        raise Refused(400, None, "A month belongs to the timeline history, and only to it.")
    this_month = shop.clock.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = _month(ask.query["month"]) if timeline == "history" else this_month
    if timeline == "future":
        start = _next(this_month)
    elif start > this_month:
        raise Refused(404, None, "There is no price sheet of that month yet.")
    other = OTHER_MARKET if shop.quirks and market == MIXED_MARKET else ""
    return shop.price_lists.sheet(market, view, start, _next(start), other_market=other)


def _month(text: str) -> datetime:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise Refused(400, None, f"The month {text} is not written YYYYMM.")
    return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)


def _next(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _reply(shop: SandboxApp, ask: Ask, content: str, name: str) -> Reply:
    """The file; packed as a zip archive, which is no deflate stream, for whoever takes deflate."""
    body = (b"\xef\xbb\xbf" if shop.quirks else b"") + content.encode()
    headers = [("Content-Type", "application/octet-stream")]
    if "deflate" in ask.header("accept-encoding").lower():
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("sheet.csv", (2026, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
        body = sink.getvalue()
        if shop.quirks and crc32(name.encode()) % 2:
            headers.append(("Content-Encoding", "deflate"))
    return Reply(200, body, headers)
