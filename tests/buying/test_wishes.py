"""What somebody wants to buy, as it is written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.buying.wishes import from_flags, read_file
from pipelines.errors import UsageError

YAML = """
customer: AAAAAAAA-0000-4000-8000-000000000001
lines:
  - product: PRETEND00001
    sku: 0001
    availability: 0000000E10
    quantity: 2
    billing_cycle: OneTime
    term: p1y
    provisioning: {scope: shared, subscriptionId: 1e5}
    add-ons:
      - {item: "PRETEND00001:0002:A", quantity: 1, renews_to: P1Y}
  - item: PRETEND00002:0001:B
"""


def written(folder: Path, text: str, name: str = "cart.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_yaml_and_the_documented_json_say_the_same(tmp_path: Path) -> None:
    yaml = read_file(written(tmp_path, YAML))
    body = yaml.body()
    again = read_file(
        written(tmp_path, json.dumps({"customerId": yaml.customer_id, **body}, indent="\t"), "cart.json")
    )
    assert again == yaml
    assert [line["id"] for line in body["lineItems"]] == [0, 2]
    assert body["lineItems"][0]["addonItems"][0] == {
        "id": 1,
        "catalogItemId": "PRETEND00001:0002:A",
        "quantity": 1,
        "billingCycle": "one_time",
        "renewsTo": {"termDuration": "P1Y"},
    }


def test_no_id_becomes_a_number(tmp_path: Path) -> None:
    line = read_file(written(tmp_path, YAML)).lines[0]
    assert line.item == "PRETEND00001:0001:0000000E10"
    assert line.provisioning == {"scope": "shared", "subscriptionId": "1e5"}
    assert (line.quantity, line.billing_cycle, line.term) == (2, "one_time", "P1Y")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lines: []", "`lines` is missing or empty"),
        ("lines: [{item: 'a:b:c', price: 3}]", "`price` is not known"),
        ("lines: [{item: 'a:b:c', quantity: 0}]", "above 0"),
        ("lines: [{item: 'a:b:c', quantity: 1.5}]", "above 0"),
        ("lines: [{item: 'a:b:c', billing_cycle: weekly}]", "one_time, monthly"),
        ("lines: [{item: 'a:b:c', term: 1Y}]", "P1M, P1Y"),
        ("lines: [{product: a, sku: b}]", "product:sku:availability"),
        ("- 1", "names and values"),
        ("lines: [", "neither YAML nor JSON"),
        ('{"lines": 1,}', "neither YAML nor JSON"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_file(written(tmp_path, text))


def test_flags_make_a_cart_of_one_line() -> None:
    [line] = from_flags("a:0001:c", 3, "monthly", "P1M").lines
    assert (line.parts, line.quantity) == (("a", "0001", "c"), 3)
