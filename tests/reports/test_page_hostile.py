"""Names and notes that want to be more than text, and databases with little or nothing in them."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse import Folders
from tests.published_marts import add_rows, publish_example
from tests.reports.page_reading import Page, page_of

HOSTILE = "\"><script>alert('x')</script><img src=https://example.invalid/a.png onerror=alert(1)>{{ 7 * 7 }}{% raw %}"
LONG_WORD = "W" * 500


def hostile(data: Path) -> Path:
    """The example with such words wherever a person or the API can put some."""
    publish_example(data)
    add_rows(
        data,
        {
            "marts.dim_customers": [{"customer_id": "c-evil", "company_name": HOSTILE}],
            "marts.dim_break_codes": [{"break_code": "evil", "title": HOSTILE, "next_step": HOSTILE}],
            "marts.fct_breaks": [
                {"break_id": f"evil{number}", "break_code": "evil", "severity": HOSTILE, "status": "disputed"}
                | {"direction": HOSTILE, "is_primary": True, "currency": currency, "at_risk_amount": "999999"}
                | {"customer_id": customer, "order_id": LONG_WORD, "invoice_id": HOSTILE, "period": "2026-09"}
                | {"explanation": f"{HOSTILE} {LONG_WORD}", "comment": HOSTILE, "owner": HOSTILE, "ticket": LONG_WORD}
                for number, (currency, customer) in enumerate(
                    [("EUR", "c-evil"), ("<b>", LONG_WORD), (None, HOSTILE)]
                )
            ],
            "marts.fct_coverage": [
                {"coverage_id": "e", "kind": "lines", "part": HOSTILE, "compared_with": "x", "currency": "EUR"}
                | {"compared_count": 0, "not_compared_count": 1, "not_compared_reason": HOSTILE}
                | {"partition_id": LONG_WORD}
            ],
            "partner_center_raw.load_ledger": [
                {"endpoint": "orders", "status": "missing", "failure_reason": HOSTILE, "partition_id": LONG_WORD}
            ],
        },
    )
    return data


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_of(hostile(tmp_path_factory.mktemp("hostile") / "data"), closed=[HOSTILE])


def test_hostile_words_stay_words(page: Page) -> None:
    assert set(page.tags) & {"script", "img", "iframe", "object", "embed", "form"} == set()
    assert HOSTILE in page.words


def test_no_attribute_runs_or_fetches_anything(page: Page) -> None:
    assert [name for _, found in page.attributes for name in found if name.startswith("on") or name == "style"] == []
    assert [one for one in page.addresses if not re.fullmatch(r"#[a-z0-9-]+|data:,", one)] == []


def test_the_policy_lets_in_nothing_but_the_style_of_the_page(page: Page) -> None:
    policy = next(found["content"] for tag, found in page.attributes if found.get("http-equiv")) or ""
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    assert rules.pop("style-src").startswith("'sha256-")
    assert rules == {"img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_every_link_leads_somewhere_on_the_page(page: Page) -> None:
    names = [found["id"] for _, found in page.attributes if found.get("id")]
    assert len(names) == len(set(names))
    assert {one[1:] for one in page.addresses if one.startswith("#")} <= set(names)


def test_every_label_names_something_on_the_page(page: Page) -> None:
    names = {found.get("id") for _, found in page.attributes}
    labels = [found["aria-labelledby"] or "" for _, found in page.attributes if "aria-labelledby" in found]
    assert labels
    assert {name for label in labels for name in label.split()} <= names


def test_an_empty_warehouse_is_not_clean(tmp_path: Path) -> None:
    page = page_of(emptied(tmp_path))
    assert "Nothing to compare Nothing was compared, so there is nothing that this page could confirm." in page.words
    assert "recon run reads what there is." in page.words
    assert "No earlier run is remembered, and there is no break." in page.words
    assert "Nothing was read at all." in page.words
    assert "Clean" not in page.words.partition("About this page")[0]


def test_clean_needs_something_that_was_compared(tmp_path: Path) -> None:
    emptied(tmp_path)
    month = {"period": "2026-09", "currency": "EUR", "verdict": "clean", "charges_amount": "0", "matched_amount": "0"}
    counts = {"entitlements_count": 0, "open_breaks_count": 0, "at_risk_amount": "0", "unexplained_amount": "0"}
    none = month | counts | {"not_compared_amount": "0"}
    add_rows(tmp_path, {"marts.fct_reconciliation": [none | {"charges_count": 0, "order_items_count": 0}]})
    assert "Clean" not in page_of(tmp_path).words.partition("About this page")[0]
    add_rows(
        tmp_path,
        {"marts.fct_reconciliation": [none | {"currency": "USD", "charges_count": 2, "order_items_count": 2}]},
    )
    assert "Clean where compared" in page_of(tmp_path).words


def test_clean_with_its_proof_is_clean(tmp_path: Path) -> None:
    publish_example(tmp_path)
    with duckdb.connect(str(Folders(tmp_path).published)) as connection:
        connection.execute("delete from marts.fct_breaks")
        connection.execute("delete from marts.fct_reconciliation where currency <> 'USD'")
        connection.execute("delete from marts.fct_invoices where currency <> 'USD'")
    page = page_of(tmp_path)
    assert "Verdict Clean The newest due month of every currency was compared, and nothing is open." in page.words
    assert "2026-09 is the newest due month: 1 charge, 1 order item and 1 entitlement were compared." in page.words
    assert "No break is open in USD." in page.words


def emptied(data: Path) -> Path:
    """A published database with every table and no row but its own build."""
    publish_example(data)
    with duckdb.connect(str(Folders(data).published)) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema not in ('recon_meta', 'seeds')"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"delete from {schema}.{table}")
    return data
