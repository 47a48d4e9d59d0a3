"""What a controller works out by hand for the awkward cases, and what the models say about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt.compiled_models import CompiledModels
from tests.dbt.controller_world import controller_world
from tests.dbt.test_models import rows


@pytest.fixture(scope="module")
def built(models: CompiledModels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases in one warehouse, with all invariants holding."""
    folder = tmp_path_factory.mktemp("controller")
    with models.built(controller_world(), folder) as connection:
        assert models.broken_checks(connection) == []
    return folder / "warehouse.duckdb"


def breaks_of(database: Path, *names: str) -> list[tuple[object, ...]]:
    """(break code, currency, amount at risk as text) of the breaks that name one of the orders."""
    listed = ", ".join(f"'{name}'" for name in names)
    return rows(
        database,
        "select break_code, currency, rtrim(rtrim(cast(at_risk_amount as varchar), '0'), '.') "
        f"from marts.fct_breaks where order_id in ({listed}) order by 1, 2, 3",
    )


def status_of(database: Path, name: str) -> tuple[object, ...]:
    """(status, timing code, due day) of an order's item."""
    return rows(
        database,
        "select reconciliation_status, timing_code, cast(cast(timing_due_at as date) as varchar) "
        f"from marts.fct_order_items where order_id = '{name}'",
    )[0]


def buckets_of(database: Path, name: str) -> list[object]:
    found = rows(database, f"select bucket from marts.fct_invoice_lines where order_id = '{name}' order by bucket")
    return [bucket for (bucket,) in found]


def verdicts(database: Path, period: str) -> dict[object, object]:
    found = rows(database, f"select currency, verdict from marts.fct_reconciliation where period = '{period}'")
    return dict(found)


def test_equal_charges_of_two_order_lines_are_no_duplicate(built: Path) -> None:
    assert breaks_of(built, "OrderTwoLines1") == []
    assert status_of(built, "OrderTwoLines1") == ("matched", None, None)


def test_of_a_charge_that_stands_twice_only_the_second_breaks(built: Path) -> None:
    assert breaks_of(built, "OrderTwice1") == [("duplicate_in_invoice", "USD", "10")]
    assert buckets_of(built, "OrderTwice1") == ["matched", "matched_with_break"]


def test_a_cancelled_order_expects_nothing_whatever_its_line_says(built: Path) -> None:
    assert [code for code, *_ in breaks_of(built, "OrderCancelledFull1")] == ["cancelled_not_credited"]


def test_a_credit_is_missed_at_the_very_moment_it_is_due_and_not_before(built: Path) -> None:
    assert [code for code, *_ in breaks_of(built, "OrderCreditDueNow1")] == ["cancelled_not_credited"]
    assert breaks_of(built, "OrderCreditDueLater1") == []
    assert status_of(built, "OrderCreditDueLater1") == ("timing", "credit_due", "2024-07-11")


def test_an_order_is_missed_at_the_very_moment_it_is_due_and_not_before(built: Path) -> None:
    assert breaks_of(built, "OrderDueNow1") == [("order_not_billed", "USD", "10")]
    assert breaks_of(built, "OrderDueLater1") == []
    assert status_of(built, "OrderDueLater1") == ("timing", "not_yet_invoiced", "2024-07-11")


def test_a_line_that_joins_an_order_later_waits_for_the_invoice_after_it(built: Path) -> None:
    assert breaks_of(built, "OrderGrown1") == []
    assert status_of(built, "OrderGrown1") == ("timing", "not_yet_invoiced", "2024-07-11")


def test_lines_that_change_an_order_expect_nothing_of_their_own(built: Path) -> None:
    assert status_of(built, "OrderChangeLine1") == ("matched", None, None)


def test_a_pending_order_is_awaited_for_sixty_days_and_owes_nothing_after(built: Path) -> None:
    assert status_of(built, "OrderPendingShort1") == ("timing", "not_yet_invoiced", "2024-06-19")
    assert status_of(built, "OrderPendingLong1") == ("nothing_due", None, None)


