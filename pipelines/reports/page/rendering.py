"""Facts in, page out: the template with its filters, its style, and the policy that forbids everything else."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

import jinja2
from markupsafe import Markup

from pipelines.reports.page import words
from pipelines.reports.page.drawing import BASELINE
from pipelines.reports.statement import amount_text

_HASHED = "sha256-{}"


def rendered(facts: dict[str, Any]) -> str:
    """The page as text; whatever comes from data is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines.reports.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    digits: dict[str, int] = facts["digits"]

    def money(amount: Decimal | None, currency: str | None) -> str:
        return amount_text(amount, digits.get(currency or "", 2))

    environment.filters |= {"money": money, "moment": _moment, "day": _day, "count": _count}
    environment.filters |= {"counted": _counted, "words": _words}
    style = "\n" + (environment.loader.get_source(environment, "page.css")[0] if environment.loader else "")
    return environment.get_template("page.html.j2").render(
        facts,
        # A program of this repository, not data; and the policy lets no other style in.
        style=Markup(style),  # noqa: S704
        style_hash=_HASHED.format(base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()),
        verdict_words=words.VERDICTS,
        direction_words=words.DIRECTIONS,
        terms=words.TERMS,
        baseline=BASELINE,
    )


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else "unknown"


def _day(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d}" if value else "no date"


def _count(value: int) -> str:
    return f"{value:,}"


def _counted(value: int, thing: str) -> str:
    return f"{value:,} {thing}{'' if value == 1 else 's'}"


def _words(code: str) -> str:
    return code.replace("_", " ")
