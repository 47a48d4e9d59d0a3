"""What the pretend API offers, one file a group of calls. A new group is its file and a line here."""

from __future__ import annotations

from pipelines.sandbox.routes import (
    audit,
    carts,
    catalog,
    customers,
    entitlements,
    exports,
    invoices,
    lines,
    orders,
    prices,
    reservations,
    statements,
    unbilled,
)

ROUTES = (
    customers,
    catalog,
    carts,
    orders,
    audit,
    entitlements,
    reservations,
    invoices,
    unbilled,
    lines,
    statements,
    prices,
    exports,
)
