"""Awkward business of one spring: every case a controller would check by hand, in one raw database.

Each order is named after its case. What is expected of them stands in `test_controller_cases`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.dbt.raw_database import RawDatabase
from tests.dbt.small_world import CONTOSO, FABRIKAM, LITWARE, charge, document, entitlement, order

# Exactly the moment at which the invoices of May and the credits for April are due.
READ_AT = datetime(2024, 6, 11)  # noqa: DTZ001 - the warehouse keeps UTC without zone
# Named by lines, by no list of customers.
STRANGER = "40000000-0000-4000-8000-00000000000a"

Line = dict[str, Any]


class ControllerWorld:
    """Collects cases, then hands them to the raw database as the walks that would have read them."""

    def __init__(self) -> None:
        self.raw = RawDatabase(READ_AT)
        self.orders: dict[str, list[Line]] = {CONTOSO: [], FABRIKAM: [], LITWARE: []}
        self.order_lines: dict[str, list[Line]] = {CONTOSO: [], FABRIKAM: [], LITWARE: []}
        self.entitlements: dict[str, list[Line]] = {CONTOSO: [], FABRIKAM: [], LITWARE: []}
        self.lines: dict[str, list[Line]] = {}
        self.documents: list[Line] = []
        self.details: list[Line] = []

    def buy(
        self, name: str, *quantities: str, currency: str = "USD", customer: str = CONTOSO, **changes: Any
    ) -> None:
        """An order with one line per quantity, all of one item at 10 a unit, and what was delivered of it."""
        line_changes = {key: changes.pop(key) for key in ("price", "extended_price") if key in changes}
        kinds = changes.pop("line_kinds", ["New"] * len(quantities))
        delivered = changes.pop("delivered", None)
        self.orders[customer].append(order(name, customer, currency, **changes))
        for number, (quantity, kind) in enumerate(zip(quantities, kinds, strict=True)):
            self.order_lines[customer].append(
                {
                    "order_id": name,
                    "line_item_number": number,
                    "offer_id": "SOFTWARE:0001:AVAIL",
                    "quantity": quantity,
                    "transaction_type": kind,
                    "currency_code": currency,
                    "price": "10",
                    "extended_price": str(10 * int(quantity)),
                    **line_changes,
                }
            )
            received = quantity if delivered is None else delivered
            path = len(self.entitlements[customer])
            self.entitlements[customer].append(
                {**entitlement(path, name, "SOFTWARE", received), "reference_order_line_item_id": str(number)}
            )

    def bill(self, invoice: str, name: str, quantity: str, amount: str, **changes: Any) -> None:
        """A line of an invoice."""
        currency = changes.pop("currency", "USD")
        customer = changes.pop("customer", CONTOSO)
        product = changes.pop("product", "SOFTWARE")
        self.lines.setdefault(invoice, []).append(
            charge(customer, name, product, quantity, amount, currency, **changes)
        )

    def issue(self, invoice: str, total: str | None, currency: str = "USD", **changes: Any) -> None:
        """A document that offers one-time lines; without a total it is the sum of its lines."""
        provider = changes.pop("provider", "one_time")
        self.documents.append({**document(invoice, "0", currency, **changes), "total_charges": total})
        if changes.get("invoice_details_count", 1):
            self.details.append(
                {
                    "invoice_id": invoice,
                    "invoice_line_item_type": "billing_line_items",
                    "billing_provider": provider,
                }
            )

    def seen(self, name: str, *states: tuple[int, str, str], number: int = 0) -> None:
        """When a line of an order was seen with which quantity: (day of spring as month and day, quantity)."""
        for position, (month_day, quantity, status) in enumerate(states):
            self.raw.order_line_states.append(
                {
                    "order_id": name,
                    "customer_id": CONTOSO,
                    "line_item_number": number,
                    "order_status": status,
                    "quantity": quantity,
                    "seen_at": datetime(2024, month_day // 100, month_day % 100),  # noqa: DTZ001 - UTC without zone
                    "is_first_reading": position == 0,
                }
            )

    def finish(self) -> RawDatabase:
        """All walks, and the customer whose orders are refused now although they were read once."""
        self.raw.walk("customers", {"customers": [{"id": name} for name in (CONTOSO, FABRIKAM, LITWARE)]})
        for issued in self.documents:
            if issued["total_charges"] is None:
                billed = self.lines[issued["id"]]
                issued["total_charges"] = str(sum(Decimal(line["total_for_customer"]) for line in billed))
        self.raw.walk("invoices", {"invoices": self.documents, "invoice_details": self.details})
        for invoice, lines in self.lines.items():
            self.raw.walk(
                "invoice_line_items",
                {"invoice_line_items": lines},
                invoice_id=invoice,
                provider="onetime",
                line_item_type="billing",
            )
        for customer in (CONTOSO, FABRIKAM, LITWARE):
            self.raw.walk(
                "orders",
                {"orders": self.orders[customer], "order_line_items": self.order_lines[customer]},
                "stale" if customer == LITWARE else "complete",
                customer_id=customer,
            )
            self.raw.walk("entitlements", {"entitlements": self.entitlements[customer]}, customer_id=customer)
        return self.raw


def controller_world() -> RawDatabase:
    """All cases."""
    world = ControllerWorld()
    _documents(world)
    _quantities(world)
    _matching(world)
    _currencies(world)
    _dates_and_refunds(world)
    return world.finish()


def _documents(world: ControllerWorld) -> None:
    april = {"invoice_date": "2024-04-08T00:00:00Z", "billing_period_start_date": "2024-03-01T00:00:00Z"}
    may, june = "2024-05-08T00:00:00Z", "2024-06-08T00:00:00Z"
    world.issue("USD-APRIL", "0", invoice_details_count=0, has_invoice_details=False, **april)
    world.issue("USD-MAY", None, invoice_date=may)
    world.issue("USD-JUNE", None, invoice_date=june)
    # Orders of the month that ask for no charge; orders of the month that do.
    world.issue("SEK-MAY", "0", "SEK", invoice_date=may, invoice_details_count=0, has_invoice_details=False)
    world.issue("DKK-MAY", "0", "DKK", invoice_date=may, invoice_details_count=0, has_invoice_details=False)
    world.buy("OrderSekCancelled1", "2", currency="SEK", status="cancelled", delivered="0")
    world.buy("OrderDkkSilent1", "2", currency="DKK")
    # Nobody can read these orders any more, and their invoice never came.
    world.buy("OrderNokUnread1", "1", currency="NOK", customer=LITWARE)
    world.buy("OrderNoCurrency1", "1", currency="", extended_price=None)
    # A document without currency that does not tie, one whose lines nobody read, a line of no document.
    world.issue("NO-CURRENCY", "55", "", invoice_date=may)
    world.buy("OrderNoCurrencyDocument1", "5", currency="CHF")
    world.bill("NO-CURRENCY", "OrderNoCurrencyDocument1", "5", "50", currency="CHF")
    world.issue("MARKET", "9", "GBP", invoice_date=may, provider="marketplace")
    world.bill("GONE", "OrderGone1", "1", "10")
    # A void base and its note, nested and listed: only the note counts, once.
    note = {"document_type": "adjustment_note", "amends_of": "VOID-BASE", "invoice_details_count": 0}
    world.issue("VOID-BASE", "10", document_type="void_note", invoice_date=may)
    world.issue("VOID-ADJUSTED", "-3", invoice_date=may, has_invoice_details=False, **note)
    world.issue("VOID-ADJUSTED", "-3", invoice_date=may, has_invoice_details=False, nested_in="VOID-BASE", **note)
    world.buy("OrderVoided1", "1", creation_date="2024-05-20T00:00:00Z")
    world.bill("VOID-BASE", "OrderVoided1", "1", "10")


def _quantities(world: ControllerWorld) -> None:
    # Charged, and nothing says how many: not zero of them.
    world.buy("OrderNoQuantity1", "2")
    world.bill("USD-MAY", "OrderNoQuantity1", "2", "20")
    world.lines["USD-MAY"][-1] |= {"quantity": None, "billable_quantity": "0.5"}
    # Two lines of one order buy the same item; equal charges are no duplicate.
    world.buy("OrderTwoLines1", "1", "1")
    world.bill("USD-MAY", "OrderTwoLines1", "1", "10")
    world.bill("USD-MAY", "OrderTwoLines1", "1", "10")
    # One line, charged twice: the second line only.
    world.buy("OrderTwice1", "1")
    world.bill("USD-MAY", "OrderTwice1", "1", "10")
    world.bill("USD-MAY", "OrderTwice1", "1", "10")
    # Cancelled, the line still shows its quantity; read as cancelled from the start.
    world.buy("OrderCancelledFull1", "3", status="cancelled", delivered="0")
    world.bill("USD-MAY", "OrderCancelledFull1", "3", "30")
    # Reduced in April and seen so: credit due on 11 June, which is now. In May: not before 11 July.
    for name, month_day in (("OrderCreditDueNow1", 520), ("OrderCreditDueLater1", 601)):
        world.buy(name, "1")
        world.bill("USD-MAY", name, "2", "20")
        world.seen(name, (415, "2", "completed"), (month_day, "1", "completed"))
    # A line that joins an order in June waits for July's invoice.
    world.buy("OrderGrown1", "1", "2")
    world.bill("USD-MAY", "OrderGrown1", "1", "10")
    world.seen("OrderGrown1", (415, "1", "completed"))
    world.seen("OrderGrown1", (605, "2", "completed"), number=1)
    # A line of another transaction type changes nothing that is expected.
    world.buy("OrderChangeLine1", "2", "5", line_kinds=["New", "addQuantity"], delivered="1")
    world.bill("USD-MAY", "OrderChangeLine1", "2", "20")
    # Pending for more than 60 days, and for less.
    world.buy("OrderPendingLong1", "1", status="pending", delivered="0", creation_date="2024-04-10T00:00:00Z")
    world.buy("OrderPendingShort1", "1", status="pending", delivered="0", creation_date="2024-04-20T00:00:00Z")
    # Created in December: its invoice is January's, before anything loaded; its refund is no finding.
    world.buy("OrderOld1", "0", creation_date="2023-12-31T23:59:59Z", delivered="0")
    world.bill("USD-MAY", "OrderOld1", "1", "-10", charge_type="Cancel")
    # Due on 11 June at 00:00, which is now; due a moment of a month later.
    world.buy("OrderDueNow1", "1", creation_date="2024-05-31T23:59:59Z")
    world.buy("OrderDueLater1", "1", creation_date="2024-06-01T00:00:00Z")
    # Fully refunded although one is still ordered: no rule may call it matched.
    world.buy("OrderRefundedAway1", "1", delivered="1")
    world.bill("USD-MAY", "OrderRefundedAway1", "2", "20")
    world.bill("USD-JUNE", "OrderRefundedAway1", "2", "-20", charge_type="Cancel")
    world.seen("OrderRefundedAway1", (415, "2", "completed"), (420, "1", "completed"))


def _matching(world: ControllerWorld) -> None:
    # Order ids are told apart by case; alternate ids are not.
    world.buy("OrderCase1", "1")
    world.bill("USD-MAY", "ordercase1", "1", "10")
    # An item that its order does not have, a stranger, a line without customer, a line without any id.
    world.bill("USD-MAY", "OrderCase1", "1", "10", product="OTHER")
    world.bill("USD-MAY", "OrderStranger1", "1", "10", customer=STRANGER)
    world.bill("USD-MAY", "OrderNobody1", "1", "10", customer="")
    world.bill("USD-MAY", "", "1", "11", product="OTHER")
    # Ordered five minutes before the orders were read.
    world.bill("USD-JUNE", "OrderTooNew1", "1", "10", order_date="2024-06-10T23:55:00Z")
    world.bill("USD-JUNE", "OrderNotTooNew1", "1", "10", order_date="2024-06-10T23:45:00Z")
    # One item, charged to its own customer and to another one.
    world.buy("OrderShared1", "2")
    world.bill("USD-MAY", "OrderShared1", "1", "10", customer=FABRIKAM)
    world.bill("USD-JUNE", "OrderShared1", "1", "10")
    # A customer whose orders are refused now was charged in two months, a hair of all charges.
    world.bill("USD-MAY", "OrderHidden1", "1", "1", customer=LITWARE)
    world.bill("USD-JUNE", "OrderHidden1", "1", "1", customer=LITWARE)
    world.buy("OrderLarge1", "1000")
    world.bill("USD-MAY", "OrderLarge1", "1000", "10000")
    world.buy("OrderLarge2", "1000", creation_date="2024-05-10T00:00:00Z")
    world.bill("USD-JUNE", "OrderLarge2", "1000", "10000")


def _currencies(world: ControllerWorld) -> None:
    may = "2024-05-08T00:00:00Z"
    # No decimals: off by one is within tolerance, off by two is not.
    world.issue("JPY-MAY", "23", "JPY", invoice_date=may)
    world.buy("OrderYenNear1", "1", currency="JPY")
    world.buy("OrderYenFar1", "1", currency="JPY")
    world.bill("JPY-MAY", "OrderYenNear1", "1", "11", currency="JPY")
    world.bill("JPY-MAY", "OrderYenFar1", "1", "12", currency="JPY")
    # Three decimals, and a currency that no seed knows.
    world.issue("KWD-MAY", "10.002", "KWD", invoice_date=may)
    world.buy("OrderDinar1", "1", currency="KWD")
    world.bill("KWD-MAY", "OrderDinar1", "1", "10.002", currency="KWD")
    world.issue("ZZZ-MAY", "10.02", "ZZZ", invoice_date=may)
    world.buy("OrderUnknownMoney1", "1", currency="ZZZ")
    world.bill("ZZZ-MAY", "OrderUnknownMoney1", "1", "10.02", currency="ZZZ")
    # A line that names no currency adds to no document, and its month is published all the same.
    world.issue("SGD-MAY", "10", "SGD", invoice_date=may)
    world.buy("OrderWithoutMoney1", "1", currency="SGD")
    world.bill("SGD-MAY", "OrderWithoutMoney1", "1", "10", currency="")
    # Bought and refunded at two rates; the purchase says no price, so nothing is known before the rate.
    world.issue("EUR-MAY", None, "EUR", invoice_date=may)
    world.buy("OrderTwoRates1", "0", delivered="0")
    foreign = {"currency": "EUR", "pricing_currency": "USD"}
    world.bill("EUR-MAY", "OrderTwoRates1", "1", "9.20", pc_to_bc_exchange_rate="0.92", **foreign)
    world.bill(
        *("EUR-MAY", "OrderTwoRates1", "1", "-9.10"),
        **foreign,
        charge_type="Cancel",
        effective_unit_price="10",
        pc_to_bc_exchange_rate="0.91",
    )


def _dates_and_refunds(world: ControllerWorld) -> None:
    may, june = "2024-05-08T00:00:00Z", "2024-06-08T00:00:00Z"
    # A year of its own: bought on the last day of the year, due on 11 January, billed on 8 January.
    year_end = {"invoice_date": "2024-01-08T00:00:00Z", "billing_period_start_date": "2023-12-01T00:00:00Z"}
    world.issue("AUD-JANUARY", None, "AUD", **year_end)
    bought_at = {"currency": "AUD", "creation_date": "2023-12-31T23:59:59.9999999Z"}
    world.buy("OrderNewYear1", "1", **bought_at)
    world.buy("OrderNewYear2", "1", **bought_at)
    world.bill("AUD-JANUARY", "OrderNewYear1", "1", "10", currency="AUD")
    # The same charge in an invoice and in its amendment is one correction; in two invoices it is a duplicate.
    world.issue("CAD-MAY", None, "CAD", invoice_date=may)
    world.issue("CAD-NOTE", None, "CAD", invoice_date=june, document_type="adjustment_note", amends_of="CAD-MAY")
    world.issue("CAD-JUNE", None, "CAD", invoice_date=june)
    for name, second in (("OrderAmended1", "CAD-NOTE"), ("OrderRepeated1", "CAD-JUNE")):
        world.buy(name, "1", currency="CAD")
        world.bill("CAD-MAY", name, "1", "10", currency="CAD")
        world.bill(second, name, "1", "10", currency="CAD")
    # In euros, priced in dollars: a unit of 11 at 0.9 is 9.90; the order says 10. Another was refunded in full
    # at another rate, and one euro more than it cost.
    foreign = {"currency": "EUR", "pricing_currency": "USD"}
    world.buy("OrderForeignPrice1", "2")
    world.bill(
        *("EUR-MAY", "OrderForeignPrice1", "2", "19.80"),
        **foreign,
        effective_unit_price="11",
        pc_to_bc_exchange_rate="0.9",
    )
    world.buy("OrderForeignRefund1", "0", delivered="0")
    for amount, rate, kind in (("9.20", "0.92", "New"), ("-9.30", "0.93", "Cancel")):
        world.bill(
            *("EUR-MAY", "OrderForeignRefund1", "1", amount),
            **foreign,
            charge_type=kind,
            effective_unit_price="10",
            pc_to_bc_exchange_rate=rate,
        )
    # Delivered as a bundle: its component repeats the order and is no second delivery; handed-on units count.
    world.buy("OrderBundle1", "2", currency="CAD", delivered="1")
    world.bill("CAD-MAY", "OrderBundle1", "2", "20", currency="CAD")
    parent = world.entitlements[CONTOSO][-1]
    parent["quantity_details"] = '[{"quantity":1,"status":"Fulfilled"},{"quantity":1,"status":"Transferred"}]'
    component = {**parent, "path": f"{parent['path']}.0", "parent_path": parent["path"], "quantity_details": None}
    world.entitlements[CONTOSO].append(component)
