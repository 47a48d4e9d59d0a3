"""What a dispute says to the vendor, by the rule that found it: what is wrong, and what is asked for.

Shape:    `{amount}` is the amount in question, `{charged}` and `{ordered}` units, `{invoice}` the invoice; with
          `has_figures` the sentence of the break, which holds its numbers, stands below the claim.
Caveats:  these sentences leave the house: they use no word that only we understand.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """The subject of a dispute, its claim, and its request."""

    subject: str
    claim: str
    request: str
    has_figures: bool = False


_CREDIT = "Please credit {amount}."
_CREDIT_OR_NAME = "Please tell us which order this charge bills, or credit {amount}."

WORDINGS: dict[str, Wording] = {
    "charge_without_order": Wording(
        "Charge without an order",
        "The charge below leads to no order of this customer, neither by an order id nor by an alternate id.",
        _CREDIT_OR_NAME,
    ),
    "item_not_on_order": Wording(
        "Charged item is not on the order",
        "The order exists, but it has no line with the product and SKU that were charged.",
        _CREDIT_OR_NAME,
    ),
    "quantity_charged_vs_ordered": Wording(
        "More units charged than ordered",
        "Over all invoices {charged} units were charged, but the order is for {ordered}.",
        "Please credit the units charged beyond the order: {amount}.",
    ),
    "price_charged_vs_ordered": Wording(
        "Price charged is not the price of the order",
        "The quantity charged is the quantity ordered, but the amount charged is not the amount of the order.",
        "Please correct the charge to the price of the order and credit {amount}.",
        has_figures=True,
    ),
    "charged_not_entitled": Wording(
        "Charged, but not delivered",
        "The order was charged, but the customer has received none of the units.",
        "Please deliver the units, or credit {amount}.",
    ),
    "quantity_ordered_vs_entitled": Wording(
        "Fewer units delivered than ordered",
        "The order is for {ordered} units, but the customer has received {received}.",
        "Please deliver the missing units, or credit {amount}.",
    ),
    "cancelled_not_credited": Wording(
        "Credit for a cancellation is missing",
        "The order now holds {ordered} units, but {charged} are still charged, and the day by which an invoice "
        "should have carried the credit is over.",
        _CREDIT,
    ),
    "credit_short": Wording(
        "Credit for a cancellation is too small",
        "The order was reduced and a credit was issued, but it is less than the refund that is due.",
        "Please credit the remaining {amount}.",
        has_figures=True,
    ),
    "duplicate_in_invoice": Wording(
        "The same charge twice on one invoice",
        "Equal lines stand more than once on invoice {invoice}; in all {charged} units were charged, but the order "
        "is for {ordered}.",
        "Please credit what was charged more than once: {amount}.",
    ),
    "duplicate_across_invoices": Wording(
        "The same charge on two invoices",
        "A charge of an earlier invoice stands again on invoice {invoice}; in all {charged} units were charged, but "
        "the order is for {ordered}.",
        "Please credit what was charged again: {amount}.",
    ),
    "customer_mismatch": Wording(
        "Charge names another customer than the order",
        "The order that the charge names belongs to another customer than the charge.",
        "Please tell us which customer the charge belongs to, and correct it.",
    ),
    "currency_mismatch": Wording(
        "Charge in another currency than the order",
        "The order was placed in another currency than the one it was charged in.",
        "Please tell us by which rate it was converted, or correct the charge.",
    ),
    "line_formula": Wording(
        "Amount of a line is not price times quantity",
        "Unit price, quantity and exchange rate of the line do not give its amount.",
        "Please correct the line and credit {amount}.",
        has_figures=True,
    ),
    "line_total": Wording(
        "Line does not add up",
        "Amount before tax and tax of the line do not add up to its total.",
        "Please correct the line and credit {amount}.",
        has_figures=True,
    ),
    "tax_sign": Wording(
        "Tax has the wrong sign",
        "The tax of the line has another sign than its amount.",
        "Please correct the tax of the line and credit {amount}.",
        has_figures=True,
    ),
    "tax_rate_outlier": Wording(
        "Tax rate differs from the rest of the invoice",
        "The line carries another tax rate than the other lines of the invoice in the same country.",
        "Please correct the tax of the line and credit {amount}, or tell us why the rate applies.",
        has_figures=True,
    ),
    "fx_rate_inconsistent": Wording(
        "Exchange rate differs from the one of the day",
        "The line was converted at another rate than the other lines of the same currencies and rate date.",
        "Please correct the rate and credit {amount}.",
        has_figures=True,
    ),
    "fx_rate_identity": Wording(
        "Converted without a change of currency",
        "The line is priced and billed in the same currency, but was multiplied by an exchange rate.",
        "Please correct the line and credit {amount}.",
        has_figures=True,
    ),
    "invoice_total_vs_lines": Wording(
        "Total of the invoice is not the sum of its lines",
        "The lines of invoice {invoice} do not add up to its total.",
        "Please tell us what the difference of {amount} is for, or credit it.",
        has_figures=True,
    ),
    "invoice_without_lines": Wording(
        "Invoice without lines",
        "Invoice {invoice} asks for a total, but lists no line.",
        "Please provide the lines of the invoice, or credit {amount}.",
    ),
    "statement_vs_invoice": Wording(
        "Printed invoice shows another total",
        "The printed invoice {invoice} and its record in Partner Center show different totals.",
        "Please tell us which of the two is valid; they differ by {amount}.",
        has_figures=True,
    ),
    "closed_invoice_restated": Wording(
        "Invoice was changed after it was issued",
        "The content of invoice {invoice} is not what it was when we first received it.",
        "Please explain the change of {amount}, or take it back.",
        has_figures=True,
    ),
    "balance_vs_open_invoices": Wording(
        "Balance is not the sum of the open invoices",
        "The account balance is higher than the open amounts of all invoices.",
        "Please tell us what the difference of {amount} is for, or correct the balance.",
    ),
}
OTHER = Wording(
    "Amounts do not agree",
    "What is shown below does not agree with our records.",
    "Please check it and correct the difference of {amount}, or tell us why it is right.",
)
