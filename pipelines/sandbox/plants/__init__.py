"""The planted breaks. To add one: write a small function that yields its truth rows, and list it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.plants import (
    deliveries,
    documents,
    existence,
    parties,
    quantities,
    refunds,
    repeats,
    single_lines,
    unbilled,
    words,
)

PLANTS: tuple[Callable[[Builder], Iterator[PlantedBreak]], ...] = (
    existence.charges_nobody_ordered,
    existence.charge_without_any_order_id,
    existence.charges_under_a_wrong_order_id,
    existence.items_not_on_the_order,
    existence.one_charge_two_candidates,
    existence.two_charges_one_candidate,
    existence.orders_never_billed,
    existence.charged_and_not_delivered,
    existence.rights_without_an_order,
    deliveries.delivered_in_part,
    deliveries.billed_before_delivery,
    deliveries.waiting_since_days,
    deliveries.cancelled_and_still_entitled,
    deliveries.line_cancelled_and_still_entitled,
    deliveries.billed_under_a_reservation_of_two_orders,
    quantities.more_billed_than_ordered,
    quantities.fewer_billed_than_ordered,
    quantities.fewer_delivered_than_ordered,
    quantities.prices_off_the_order,
    quantities.price_off_in_the_pricing_currency,
    quantities.totals_that_do_not_add_up,
    repeats.billed_twice_in_one_invoice,
    repeats.twins_billed_three_times,
    repeats.billed_again_a_month_later,
    refunds.cancelled_without_credit,
    refunds.cancelled_before_it_was_billed,
    refunds.cancelled_and_credited_in_part,
    refunds.line_cancelled_without_credit,
    refunds.credited_less_than_in_full,
    refunds.credited_less_than_by_days,
    refunds.credited_without_cancellation,
    refunds.credited_twice,
    refunds.credited_and_never_billed,
    parties.billed_to_another_customer,
    parties.billed_to_an_unknown_customer,
    parties.ordered_in_a_third_currency,
    parties.billed_in_two_currencies,
    single_lines.subtotals_off_their_formula,
    single_lines.tax_on_the_wrong_side,
    single_lines.tax_at_another_rate,
    single_lines.converted_at_another_rate,
    single_lines.converted_without_need,
    single_lines.lines_on_an_invoice_of_another_currency,
    documents.headers_off_their_lines,
    documents.invoices_without_lines,
    documents.balances_off_the_open_invoices,
    documents.legacy_total_with_an_adjustment,
    unbilled.still_listed_when_the_invoice_is_out,
    unbilled.listed_and_never_billed,
    words.sold_by_another_reseller,
    words.charge_types_nobody_documented,
    words.documents_of_an_unknown_type,
    words.notes_on_unknown_documents,
    words.balances_that_are_not_their_parts,
)


def plant(b: Builder) -> list[PlantedBreak]:
    """Every planted break, each drawn from a stream of its own."""
    rows: list[PlantedBreak] = []
    for planter in PLANTS:
        b.stream(planter.__name__)
        rows += planter(b)
    return rows
