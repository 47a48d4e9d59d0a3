"""The break log is read with exactly the columns that a build writes."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"


def described_columns() -> list[str]:
    macro = (PROJECT / "macros/breaks/break_memory.sql").read_text(encoding="utf-8")
    body = macro.split("macro described_break_columns()")[1].split("endmacro")[0]
    return re.findall(r'"(\w+)"', body)


def event_columns() -> list[str]:
    """The select list of the last CTE of the model, with the shared columns spelt out."""
    model = (PROJECT / "models/memory/int_break_events.sql").read_text(encoding="utf-8")
    select_list = model.split("events as (")[1].split("from changes")[0]
    own = [line.strip().rstrip(",") for line in select_list.splitlines() if line.strip() and "join(" not in line]
    return [line.split(" as ")[-1] for line in own if line != "select"] + described_columns()


def test_the_log_has_the_columns_of_the_events() -> None:
    sources = yaml.safe_load((PROJECT / "models/memory/_sources.yml").read_text(encoding="utf-8"))["sources"]
    log = next(table for source in sources for table in source["tables"] if table["name"] == "break_log")
    assert [column["name"] for column in log["columns"]] == event_columns()


def test_every_remembered_column_is_one_that_rules_yield() -> None:
    yielded = (PROJECT / "macros/breaks/break_columns.sql").read_text(encoding="utf-8")
    types = re.findall(r'^ +"(\w+)": \w+_type\(\),$', yielded, flags=re.MULTILINE)
    assert set(described_columns()) - set(types) == {"severity"}
