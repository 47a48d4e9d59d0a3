"""What codes are called on the page: verdicts, parts of the money, waiting, kinds of data."""

from __future__ import annotations

VERDICTS = {
    "clean": "Clean",
    "partly_clean": "Clean where compared",
    "breaks": "Open breaks",
    "not_reconciled": "Not reconciled",
    "nothing": "Nothing to compare",
    "not_due": "Not due yet",
}
DIRECTIONS = {
    "over": "we may have paid too much",
    "under": "in our favour, and the vendor may ask for it",
    "exposure": "money in question, either way",
}
# Column of fct_invoices, its name, and what it means; first what makes up the total of the documents.
CHARGE_PARTS = (
    ("matched", "Matched", "agrees with its order and what was delivered"),
    ("matched_with_break", "Matched, with a break", "its order is known, but something does not agree"),
    ("timing", "Timing", "inside a window that is still open; not late yet"),
    ("suggested", "Suggested match", "one order fits, and somebody has to confirm it"),
    ("unmatched", "Unmatched", "no order was found"),
    ("not_compared", "Not compared", "the other side could not be read"),
)
OTHER_PARTS = (
    (
        "out_of_scope",
        "Out of scope",
        "recurring, usage, licence and adjustment lines; no order to compare with",
    ),
    ("amendment", "Amendments without lines", "notes that change a total and carry no line"),
    ("rounding", "Rounding", "differences within the tolerance of the currency"),
    ("unexplained", "Not explained by lines", "the total of a document says so, and no line does"),
)
WAITING = {
    "order_too_new": "order is too new to be read again",
    "on_unbilled": "listed as not billed yet",
    "not_yet_invoiced": "invoice of its month is still to come",
    "credit_due": "credit is still to come",
    "provisioning_pending": "delivery is under way",
    "deprovisioning_pending": "return is under way",
    "balance_lag": "balance follows later",
}
# Kinds of data that are there to be compared, in the order they are shown.
COMPARED_KINDS = (
    ("lines", "One-time lines"),
    ("documents", "Documents"),
    ("orders", "One-time orders"),
    ("entitlements", "Entitlements"),
    ("unbilled", "Estimates"),
    ("balances", "Balances"),
    ("statements", "Statements (PDF)"),
)
EVENTS = (
    ("new", "New"),
    ("worse", "Worse"),
    ("reopened", "Opened again"),
    ("resolved", "Resolved"),
    ("better", "Smaller"),
    ("measured", "Measured anew"),
)
TERMS = (
    ("Break", "Records that should agree do not. Open is what is neither resolved nor accepted by an analyst."),
    (
        "At risk",
        "The money that a break puts in question. Of several breaks of one subject one counts.",
    ),
    (
        "To be decided",
        "High or critical, and neither resolved, nor accepted or disputed with a comment. It keeps a month from "
        "being signed; recon close asks the same.",
    ),
    (
        "Newest due month",
        "A month is due from its 11th on; its invoices and their lines are there by then.",
    ),
    ("Not reconciled", "A side of the comparison is missing, so that a result would prove nothing."),
    ("Clean", "Both sides were there, and nothing is open. Without anything to compare a month is not clean."),
    ("Generation", "The number of the published result; a run that finds nothing new publishes none."),
)
