"""What dbt's `adapter` is to the linter: a dispatched macro becomes a call of its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def dispatch(name: str, package: str = "") -> Callable[..., str]:
    """A stand-in for the macro that dbt would choose for the warehouse."""

    def call(*arguments: Any, **named: Any) -> str:
        return f"{name}({', '.join(str(argument) for argument in arguments[:1])})"

    return call
