"""Which breaks stand on which sheet: by what they are about, so that one person can work through one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """One sheet of breaks.

    Shape:   `codes` are named; `families` of the catalogue bring in every other code of theirs.
    """

    sheet: str
    question: str
    codes: tuple[str, ...] = ()
    families: tuple[str, ...] = ()


THEMES: tuple[Theme, ...] = (
    Theme(
        "Not compared",
        "Where is a side missing, so that nothing is proven?",
        ("invoice_not_read", "unclassified"),
        ("coverage", "period"),
    ),
    Theme(
        "Documents and balances",
        "Do documents agree with their lines, and balances with the documents?",
        families=("document", "balance"),
    ),
    Theme(
        "Charges and orders",
        "Is every charge ordered, and every order charged, to the right customer?",
        ("order_not_billed", "unbilled_lost"),
        ("existence", "charge_group"),
    ),
    Theme(
        "Price and quantity",
        "Are quantity and price those of the order, and nothing is charged twice?",
        (
            "quantity_charged_vs_ordered",
            "price_charged_vs_ordered",
            "duplicate_in_invoice",
            "duplicate_across_invoices",
        ),
    ),
    Theme(
        "Credits",
        "Did every cancellation bring its credit, and every credit have its cancellation?",
        ("cancelled_not_credited", "credit_short", "credit_without_cancellation", "over_credited"),
    ),
    Theme(
        "Delivery",
        "Was what is paid for delivered, and what was cancelled taken back?",
        (
            "charged_not_entitled",
            "quantity_ordered_vs_entitled",
            "entitled_after_cancellation",
            "provisioning_overdue",
            "entitlement_without_order",
        ),
    ),
    Theme("Lines and tax", "Does each line add up, with its tax and exchange rate?", families=("line",)),
)
# Where a code goes that came later and is in none of these.
OTHER = Theme("Other breaks", "What else does not agree?")


def theme_of(break_code: str, family: str | None) -> Theme:
    """The sheet of a break: the one that names its code, else the one of its family."""
    named = [theme for theme in THEMES if break_code in theme.codes]
    related = [theme for theme in THEMES if family in theme.families]
    return (named or related or [OTHER])[0]


def sheets_of(codes: Sequence[tuple[str, str | None]]) -> dict[Theme, list[str]]:
    """The codes of every sheet, from codes with their families; `OTHER` only where something is in it."""
    found: dict[Theme, list[str]] = {theme: [] for theme in THEMES}
    for break_code, family in codes:
        found.setdefault(theme_of(break_code, family), []).append(break_code)
    return found
