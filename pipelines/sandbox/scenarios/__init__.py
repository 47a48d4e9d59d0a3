"""Small pretend businesses in trouble: what cannot be planted beside ordinary business.

A month without its invoice or a customer that refuses to be read changes the verdict of everything, so these breaks
have a world of their own, with their look-alikes. One code at a time, or all of them together. To add one, write a
story in `stories.py` and list it here under the code that it plants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.faults import Faults
from pipelines.sandbox.scenarios import stories
from pipelines.sandbox.statements import statement_truth
from pipelines.sandbox.world import World, finished, pay

SCENARIOS: dict[str, Callable[[Builder, stories.Refusals], Iterator[PlantedBreak]]] = {
    "invoice_missing": stories.months_without_their_invoice,
    "nothing_compared": stories.months_of_one_side,
    "not_compared": stories.customers_that_refuse,
    "invoice_not_read": stories.invoices_that_refuse,
    "unclassified": stories.invoices_that_vanish,
    "closed_invoice_restated": stories.in_every_world,
    "statement_vs_invoice": stories.in_every_world,
}
ALL = "all"


@dataclass(frozen=True)
class Scenario:
    """A world, and what its API refuses from the first day on."""

    world: World
    faults: Faults

    def truth(self, clock: datetime, *, read_at: datetime | None = None) -> list[PlantedBreak]:
        """The breaks to be found at `clock`.

        Shape:   with `read_at`, by someone who had read everything and downloaded every statement then.
        """
        if read_at is None:
            return self.world.truth(clock)
        gone = {one.id for one in self.world.documents if not one.is_known_by_id and not one.is_shown_at(clock)}
        printed = [one for one in statement_truth(self.world, read_at) if one.invoice_id not in gone]
        return [*self.world.truth_since(read_at, clock), *printed]


def build_scenario(name: str = ALL, seed: int = 7) -> Scenario:
    """The scenario of a code, or all of them in one world.

    Errors:  ValueError for a name that is not listed.
    """
    if name not in (*SCENARIOS, ALL):
        raise ValueError(f"no such scenario: {name}; there are {', '.join([ALL, *SCENARIOS])}")
    b = Builder(seed, stories.MONTHS)
    b.stream("everyday")
    stories.everyday(b)
    refusals = stories.Refusals()
    planted: list[PlantedBreak] = []
    for story in dict.fromkeys(SCENARIOS.values() if name == ALL else [SCENARIOS[name]]):
        b.stream(story.__name__)
        planted += story(b, refusals)
        b.look_alikes.append((story.__name__, " ".join((story.__doc__ or "").split())))
    pay(b)
    return Scenario(finished(b, 1, planted), Faults.of(asdict(refusals)))
