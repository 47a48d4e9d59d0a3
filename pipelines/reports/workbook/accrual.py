"""Question: what was ordered, or is listed as not billed yet, but is on no invoice?

Units:    amounts before tax in the currency of their row; as books keep them, and exact beside.
Source:   the accruals report; `recon accruals` makes a journal of the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.reports.accruals import REASONS, Accrual, accruals
from pipelines.reports.page.drawing import total
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import AMOUNT, CODE, COUNT, ID, LONG_ID, MOMENT, NAME
from pipelines.reports.workbook.table import Column, Part, Table, Values, write_table
from pipelines.spreadsheet import Spreadsheet

_STANDINGS = {"set aside": "good", "amount not known": "high", "later month": "low", "left out": "medium"}


def write_accrual(book: Spreadsheet, source: Source) -> None:
    """What is set aside first; then what has no amount, is of a later month, or was left out, and why."""
    found = accruals(source.connection, _month(source))
    customers = dict(source.all("select customer_id, company_name from marts.dim_customers"))
    products = dict(source.all("select product_id, product_name from marts.dim_products"))

    def rows() -> Iterator[Values]:
        standings: tuple[tuple[str, list[tuple[Accrual, str | None]]], ...] = (
            ("set aside", [(one, None) for one in found.accrued]),
            ("amount not known", [(one, None) for one in found.unknown]),
            ("later month", [(one, None) for one in found.later]),
            ("left out", [(one, why) for one, why in found.left_out]),
        )
        for standing, members in standings:
            for one, why in members:
                yield (
                    *(standing, REASONS.get(one.reason, one.reason), one.month, one.currency),
                    *(None if one.amount is None else one.booked, one.quantity),
                    *(customers.get(one.customer_id), products.get(one.product_id), one.basis, why, one.due_at),
                    *(one.amount, one.order_id, one.customer_id, one.product_id, one.sku_id),
                )

    parts = write_table(
        book,
        Table(
            "Accrual",
            f"What is to be set aside for {found.period}?",
            "Ordered or listed, and on no invoice as of this result; credits to come are negative. `recon accruals` "
            "writes the journal.",
            (
                Column("Standing", 16, by_value=_STANDINGS),
                Column("Reason", 36, is_wrapped=True),
                Column("Month", COUNT),
                Column("Currency", COUNT),
                Column("Amount", AMOUNT, "money", currency=3),
                Column("Quantity", CODE, "number"),
                Column("Customer", NAME),
                Column("Product", NAME),
                Column("Amount is from", 18),
                Column("Left out because", NAME, is_wrapped=True),
                Column("Due (UTC)", MOMENT, "moment"),
                Column("Exact amount", AMOUNT, "money", currency=3),
                Column("Order ID", LONG_ID),
                Column("Customer ID", LONG_ID),
                Column("Product ID", ID),
                Column("SKU ID", COUNT),
            ),
            rows(),
            frozen=1,
            on_paper=11,
            nothing="nothing to set aside",
        ),
    )
    _write_totals(book, parts[-1], found.accrued)


def _write_totals(book: Spreadsheet, part: Part, accrued: Sequence[Accrual]) -> None:
    """Below the rows: what is set aside, currency by currency, as the journal books it."""
    for number, currency in enumerate(
        sorted({one.currency for one in accrued}, key=lambda code: code or ""), start=part.end + 1
    ):
        mine = [one.booked for one in accrued if one.currency == currency]
        cells = ("Set aside", f"{len(mine):,} item{'' if len(mine) == 1 else 's'}", None, currency or "none")
        for place, value in enumerate(cells):
            book.write(part.sheet, number, place, value, look="total")
        book.write(part.sheet, number, len(cells), total(mine), "money", currency, look="total")


def _month(source: Source) -> str | None:
    """The month that was asked for, where it has begun: nothing is set aside for a month to come."""
    return source.period if source.period and source.period <= f"{source.as_of:%Y-%m}" else None
