"""Tables, facts and texts of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import marimo as mo
import polars as pl

from pipelines.analysis.desk import Warehouse
from pipelines.analysis.pages.cells import Cell, Row, escaped, money_text
from pipelines.analysis.pages.style import STYLE

LONGEST = 25
_MOST_ROWS = 1_000


class Show:
    """Writes tables with the digits of each currency."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.digits = warehouse.minor_digits()

    def money(self, amount: Decimal | None, currency: str | None) -> str:
        """An amount with the digits of its currency, without its name."""
        return money_text(amount, currency, self.digits)

    def table(
        self,
        frame: pl.DataFrame,
        columns: Mapping[str, Cell],
        *,
        total: Row | None = None,
        longest: int = LONGEST,
        empty: str = "None.",
        narrow: bool = False,
    ) -> mo.Html:
        """The rows of a frame, at most `longest`, and how many there are more; `total` is one more row, in bold."""
        if frame.is_empty():
            return mo.md(empty)
        rows = [self._row(row, columns) for row in frame.head(longest).iter_rows(named=True)]
        if total is not None:
            rows.append(self._row(total, columns, strong=True))
        head = "".join(
            f'<th scope="col"{_side(cell)}{_width(cell)}>{escaped(name)}</th>' for name, cell in columns.items()
        )
        more = frame.height - longest
        rest = f"<p><small>The first {longest} of {frame.height:,}.</small></p>" if more > 0 else ""
        kind = "recon narrow" if narrow else "recon"
        return mo.Html(
            f'{STYLE}<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>{rest}'
        )

    def _row(self, row: Row, columns: Mapping[str, Cell], *, strong: bool = False) -> str:
        cells = "".join(f"<td{_side(cell)}>{cell.html(row, self.digits)}</td>" for cell in columns.values())
        return f"<tr{' class=strong' if strong else ''}>{cells}</tr>"


def facts(several: Sequence[tuple[str, str, str]]) -> mo.Html:
    """The few figures that a page is about: what, how much, and a word about it."""
    cards = "".join(
        f'<div class="recon-fact"><small>{escaped(what)}</small><b>{escaped(figure)}</b>'
        f"<small>{escaped(about)}</small></div>"
        for what, figure, about in several
    )
    return mo.Html(f'{STYLE}<div class="recon-facts">{cards}</div>')


def told(lines: Sequence[str]) -> mo.Html:
    """Lines of text as they are, like those of `recon explain`."""
    return mo.Html(f'{STYLE}<div class="recon-told">{escaped(chr(10).join(lines))}</div>')


def searchable_table(frame: pl.DataFrame, **more: Any) -> Any:
    """A table to search, sort and download; without a selection unless `selection` asks for one."""
    right: dict[str, Any] = {name: "right" for name in frame.columns if name.endswith("_amount")}
    return mo.ui.table(
        frame,
        **{"selection": None, **more},
        # All rows at once, to scroll: an exported page has no kernel to ask for the next ones.
        page_size=min(max(frame.height, 1), _MOST_ROWS),
        max_height=420,
        show_data_types=False,
        show_column_summaries=False,
        wrapped_columns=[name for name in ("explanation",) if name in frame.columns],
        text_justify_columns=right,
    )


def counted(number: int, noun: str) -> str:
    """`1 break`, `2 breaks`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _side(cell: Cell) -> str:
    return ' class="right"' if cell.right else ""


def _width(cell: Cell) -> str:
    return f' style="width: {cell.width}"' if cell.width else ""
