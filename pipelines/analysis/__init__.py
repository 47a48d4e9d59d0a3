"""The published marts as Polars frames, for notebooks and analysts.

    from pipelines.analysis import open_warehouse

    warehouse = open_warehouse()                             # RECON_DATA_DIR, else ./data
    warehouse.breaks(status="open", currency="EUR").collect()   # what is open in euro
    warehouse.charges(period="2026-08").collect()            # the one-time lines of August's invoices
    open_warehouse(as_of="2026-09-12T00:00:00Z")             # an enquiry: what was known then

The names are those of the marts (`recon sql "show tables"`) without `fct_` and `dim_`; `charges()` are the one-time
`invoice_lines()`. What is asked most has a shortcut that opens the newest result each time: `breaks(status="open")`.

Amounts, prices, rates and quantities are `Decimal` columns, exact to the last digit; there is no Float anywhere.
Every amount is in the currency of its own row: filter or group by `currency` before adding. Polars' `mean`, `median`
and a factor like `0.5` turn a Decimal into a Float, and `/` rounds: add, subtract and compare, and write a factor as
`Decimal("0.5")`.
"""

from pipelines.analysis.amounts import amount_text
from pipelines.analysis.desk import Warehouse, enquiries, open_warehouse
from pipelines.analysis.found import BREAK_STATUSES
from pipelines.analysis.notes import notes_csv
from pipelines.analysis.shortcuts import breaks, charges, invoices, order_items, reconciliation

__all__ = [
    "BREAK_STATUSES",
    "Warehouse",
    "amount_text",
    "breaks",
    "charges",
    "enquiries",
    "invoices",
    "notes_csv",
    "open_warehouse",
    "order_items",
    "reconciliation",
]
