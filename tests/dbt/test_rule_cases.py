"""Every rule is shown to fire, to keep still, to give way, in a currency without decimals and in a foreign one.

The tags of a unit test say which of these it shows; a tag has to be earned, see the tests of each.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.dbt.rule_cases import RULES, Case, cases_by_code, cases_of, currencies, distance, seed

CASES = cases_by_code()
CODES = sorted(CASES)
TAGS = {"fires", "does_not_fire", "held_back", "zero_decimal", "foreign_currency"}
# Cases that a rule does not have, and why.
NOT_ASKED = {
    ("entitlement_without_order", "zero_decimal"): "an entitlement has no amount",
    ("entitlement_without_order", "foreign_currency"): "an entitlement has no amount",
    ("balance_vs_open_invoices", "held_back"): "documents that the balance may not know yet are left out of what it "
    "is compared with: int_balances",
}
# Rules whose breaks put no amount at risk, as none is known.
WITHOUT_AMOUNT = {"entitled_after_cancellation", "invoice_missing"}
# What looks almost like a break differs from one in so many columns at most.
NEAR = 2
ZERO_DECIMAL = {row["currency"] for row in seed("currencies") if row["minor_digits"] == "0"}
KNOWN_CURRENCIES = {row["currency"] for row in seed("currencies")}
WITH_A_WINDOW = {code for row in seed("timing_windows") for code in row["then_codes"].split()}


def tagged(code: str, tag: str) -> list[Case]:
    return [case for case in CASES[code] if tag in case.tags]


def asked(tag: str) -> list[str]:
    return [code for code in CODES if (code, tag) not in NOT_ASKED]


@pytest.mark.parametrize("code", CODES)
def test_every_case_says_what_it_shows(code: str) -> None:
    for case in CASES[code]:
        assert case.code == code, case.name
        assert case.tags <= TAGS, f"{case.name}: {sorted(case.tags - TAGS)} are no tags of cases"
        assert ("fires" in case.tags) == bool(case.expected), case.name
        assert ("does_not_fire" in case.tags) == (not case.expected), case.name
    assert len({case.name for case in CASES[code]}) == len(CASES[code])


@pytest.mark.parametrize("code", CODES)
def test_every_rule_fires_with_its_subject_amount_direction_and_words(code: str) -> None:
    told = {column for case in tagged(code, "fires") for row in case.expected for column in row}
    assert told >= {"grain_key", "at_risk_amount", "direction", "explanation"}


@pytest.mark.parametrize("code", CODES)
def test_every_rule_keeps_still_at_what_looks_almost_like_a_break(code: str) -> None:
    """A row that differs from one that breaks in hardly anything: an empty table would keep still as well."""
    breaking = [(name, row) for case in tagged(code, "fires") for name in case.given for row in case.given[name]]
    near = [
        distance(row, other)
        for case in tagged(code, "does_not_fire")
        for name, rows in case.given.items()
        for row in rows
        for where, other in breaking
        if where == name
    ]
    assert near, f"no case of {code} keeps still"
    assert min(near) <= NEAR


@pytest.mark.parametrize("code", sorted(WITH_A_WINDOW))
def test_every_rule_with_a_window_is_held_back_by_it(code: str) -> None:
    if (code, "held_back") not in NOT_ASKED:
        assert tagged(code, "held_back"), f"add a case that the window of {code} holds back"


@pytest.mark.parametrize("code", asked("zero_decimal"))
def test_every_rule_tells_amounts_of_a_currency_without_decimals(code: str) -> None:
    """And at least one of the amounts is whole, as amounts of that currency are."""
    cases = tagged(code, "zero_decimal")
    assert cases, f"add a case in yen to {code}"
    for case in cases:
        used = {currency for row in case.given_rows() for currency in currencies(row)} & ZERO_DECIMAL
        assert used & case.expected_text(), case.name
    assert code in WITHOUT_AMOUNT or any(whole_amounts(case) for case in cases)


def whole_amounts(case: Case) -> list[Decimal]:
    """Whole amounts at risk among the rows that tell of a currency without decimals."""
    amounts = [
        Decimal(str(row["at_risk_amount"]))
        for row in case.expected
        if row.get("at_risk_amount") is not None
        and any(currency in str(value) for value in row.values() for currency in ZERO_DECIMAL)
    ]
    return [amount for amount in amounts if amount == amount.to_integral_value()]


@pytest.mark.parametrize("code", asked("foreign_currency"))
def test_every_rule_keeps_currencies_apart(code: str) -> None:
    """One row of two currencies (ordered or priced in one, billed in another), or breaks in two of them."""
    cases = tagged(code, "foreign_currency")
    assert cases, f"add a case with a foreign currency to {code}"
    for case in cases:
        in_one_row = any(len(currencies(row)) > 1 for row in case.given_rows())
        assert in_one_row or len(case.expected_text() & KNOWN_CURRENCIES) > 1, case.name


def test_every_suppression_of_the_seed_is_shown_beside_a_break_that_it_leaves_alone() -> None:
    """Taken from the seeds as they are, so that a pair that is added has to be shown."""
    families: dict[str, list[str]] = {}
    for rule in seed("break_catalogue"):
        families.setdefault(f"family:{rule['family']}", []).append(rule["break_code"])
    wanted = {
        (row["winner"], loser, row["scope"])
        for row in seed("suppressions")
        for loser in families.get(row["loser"], [row["loser"]])
        if loser != row["winner"]
    }
    assert wanted - set(shown_suppressions()) == set()


def shown_suppressions() -> dict[tuple[str, str, str], int]:
    """(winner, loser, scope) of each suppressed break in a case, where the same rule stands elsewhere."""
    found: dict[tuple[str, str, str], int] = {}
    for case in cases_of(RULES / "int_breaks_suppressed.yml"):
        if "suppressed" not in case.tags:
            continue
        assert case.seeds_as_they_are == {"break_catalogue", "suppressions"}, case.name
        scopes = case.given["int_break_scopes"]
        lost = {row["break_id"] for row in case.expected}
        standing = {(row["break_code"], row["scope"]) for row in scopes if row["break_id"] not in lost}
        place = {row["break_id"]: (row["scope"], row["scope_key"]) for row in scopes}
        for row in case.expected:
            scope, _ = place[row["break_id"]]
            assert place[row["suppressed_by_break_id"]] == place[row["break_id"]], row
            if (row["break_code"], scope) in standing:
                key = (row["suppressed_by"], row["break_code"], scope)
                found[key] = found.get(key, 0) + 1
    return found


def test_a_case_that_is_not_asked_for_is_not_there() -> None:
    for code, tag in NOT_ASKED:
        assert not tagged(code, tag), f"take {code}, {tag} out of NOT_ASKED"
