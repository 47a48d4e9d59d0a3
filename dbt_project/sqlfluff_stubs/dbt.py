"""dbt's own macros that the models use, as the linter needs them."""

from __future__ import annotations


def type_string() -> str:
    return "varchar"


def type_timestamp() -> str:
    return "timestamp"


def type_bigint() -> str:
    return "bigint"


def type_boolean() -> str:
    return "boolean"
