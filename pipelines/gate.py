"""What a walk must pass before it counts. Pages that pass become a manifest; anything else is refused.

The gate looks at a walk as a whole; single values were checked when the page was read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import WalkRefused
from pipelines.money import add_exactly, money_text

# table -> currency ('' where the table has none) -> measure ('rows' or a money column) -> text
Totals = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True)
class PageFacts:
    """What the gate remembers of one page."""

    number: int
    item_count: int
    announced: int | None
    fingerprint: str
    repeats_page: int | None


@dataclass
class WalkGate:
    """Collects pages of one walk and gives the verdict at its end."""

    name: str
    pages: list[PageFacts] = field(default_factory=list)
    _first_seen: dict[str, int] = field(default_factory=dict)
    _rows: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _sums: dict[tuple[str, str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def take(
        self,
        number: int,
        item_count: int,
        announced: int | None,
        fingerprint: str,
        tables: dict[str, tuple[pa.Table, str | None, tuple[str, ...]]],
    ) -> PageFacts:
        """One page; a page equal to an earlier one, row for row, is noted and counted once.

        Shape:   `tables` by name: rows, name of the currency column, names of the money columns.
        """
        repeats = self._first_seen.get(fingerprint) if item_count else None
        self._first_seen.setdefault(fingerprint, number)
        facts = PageFacts(number, item_count, announced, fingerprint, repeats)
        self.pages.append(facts)
        if repeats is None:
            for name, (rows, currency, money) in tables.items():
                self._add(name, rows, currency, money)
        return facts

    def verdict(self) -> Totals:
        """Control totals per table and currency.

        Units:   amounts in the currency that they stand under, exact, as text.
        Errors:  WalkRefused when pages hold fewer items than they announce.
        """
        self._check_announced()
        totals: Totals = defaultdict(lambda: defaultdict(dict))
        for (table, currency), rows in self._rows.items():
            totals[table][currency]["rows"] = str(rows)
        for (table, currency, column), amount in self._sums.items():
            totals[table][currency][column] = money_text(amount)
        return {table: dict(by_currency) for table, by_currency in totals.items()}

    @property
    def item_count(self) -> int:
        """Items of the walk, repeated pages counted once."""
        return sum(page.item_count for page in self.pages if page.repeats_page is None)

    def _check_announced(self) -> None:
        short = [page for page in self.pages if page.announced is not None and page.item_count < page.announced]
        if not short:
            return
        # One number, the same on every page and larger than the pages, is the total of the walk.
        announced = {page.announced for page in self.pages}
        received = sum(page.item_count for page in self.pages)
        if len(announced) == 1 and announced <= {received, self.item_count}:
            return
        first = short[0]
        raise WalkRefused(
            f"{self.name}: page {first.number} announces {first.announced} items and holds {first.item_count} "
            f"({received} in all pages): something is missing; the former reading stays, run again"
        )

    def _add(self, name: str, rows: pa.Table, currency: str | None, money: tuple[str, ...]) -> None:
        codes = rows.column(currency).fill_null("") if currency else pa.array([""] * rows.num_rows, pa.string())
        self._rows[(name, "")] += 0
        for code in pc.unique(codes).to_pylist():
            mine = rows.filter(pc.equal(codes, code))
            self._rows[(name, code)] += mine.num_rows
            for column in money:
                amount = pc.sum(mine.column(column)).as_py()
                if amount is not None:
                    key = (name, code, column)
                    self._sums[key] = add_exactly(self._sums[key], amount)
