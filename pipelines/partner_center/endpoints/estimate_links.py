"""Which unbilled calls the API offers for a currency.

Its links name providers of before (`Marketplace`, `all`), so they are kept to be seen and never followed.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

ESTIMATE_LINKS = Endpoint(
    name="estimate_links",
    docs="Get invoice estimate links",
    path="/v1/invoices/estimates/links",
    partition=("currency",),
    params=(("currencycode", "{currency}"),),
    tables=(
        Table(
            "estimate_links",
            (
                *text("type", "title", "description", "period"),
                Column("link_uri", "link.uri"),
                Column("link", "link", Kind.JSON),
                Column("attributes", "attributes", Kind.JSON),
            ),
        ),
    ),
)
