"""What a reader may choose on a page, and what was asked for on the command line.

Every page takes `--data-dir`, `--profile` and `--as-of`, and those of `--period`, `--currency`, `--customer` … that
it offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import marimo as mo
import polars as pl

from pipelines.analysis.desk import Warehouse, enquiries, open_warehouse
from pipelines.analysis.found import BREAK_STATUSES, SEVERITIES

_ALL = {"period": "all months", "currency": "all currencies", "customer": "all customers"}
_ALL |= {"code": "all kinds", "severity": "all severities", "status": "unresolved"}
_LABELS = {"period": "Month", "currency": "Currency", "customer": "Customer"}
_LABELS |= {"code": "Kind", "severity": "Severity", "status": "Status"}
_FIXED = {"severity": SEVERITIES, "status": ("all", *BREAK_STATUSES)}


@dataclass(frozen=True)
class Chosen:
    """What is chosen; None is all."""

    period: str | None = None
    currency: str | None = None
    customer_id: str | None = None
    code: str | None = None
    severity: str | None = None
    status: str | None = None


def asked(name: str) -> str | None:
    """What the command line said after `--`, like `--currency EUR`."""
    value = mo.cli_args().get(name)
    return None if value is None else str(value)


def as_of_input() -> Any:
    """The published result, or an enquiry that was made of it."""
    moments = {
        f"as of {moment:%-d %B %Y, %H:%M} UTC": f"{moment.isoformat()}Z"
        for moment in enquiries(asked("data-dir"), profile=asked("profile"))
    }
    wanted = asked("as-of")
    if wanted is not None and wanted not in moments.values():
        # Named on the command line in another way than the list does; opening it says whether there is one.
        moments[f"as of {wanted}"] = wanted
    start = next((label for label, moment in moments.items() if moment == wanted), "the published result")
    return mo.ui.dropdown({"the published result": None, **moments}, value=start, label="Result")


def opened(title: str, as_of: str | None) -> Warehouse:
    """The warehouse; a page without one stops here, and says in which words what to run."""
    try:
        return open_warehouse(asked("data-dir"), as_of=as_of, profile=asked("profile"))
    except Exception as error:  # whatever keeps the file from being read is shown in its own words
        problem = str(error)
    mo.stop(True, mo.vstack([mo.md(f"# {title}"), mo.callout(mo.plain_text(problem), kind="danger")]))
    raise AssertionError("a page that has stopped goes on")


def choices(warehouse: Warehouse, *names: str, **opens_with: str | None) -> Any:
    """Drop-downs for what a page can be narrowed to.

    Shape:   `names` are of period, currency, customer, code, severity, status; `opens_with` says with which of
             their values the page opens when the command line says nothing.

    Errors:  the page stops when the command line asks for something that is not published.
    """
    offered = {name: {_ALL[name]: None, **_options(warehouse, name)} for name in names}
    wanted = {name: asked(name) or opens_with.get(name) for name in names}
    start = {name: _label(offered[name], wanted[name]) for name in names}
    unknown = [str(wanted[name]) for name in names if start[name] is None]
    mo.stop(
        bool(unknown), mo.callout(mo.plain_text(f"Nothing is published for {', '.join(unknown)}."), kind="danger")
    )
    return mo.ui.dictionary(
        {
            name: mo.ui.dropdown(
                offered[name], value=start[name], label=_LABELS[name], searchable=name in ("customer", "code")
            )
            for name in names
        }
    )


def chosen(choices: Any) -> Chosen:
    """What the drop-downs of `choices` say now."""
    value = choices.value
    return Chosen(**{"customer_id" if name == "customer" else name: one for name, one in value.items()})


def head(title: str, question: str, warehouse: Warehouse, as_of: Any, choices: Any) -> mo.Html:
    """The top of a page: its question, the moment that it is about, and what can be chosen."""
    source = "an enquiry" if warehouse.is_enquiry else f"published generation {warehouse.generation}"
    about = f"**{question}** As of **{warehouse.as_of:%-d %B %Y, %H:%M} UTC**, {source}."
    inputs = mo.hstack([*choices.elements.values(), as_of], justify="start", gap=2, wrap=True)
    return mo.vstack([mo.md(f"# {title}\n{about}"), inputs])


def newest_due_month(warehouse: Warehouse) -> str | None:
    """The newest month whose invoice is due, from its 11th on: it comes by the 8th, its lines within three days."""
    periods = warehouse.reconciliation().select("period").unique().collect()["period"].sort(descending=True).to_list()
    due = [period for period in periods if f"{period}-11" <= warehouse.as_of.strftime("%Y-%m-%d")]
    return next(iter(due or periods), None)


def _options(warehouse: Warehouse, name: str) -> dict[str, str]:
    if name == "customer":
        rows = (
            warehouse.customers().select("customer_id", "company_name").sort("company_name", "customer_id").collect()
        )
        names = rows["company_name"].to_list()
        return {
            # Two customers may have one name.
            (
                company if company and names.count(company) == 1 else f"{company or 'unnamed'}, {customer_id}"
            ): customer_id
            for customer_id, company in rows.iter_rows()
        }
    if name == "code":
        rules = warehouse.break_codes().select("title", "break_code").sort("title").collect()
        return dict(rules.iter_rows())
    if name in _FIXED:
        return {value: value for value in _FIXED[name]}
    found = warehouse.reconciliation().select(pl.col(name).unique()).collect()[name].sort(descending=name == "period")
    return {str(value): str(value) for value in found}


def _label(offered: dict[str, str | None], wanted: str | None) -> str | None:
    """The option that is meant, by its label or by its value; None when there is none."""
    if wanted is None:
        return next(iter(offered))
    return next((label for label, value in offered.items() if wanted in (label, value)), None)