def test_the_refund_of_an_order_from_before_the_first_invoice_is_no_finding(built: Path) -> None:
    assert breaks_of(built, "OrderOld1") == []
    assert status_of(built, "OrderOld1")[:2] == ("out_of_scope", "before_horizon")


def test_what_is_ordered_and_not_charged_is_never_called_matched(built: Path) -> None:
    """Its invoice is missing, its orders are unread, its currency is unknown, or all of it was refunded."""
    for name in ("OrderDkkSilent1", "OrderNokUnread1", "OrderNoCurrency1", "OrderRefundedAway1"):
        assert status_of(built, name)[0] == "not_compared", name


def test_a_charge_without_a_quantity_is_not_compared_and_is_no_charge_of_nothing(built: Path) -> None:
    assert breaks_of(built, "OrderNoQuantity1") == []
    assert status_of(built, "OrderNoQuantity1") == ("not_compared", None, None)


def test_order_ids_are_told_apart_by_case(built: Path) -> None:
    assert [code for code, *_ in breaks_of(built, "ordercase1")] == ["ambiguous_match"]
    assert [code for code, *_ in breaks_of(built, "OrderCase1")] == ["item_not_on_order", "order_not_billed"]


def test_charges_of_nobody_we_know_are_asked_for_their_order(built: Path) -> None:
    """A stranger's customer, no customer at all, no id at all: over, never not compared."""
    assert breaks_of(built, "OrderStranger1", "OrderNobody1") == [("charge_without_order", "USD", "10")] * 2
    without_id = (
        "select explanation from marts.fct_breaks where break_code = 'charge_without_order' and order_id is null"
    )
    assert rows(built, without_id) == [
        ("charged 11.00 USD in 1 charge, no order id was sent; 11.00 USD at risk",),
    ]


def test_an_order_of_five_minutes_ago_may_not_be_listed_yet(built: Path) -> None:
    assert buckets_of(built, "OrderTooNew1") == ["timing"]
    assert breaks_of(built, "OrderTooNew1") == []
    assert breaks_of(built, "OrderNotTooNew1") == [("charge_without_order", "USD", "10")]


def test_an_item_charged_to_two_customers_names_the_wrong_one(built: Path) -> None:
    found = rows(
        built,
        "select customer_id[1:1], at_risk_amount = 20 from marts.fct_breaks where break_code = 'customer_mismatch'",
    )
    assert found == [("2", True)]


def test_a_line_of_a_document_that_nobody_knows_is_a_critical_finding(built: Path) -> None:
    found = rows(built, "select invoice_id, severity from marts.fct_breaks where break_code = 'unclassified'")
    assert found == [("GONE", "critical")]


def test_of_a_void_document_and_its_note_the_note_counts_once(built: Path) -> None:
    assert buckets_of(built, "OrderVoided1") == ["not_counted"]
    assert breaks_of(built, "OrderVoided1") == [("order_not_billed", "USD", "10")]
    found = rows(
        built,
        "select invoice_id, is_counted, amendment_amount = -3, unexplained_amount = 0 from marts.fct_invoices "
        "where invoice_id like 'VOID%' order by 1",
    )
    assert found == [("VOID-ADJUSTED", True, True, True), ("VOID-BASE", False, False, True)]


def test_the_tolerance_is_one_unit_of_the_currency(built: Path) -> None:
    assert breaks_of(built, "OrderYenNear1") == []
    assert breaks_of(built, "OrderYenFar1") == [("price_charged_vs_ordered", "JPY", "2")]
    assert breaks_of(built, "OrderDinar1") == [("price_charged_vs_ordered", "KWD", "0.002")]
    # A currency that nobody knows is compared to the cent, and is a finding of its own.
    assert breaks_of(built, "OrderUnknownMoney1") == [
        ("price_charged_vs_ordered", "ZZZ", "0.02"),
        ("unknown_value", "ZZZ", "10.02"),
    ]


