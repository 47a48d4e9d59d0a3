"""Which API a document's lines are read from: the v1 line items, or the export of Microsoft Graph.

Billing periods before February 2024 are served by v1 only, those after March 2025 by the export only, and those
between by both; daily rated usage left v1 a few weeks earlier. Legacy office and azure lines are v1's alone.
"""

from __future__ import annotations

import re
from typing import Literal

SourceApi = Literal["v1", "graph"]
# Billing months (YYYY-MM): the first that the export has, and the last that v1 has.
FIRST_EXPORTED = "2024-02"
LAST_IN_V1 = "2025-03"
# Daily rated usage ended in v1 on 21 January 2025: the month before is the last that is whole there.
LAST_USAGE_IN_V1 = "2024-12"
# What the export can give, by endpoint.
EXPORTED = frozenset({"invoice_line_items", "daily_rated_usage", "unbilled_line_items", "unbilled_daily_usage"})
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_USAGE = frozenset({"daily_rated_usage", "unbilled_daily_usage"})


def source_api_of(setting: str, endpoint: str, period: str, landed: str | None = None) -> SourceApi:
    """The API to read an endpoint's lines from.

    Shape:   `setting` is `auto`, `v1` or `graph`; `period` is any text that begins with the billing month as
             YYYY-MM: the period's end, else the document's date ("" when neither is known, which counts as now);
             `landed` is the API of the walk that is landed already, which is kept where both APIs serve.
    Source:  the retirement notice of the v1 line items, dates as of April 2025.
    """
    if endpoint not in EXPORTED or setting == "v1":
        return "v1"
    if setting == "graph":
        return "graph"
    month = period[:7] if _MONTH.match(period) else ""
    if not month or month > (LAST_USAGE_IN_V1 if endpoint in _USAGE else LAST_IN_V1):
        return "graph"
    if month < FIRST_EXPORTED:
        return "v1"
    return "graph" if landed == "graph" else "v1"
