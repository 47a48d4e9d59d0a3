"""Accruals on a small published database: each has the order's price, an estimate, or no amount, and none is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ControlTotalsDiffer, UsageError
from pipelines.reports.accrual_journal import control_totals, journal, journal_csv, unknown_csv
from pipelines.reports.accrual_text import told
from pipelines.reports.accruals import Accruals, accruals
from pipelines.warehouse import Folders, open_published
from tests.published_marts import add_rows, publish_example

# Adding these as binary floats gives 0.30000000000000004 and loses the last digits of the long one.
TENTH, FIFTH, LONG = "0.1", "0.2", "12345678901234567890.12"


def item(name: str, currency: str = "EUR", **more: object) -> dict[str, object]:
    """A one-time order item of August that nothing was charged for."""
    return {
        "order_item_id": name,
        "order_id": f"order-{name}",
        "customer_id": "c-alpine",
        "product_id": "p1",
        "sku_id": "0001",
        "billing_cycle": "one_time",
        "order_status": "completed",
        "transaction_type": "user_purchase",
        "created_at": "2026-08-20 10:00:00",
        "due_at": "2026-09-11 00:00:00",
        "order_currency": currency,
        "expected_quantity": "1",
        "expected_amount": "10",
        "charged_quantity": "0",
        "reconciliation_status": "timing",
        "timing_code": "not_yet_invoiced",
        "timing_due_at": "2026-10-11 00:00:00",
        **more,
    }


def charged(name: str, currency: str, quantity: str, price: str, **more: object) -> dict[str, object]:
    """The same, with charges."""
    about = {"charged_currency": currency, "charged_quantity": quantity, "unit_amount": price}
    return item(name, currency, **about, **more)


def estimate(name: str, month: str, amount: str, currency: str = "EUR", **more: object) -> dict[str, object]:
    """A line of the last estimates of a month."""
    return {
        "unbilled_line_id": f"{name}-{month}-{amount}",
        "order_item_id": name,
        "order_id": f"order-{name}",
        "customer_id": "c-alpine",
        "product_id": "p1",
        "sku_id": "0001",
        "month": month,
        "currency": currency,
        "line_class": "one_time",
        "signed_quantity": "1",
        "subtotal": amount,
        "is_last_reading": True,
        "is_complete": True,
        **more,
    }


ITEMS = [
    item("tenth", expected_amount=TENTH),
    item("fifth", expected_amount=FIFTH, timing_code="on_unbilled"),
    item("long", "USD", expected_amount=LONG),
    item("yen", "JPY", expected_amount="12345"),
    item("pending", timing_code=None, order_status="pending", expected_amount="7"),
    item("overdue", timing_code=None, reconciliation_status="break", expected_amount="11.005"),
    item("free", expected_amount="0"),
    item("estimated", expected_amount=None, order_currency=None, timing_code="on_unbilled"),
    item("unpriced", expected_amount=None),
    item("old", reconciliation_status="out_of_scope", timing_code="before_horizon"),
    item("system", timing_code=None, transaction_type="system_billing"),
    item("suggested", timing_code=None),
    item("given up", timing_code=None, reconciliation_status="break"),
    item("september", due_at="2026-10-11 00:00:00", created_at="2026-09-03 10:00:00"),
    charged("raised", "EUR", "2", "3.33", expected_quantity="5"),
    charged("reduced", "JPY", "3", "8700", expected_quantity="0", timing_code="credit_due"),
    charged("terms", "EUR", "2", "50", expected_quantity="1", timing_code="credit_due"),
    charged("late", "EUR", "2", "33.35", expected_quantity="1", timing_code=None, reconciliation_status="break"),
    charged("accepted", "EUR", "2", "40", expected_quantity="1", timing_code=None, reconciliation_status="matched"),
    charged("settled", "EUR", "1", "40", timing_code=None, reconciliation_status="matched"),
]
# The example's invoice of September has billed what was listed in August; nothing has billed September's list.
ESTIMATES = [
    estimate("fifth", "2026-09", "99.99"),
    estimate("estimated", "2026-09", "64.20"),
    estimate("estimated", "2026-09", "-4.20"),
    estimate("estimated", "2026-08", "1000"),
    estimate("nobody", "2026-09", "5.50", order_item_id=None, order_id="=cmd()"),
    estimate("usage", "2026-09", "0.505", order_item_id=None, line_class="usage", order_id=None),
    estimate("bought and given back", "2026-09", "8.00"),
    estimate("bought and given back", "2026-09", "-8.00"),
    estimate("invoiced long ago", "2026-07", "77", order_item_id=None),
    estimate("earlier reading", "2026-09", "55", is_last_reading=False),
]
BREAKS = [
    {"break_id": "late", "break_code": "cancelled_not_credited", "order_id": "order-late", "status": "disputed"},
    {"break_id": "lost", "break_code": "unbilled_lost", "order_id": "order-given up", "status": "accepted"},
    {"break_id": "acc", "break_code": "cancelled_not_credited", "order_id": "order-accepted", "status": "accepted"},
]
REFUNDS = [
    {"refund_id": "terms", "order_item_id": "terms", "refund_status": "due", "pricing_currency": "EUR"}
    | {"difference_pricing_amount": "-41.25"}
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = publish_example(tmp_path_factory.mktemp("accruals") / "data")
    with duckdb.connect(str(Folders(data).published)) as connection:
        connection.execute("delete from marts.fct_order_items; delete from marts.fct_breaks")
    named = {"product_id": "p1", "sku_id": "0001", "direction": "over"}
    add_rows(
        data,
        {
            "marts.fct_order_items": ITEMS,
            "marts.fct_unbilled_lines": ESTIMATES,
            "marts.fct_breaks": [{**row, **named} for row in BREAKS],
            "marts.fct_refunds": REFUNDS,
            "marts.fct_match_candidates": [{"candidate_order_item_id": "suggested", "is_suggested": True}],
        },
    )
    with open_published(Folders(data)) as connection:
        yield connection


@pytest.fixture(scope="module")
def found(published: duckdb.DuckDBPyConnection) -> Accruals:
    return accruals(published, "2026-09")


def amounts(found: Accruals) -> dict[str, Decimal]:
    """What is accrued for each order, credits negative."""
    return {str(one.order_id).removeprefix("order-"): one.amount for one in found.accrued if one.amount is not None}


def test_an_order_is_accrued_with_its_own_price_whatever_the_estimates_say(found: Accruals) -> None:
    assert amounts(found)["tenth"] == Decimal(TENTH)
    assert amounts(found)["fifth"] == Decimal(FIFTH)


def test_an_order_without_a_price_takes_the_estimates_of_months_without_an_invoice(found: Accruals) -> None:
    assert amounts(found)["estimated"] == Decimal("60.00")


def test_an_order_without_any_amount_is_listed_and_never_guessed(found: Accruals) -> None:
    assert [one.order_id for one in found.unknown] == ["order-unpriced"]
    assert "order-unpriced" in unknown_csv(found)
    assert "no amount known" in "\n".join(told(found, []))


def test_what_was_raised_after_a_charge_is_accrued_for_the_units_that_are_missing(found: Accruals) -> None:
    assert amounts(found)["raised"] == Decimal("9.99")


def test_pending_and_overdue_orders_are_accrued_too(found: Accruals) -> None:
    assert {amounts(found)["pending"], amounts(found)["overdue"]} == {Decimal(7), Decimal("11.005")}


def test_expected_credits_are_negative_and_follow_the_terms_of_refund(found: Accruals) -> None:
    assert amounts(found)["reduced"] == Decimal(-26100)
    assert amounts(found)["terms"] == Decimal("-41.25")
    assert amounts(found)["late"] == Decimal("-33.35")


def test_estimates_without_an_open_order_stand_for_themselves(found: Accruals) -> None:
    alone = {one.amount for one in found.accrued if one.reason == "estimate"}
    assert alone == {Decimal("5.50"), Decimal("0.505")}


def test_what_is_left_out_says_why(found: Accruals) -> None:
    assert {(one.order_id, why.split(" ")[0]) for one, why in found.left_out} == {
        ("order-suggested", "a"),
        ("order-system", "the"),
        ("order-accepted", "the"),
        ("order-given up", "the"),
    }


def test_nothing_is_lost_between_the_marts_and_the_accruals(
    published: duckdb.DuckDBPyConnection, found: Accruals
) -> None:
    """Every item that is charged other than ordered, and every open estimate beside them, is somewhere."""
    items = published.execute(
        "select order_id from marts.fct_order_items where billing_cycle = 'one_time' "
        "and reconciliation_status <> 'out_of_scope' and expected_quantity <> charged_quantity "
        "and expected_amount is distinct from 0"
    ).fetchall()
    seen = {one.order_id for one in (*found.accrued, *found.unknown, *found.later)}
    assert {row[0] for row in items} == (seen | {one.order_id for one, _ in found.left_out}) - {"=cmd()", None}
    never_charged = published.execute(
        "select sum(expected_amount) from marts.fct_order_items where charged_currency is null "
        "and order_currency = 'EUR' and reconciliation_status in ('timing', 'break')"
    ).fetchone()
    orders = [
        one
        for one in (*found.accrued, *found.later, *(one for one, _ in found.left_out))
        if one.currency == "EUR" and one.basis == "order price" and one.reason not in ("credit_due", "estimate")
        if one.order_id not in ("order-raised", "order-late", "order-accepted")
    ]
    assert never_charged == (sum(one.amount or 0 for one in orders),)


def test_later_months_wait_for_their_own_period(published: duckdb.DuckDBPyConnection) -> None:
    august = accruals(published, "2026-08")
    assert "order-september" not in {one.order_id for one in august.accrued}
    assert "order-september" in {one.order_id for one in august.later}
    assert "of later months" in "\n".join(told(august, []))


@pytest.mark.parametrize("period", ["2026-10", "2027-01"])
def test_a_period_that_has_not_begun_is_refused(published: duckdb.DuckDBPyConnection, period: str) -> None:
    with pytest.raises(UsageError, match="newest month is 2026-09"):
        accruals(published, period)


def test_a_period_that_is_no_month_is_refused(published: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="write it like"):
        accruals(published, "2026-13")


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_debits_are_credits_in_every_currency_and_the_reversal_undoes_them(found: Accruals) -> None:
    lines = read(journal_csv(journal(found)))
    for currency in ("EUR", "JPY", "USD"):
        mine = [line for line in lines if line["currency"] == currency]
        assert sum(Decimal(line["debit"] or 0) for line in mine) == sum(Decimal(line["credit"] or 0) for line in mine)
        per_account: dict[str, Decimal] = {}
        for line in mine:
            change = Decimal(line["debit"] or 0) - Decimal(line["credit"] or 0)
            per_account[line["account"]] = per_account.get(line["account"], Decimal(0)) + change
        assert set(per_account.values()) == {Decimal(0)}
        assert set(per_account) == {"expense", "accrued_liabilities"}


def test_accruals_stand_on_the_last_day_and_their_reversal_on_the_first(found: Accruals) -> None:
    assert {(line.kind, line.day, line.period) for line in journal(found)} == {
        ("accrual", date(2026, 9, 30), "2026-09"),
        ("reversal", date(2026, 10, 1), "2026-10"),
    }


def test_the_journal_of_december_is_reversed_in_january(found: Accruals) -> None:
    december = Accruals("2025-12", found.as_of, found.generation, found.accrued, (), (), ())
    assert {line.day for line in journal(december)} == {date(2025, 12, 31), date(2026, 1, 1)}


def test_amounts_have_the_digits_of_their_currency_and_stay_exact(found: Accruals) -> None:
    cells = {line["order_id"]: line["debit"] for line in read(journal_csv(journal(found))) if line["debit"]}
    assert cells["order-yen"] == "12345"
    assert cells["order-tenth"] == "0.10"
    assert cells["order-long"] == LONG


def test_what_rounding_moves_is_shown(found: Accruals) -> None:
    totals = {total.currency: total for total in control_totals(found, journal(found))}
    # 11.005 becomes 11.01 and 0.505 becomes 0.51: halves go away from zero.
    assert totals["EUR"].rounding == Decimal("0.01")
    assert totals["EUR"].exact + totals["EUR"].rounding == totals["EUR"].booked
    assert totals["USD"].booked == Decimal(LONG)
    assert totals["JPY"].rounding == 0
    assert "by rounding" in "\n".join(told(found, list(totals.values())))


def test_a_journal_that_lost_a_line_is_not_written(found: Accruals) -> None:
    with pytest.raises(ControlTotalsDiffer, match="nothing is written"):
        control_totals(found, journal(found)[:-1])


def test_a_cell_that_a_spreadsheet_would_run_is_text(found: Accruals) -> None:
    assert "'=cmd()" in {line["order_id"] for line in read(journal_csv(journal(found)))}


def test_the_month_of_the_published_moment_is_the_default(published: duckdb.DuckDBPyConnection) -> None:
    assert accruals(published).period == "2026-09"


def test_an_empty_result_says_so(tmp_path: Path) -> None:
    data = publish_example(tmp_path / "data")
    with duckdb.connect(str(Folders(data).published)) as connection:
        connection.execute("delete from marts.fct_order_items")
        nothing = accruals(connection)
    assert journal(nothing) == []
    assert "nothing is to be set aside" in list(told(nothing, []))