def test_a_line_without_currency_is_missing_in_its_document_and_stops_no_publish(built: Path) -> None:
    assert status_of(built, "OrderWithoutMoney1") == ("matched", None, None)
    found = rows(
        built, "select break_code, currency, at_risk_amount = 10 from marts.fct_breaks where invoice_id = 'SGD-MAY'"
    )
    assert found == [("invoice_total_vs_lines", "SGD", True)]


def test_amounts_before_and_after_the_rate_are_not_added(built: Path) -> None:
    """The purchase says no price before the rate, so 9.20 and -9.10 in euros are what is known."""
    assert breaks_of(built, "OrderTwoRates1") == []


def test_each_month_and_currency_has_the_verdict_of_its_findings(built: Path) -> None:
    """Clean is only what was compared: orders that ask for no charge are, silent or missing invoices are not."""
    assert verdicts(built, "2024-05") == {
        "USD": "breaks",
        "JPY": "breaks",
        "KWD": "breaks",
        "ZZZ": "breaks",
        "EUR": "breaks",
        "CAD": "breaks",
        # The document names no currency; its lines do.
        "CHF": "breaks",
        # One order of the month, cancelled: nothing was to be charged.
        "SEK": "clean",
        # One order of the month, and no charge at all.
        "DKK": "not_reconciled",
        # The orders cannot be read any more, the invoice never came.
        "NOK": "not_reconciled",
        # Lines that nobody read.
        "GBP": "not_reconciled",
        # Its only line names no currency.
        "SGD": "breaks",
    }


def test_a_customer_that_was_not_compared_shows_in_every_month_it_was_charged_in(built: Path) -> None:
    """Too little to leave the month open, and yet no clean month."""
    found = rows(
        built,
        "select period, currency, at_risk_amount = 1 from intermediate.int_break_periods "
        "where break_code = 'not_compared' order by period",
    )
    assert found == [("2024-05", "USD", True), ("2024-06", "USD", True)]


def test_every_open_break_of_a_month_is_in_a_verdict(built: Path) -> None:
    lost = rows(
        built,
        "select b.break_code, b.period, b.currency from marts.fct_breaks as b "
        "anti join marts.fct_reconciliation as r on b.period = r.period and b.currency = r.currency "
        "where b.status <> 'resolved' and b.period is not null",
    )
    assert lost == []


def test_an_order_of_the_last_second_of_a_year_belongs_to_january(built: Path) -> None:
    assert status_of(built, "OrderNewYear1") == ("matched", None, None)
    assert breaks_of(built, "OrderNewYear2") == [("order_not_billed", "AUD", "10")]
    assert verdicts(built, "2024-01") == {"AUD": "breaks"}


def test_an_amendment_repeats_no_charge_of_its_base(built: Path) -> None:
    """More is charged than ordered in both cases; only in two invoices is it a duplicate."""
    assert [code for code, *_ in breaks_of(built, "OrderAmended1")] == ["quantity_charged_vs_ordered"]
    assert breaks_of(built, "OrderRepeated1") == [("duplicate_across_invoices", "CAD", "10")]
    assert buckets_of(built, "OrderRepeated1") == ["matched", "matched_with_break"]


def test_a_foreign_price_is_compared_before_the_rate_and_shown_after_it(built: Path) -> None:
    """Two units at one dollar too much, at 0.9 euros a dollar."""
    assert breaks_of(built, "OrderForeignPrice1") == [("price_charged_vs_ordered", "EUR", "1.8")]
    assert breaks_of(built, "OrderForeignRefund1") == []


def test_components_are_no_second_delivery_and_units_handed_on_are_delivered(built: Path) -> None:
    assert breaks_of(built, "OrderBundle1") == []
    assert status_of(built, "OrderBundle1") == ("matched", None, None)
