"""Business that looks wrong and is right. None of it may be reported.

To add one: write a small function whose docstring says why it is right, and list it here.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.look_alikes import bills, lines, purchases, reservations, rights, timing, unbilled, words

LOOK_ALIKES: tuple[Callable[[Builder], None], ...] = (
    timing.ordered_this_month,
    timing.ordered_ten_minutes_ago,
    timing.still_pending,
    timing.cancelled_this_month,
    timing.cancelled_elsewhere_last_month,
    timing.cancelled_yesterday_and_still_entitled,
    timing.ordered_yesterday_and_being_delivered,
    timing.delivered_overnight,
    timing.refund_of_an_old_order,
    timing.more_seats_for_an_old_order,
    purchases.prices_rounded_twice,
    purchases.ids_that_differ_only_in_case,
    purchases.change_lines_on_an_order,
    purchases.another_availability,
    purchases.guid_instead_of_an_offer,
    purchases.billed_again_in_a_foreign_currency,
    purchases.the_same_bought_twice_in_a_day,
    purchases.two_customers_who_buy_alike,
    lines.credits_without_an_order,
    lines.recurring_and_usage_without_an_order,
    lines.meter_on_a_purchase,
    lines.reseller_on_both_sides,
    lines.small_change_in_tax,
    lines.old_rows_with_another_price,
    lines.credits_of_a_customer_that_left,
    lines.a_minor_unit_off,
    rights.term_that_is_over,
    rights.transferred_units,
    rights.parts_of_a_bundle,
    reservations.billed_under_the_reservation_alone,
    reservations.reserved_for_all_and_for_one,
    bills.voided_and_adjusted,
    bills.voided_by_a_note,
    bills.voided_by_state,
    bills.notes_without_lines,
    bills.nothing_to_pay,
    bills.open_and_shown_without_parts,
    unbilled.unbilled_under_another_id,
    unbilled.unbilled_credit_of_no_order,
    words.two_partners_on_one_item,
    words.documented_words_in_odd_spelling,
    words.a_credit_note_by_that_name,
)


def add_look_alikes(b: Builder) -> None:
    """All of them, each drawn from a stream of its own, and their stories for the documentation."""
    for look_alike in LOOK_ALIKES:
        b.stream(look_alike.__name__)
        look_alike(b)
        story = " ".join((look_alike.__doc__ or "").split())
        b.look_alikes.append((look_alike.__name__, story))
