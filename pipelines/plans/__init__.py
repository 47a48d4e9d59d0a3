"""What one run asks the API for: only what is new, changed or due for another look.

One file a phase. A new one is its file and a line here.
"""

from __future__ import annotations

from pipelines.plans import (
    audit,
    catalog,
    heads,
    invoice_lines,
    named_orders,
    order_details,
    orders,
    prices,
    reservations,
    unbilled,
)
from pipelines.plans.plan import LoadOptions, Phase, Plan

__all__ = ["PHASES", "LoadOptions", "Phase", "Plan"]

# In this order: what a phase looks at was read by the ones before it.
PHASES: tuple[Phase, ...] = (
    heads,
    invoice_lines,
    unbilled,
    audit,
    orders,
    named_orders,
    order_details,
    reservations,
    catalog.AT_HOME,
    catalog.ELSEWHERE,
    catalog.PARTS,
    # Last, so that what it brings needs no loading of its own.
    prices,
)
