"""The form with which a break is annotated: what was noted before, to be changed."""

from __future__ import annotations

from typing import Any

import marimo as mo
import polars as pl

from pipelines.analysis.desk import Warehouse
from pipelines.analysis.pages.cells import Row

# What an analyst may set; the others come by themselves.
_STATUSES = ("open", "acknowledged", "disputed", "accepted")


def note_form(warehouse: Warehouse, found: Row) -> Any:
    """Inputs for a note about a break; with `accept_order_id` where orders may be confirmed."""
    candidates = warehouse.match_candidates().filter(pl.col("break_id") == found["break_id"]).collect()
    status = found["status"] if found["status"] in _STATUSES else "open"
    expected = found["expected_at"]
    inputs: dict[str, Any] = {
        "status": mo.ui.dropdown(list(_STATUSES), value=status, label="Status"),
        "owner": mo.ui.text(value=found["owner"] or "", label="Owner"),
        "ticket": mo.ui.text(value=found["ticket"] or "", label="Ticket"),
        "expected_at": mo.ui.text(
            value=f"{expected:%Y-%m-%d}" if expected else "", label="Expected", placeholder="2026-11-30"
        ),
        "comment": mo.ui.text_area(value=found["comment"] or "", label="Comment", rows=2, full_width=True),
    }
    if not candidates.is_empty():
        orders = ["", *candidates["candidate_order_id"].to_list()]
        inputs["accept_order_id"] = mo.ui.dropdown(orders, value="", label="Confirm order")
    return mo.ui.dictionary(inputs)


def recorded(warehouse: Warehouse, break_id: str, note: Row, by: str) -> mo.Html:
    """Records the note, and says what came of it, or why it cannot be taken."""
    try:
        done = warehouse.annotate(break_id, by=by, **{name: value or "" for name, value in note.items()})
    except Exception as error:  # whatever keeps it from being recorded is shown in its own words
        return mo.callout(mo.plain_text(str(error)), kind="danger")
    return mo.callout(mo.plain_text(done), kind="success")
