"""A business with many customers of whom few do anything: what a daily run is measured by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pipelines.sandbox import DEFAULT_CLOCK, World
from pipelines.sandbox.builder import Builder
from pipelines.sandbox.world import finished

LONG_AGO = DEFAULT_CLOCK - timedelta(days=70)


def many_customers(customers: int, changed: Iterable[int] = (), at: datetime = DEFAULT_CLOCK) -> World:
    """One old order and its right for each customer; those numbered in `changed` reduce theirs at `at`."""
    b = Builder(seed=11, months=3)
    b.stream("many customers")
    item = b.item("perpetual", "50.00", term="")
    changing = set(changed)
    for number in range(customers):
        customer = b.customer("US")
        changes = {0: ((at, 3),)} if number in changing else None
        b.entitle(b.order(customer, LONG_AGO, (item, 5), changes=changes))
    return finished(b, 1, [])
