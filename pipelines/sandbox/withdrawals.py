"""Documents that are gone later on, as if they had never been sent.

Whoever reads a document by its id as well knows it from then on, so nothing is lost. Of one that is only in the list,
the lines that were read stay behind without a document. Only a reader of before can have them, so these stand apart
from the other plants, whose truth is that of a first reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipelines.sandbox.facts import Document, PlantedBreak


def truth_of_withdrawals(documents: Iterable[Document], read_at: datetime, clock: datetime) -> list[PlantedBreak]:
    """The breaks that a reader of `read_at` must find besides, who reads again at `clock`: one a line."""
    return [
        PlantedBreak(
            break_code="unclassified",
            invoice_id=document.id,
            customer_id=charge.customer.id,
            order_id=charge.order_ref,
            product_id=charge.item.product_id,
            sku_id=charge.item.sku_id,
            entitlement_id=None,
            currency=charge.currency,
            invoice_type=None,
            period=None,
            at_risk_amount=abs(charge.total),
            story="its document is gone, and nobody had asked for that by its id",
            visible_from=document.withdrawn_at,
        )
        for document in documents
        if document.withdrawn_at is not None and not document.is_known_by_id
        if document.is_shown_at(read_at) and not document.is_shown_at(clock)
        for charge in document.charges
    ]
