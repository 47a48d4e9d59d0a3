"""What each break could be mistaken for, and that it is planted: the code is not proven by plants alone."""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.sandbox import World
from pipelines.sandbox.scenarios import build_scenario

SEEDS = Path(__file__).parents[2] / "dbt_project/seeds"
# By break code: business that is right and looks like it; the story of each says why it is right.
LOOKS_LIKE: dict[str, tuple[str, ...]] = {
    "charge_without_order": ("ordered_ten_minutes_ago", "ids_that_differ_only_in_case", "credits_without_an_order"),
    "item_not_on_order": ("guid_instead_of_an_offer", "another_availability", "two_skus_of_one_product"),
    "ambiguous_match": ("the_same_bought_twice_in_a_day",),
    "order_not_billed": ("ordered_this_month", "still_pending", "system_orders"),
    "quantity_charged_vs_ordered": (
        *("change_lines_on_an_order", "quantity_changed"),
        *("several_lines_of_one_item", "more_seats_for_an_old_order"),
    ),
    "price_charged_vs_ordered": ("prices_rounded_twice",),
    "charged_not_entitled": ("term_that_is_over", "ordered_yesterday_and_being_delivered"),
    "quantity_ordered_vs_entitled": ("transferred_units",),
    "provisioning_overdue": ("ordered_yesterday_and_being_delivered", "delivered_overnight"),
    "entitled_after_cancellation": ("cancelled_yesterday_and_still_entitled",),
    "entitlement_without_order": ("parts_of_a_bundle", "ordered_ten_minutes_ago"),
    "cancelled_not_credited": ("cancelled_this_month", "cancelled_elsewhere_last_month"),
    "credit_short": ("reservation_given_back", "cancelled_in_the_window"),
    "credit_without_cancellation": ("billed_again", "one_line_cancelled"),
    "over_credited": ("refund_of_an_old_order", "billed_again_in_a_foreign_currency"),
    "duplicate_in_invoice": ("genuine_twins", "two_customers_who_buy_alike"),
    "duplicate_across_invoices": ("billed_again", "voided_and_adjusted"),
    "customer_mismatch": ("two_customers_who_buy_alike",),
    "customer_unknown": ("credits_of_a_customer_that_left",),
    "currency_mismatch": ("billed_again_in_a_foreign_currency",),
    "reseller_mismatch": ("reseller_on_both_sides", "two_partners_on_one_item"),
    "line_formula": ("old_rows_with_another_price", "meter_on_a_purchase"),
    "line_total": ("a_minor_unit_off",),
    "tax_sign": ("cancelled_in_the_window",),
    "tax_rate_outlier": ("small_change_in_tax",),
    "fx_rate_inconsistent": ("billed_again_in_a_foreign_currency",),
    "fx_rate_identity": ("billed_again_in_a_foreign_currency",),
    "invoice_total_vs_lines": ("notes_without_lines", "a_minor_unit_off"),
    "invoice_without_lines": ("nothing_to_pay", "notes_without_lines"),
    "invoice_missing": ("months_without_their_invoice",),
    "invoice_currency_mixed": ("billed_again_in_a_foreign_currency",),
    "statement_vs_invoice": ("in_every_world",),
    "amendment_unlinked": ("notes_without_lines", "voided_by_a_note"),
    "closed_invoice_restated": ("in_every_world",),
    "balance_vs_open_invoices": ("notes_without_lines",),
    "balance_detail": ("open_and_shown_without_parts",),
    "unbilled_lost": ("unbilled_under_another_id", "unbilled_credit_of_no_order"),
    "invoice_not_read": ("invoices_that_refuse",),
    "unknown_value": ("documented_words_in_odd_spelling", "a_credit_note_by_that_name"),
    "not_compared": ("customers_that_refuse",),
    "nothing_compared": ("months_of_one_side",),
    "unclassified": ("invoices_that_vanish",),
}


def test_every_break_has_look_alikes_in_the_same_business(world: World) -> None:
    with (SEEDS / "break_catalogue.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["break_code"] for row in csv.DictReader(file)]
    planted = {name for name, _ in (*world.look_alikes, *build_scenario().world.look_alikes)}
    assert sorted(LOOKS_LIKE) == sorted(codes), "say what looks like it, or that nobody planted that yet"
    unknown = {name for names in LOOKS_LIKE.values() for name in names} - planted
    assert not unknown, f"write {sorted(unknown)} in pipelines/sandbox/look_alikes"
