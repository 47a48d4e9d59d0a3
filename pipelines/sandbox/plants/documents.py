"""Invoices and balances that do not add up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import BalanceError, PlantedBreak
from pipelines.sandbox.legacy import adjustment_outside_lines, legacy_bill, office_line
from pipelines.sandbox.plants.rows import about_balance, about_document


def headers_off_their_lines(b: Builder) -> Iterator[PlantedBreak]:
    """The header of an ordinary invoice asks for more, or less, than its lines."""
    for currency, month, gap in (("GBP", -1, "55.00"), ("JPY", -2, "-700"), ("EUR", -3, "0.07")):
        document = b.main_documents(b.months[month], currency)[0]
        document.excess += Decimal(gap)
        story = f"the header is {gap} {currency} off the sum of the lines"
        yield about_document("invoice_total_vs_lines", story, document, abs(Decimal(gap)))


def invoices_without_lines(b: Builder) -> Iterator[PlantedBreak]:
    """An invoice asks for money, announces lines, and has none."""
    for currency, month, total in (("USD", -2, "1234.50"), ("JPY", -1, "88000")):
        document = b.draft(b.months[month], currency, total=Decimal(total))
        story = f"{total} {currency} are asked for and no line explains them"
        yield about_document("invoice_without_lines", story, document, Decimal(total))


def legacy_total_with_an_adjustment(b: Builder) -> Iterator[PlantedBreak]:
    """A legacy invoice of licences is less than its lines by an adjustment that stands on the invoice only."""
    c, m = b.customer("GB"), b.months[-2]
    document = legacy_bill(b, m, c.billing_currency)
    document.office += [office_line(b, c, m) for _ in range(6)]
    adjustment_outside_lines(document, Decimal("-48.00"))
    story = "the header is -48.00 GBP off the sum of the licence lines, by an adjustment that no line shows"
    yield about_document("invoice_total_vs_lines", story, document, Decimal("48.00"))


def balances_off_the_open_invoices(b: Builder) -> Iterator[PlantedBreak]:
    """An account balance differs from the open invoices: in the one-time part, and where no part is shown.

    Where the part already disagrees, the total of the same currency is not reported a second time.
    """
    since = b.open_month.at(9)
    for currency, kind, gap in (("JPY", "one_time", "12000"), ("GBP", "total", "-350.25")):
        b.balance_errors.append(BalanceError(currency, kind, Decimal(gap), since))
        story = f"the balance is {gap} {currency} off the open invoices"
        yield about_balance("balance_vs_open_invoices", story, currency, kind, since, abs(Decimal(gap)))
