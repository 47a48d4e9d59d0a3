"""What a shell offers behind the Tab key: ids and months of the published database, resources, profiles, enquiries.

A shell asks while somebody types: a few rows, from a file that is open for reading only, and silence when that fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click
from click.shell_completion import CompletionItem

from pipelines.settings import Settings
from pipelines.warehouse import Folders, open_published

MOST_OFFERED = 200
# The ones that matter first: a shell may sort them, and a long list is cut here.
_BREAKS = """
select break_id, break_code || coalesce(', ' || currency, '') as about from marts.fct_breaks
where status <> 'resolved' and starts_with(break_id, $begins)
order by is_primary desc, at_risk_amount desc nulls last, break_id limit $most
"""
_INVOICES = """
select invoice_id, currency || coalesce(' ' || cast(cast(invoice_at as date) as varchar), '') as about
from marts.fct_invoices where starts_with(invoice_id, $begins) order by invoice_at desc nulls last, invoice_id
limit $most
"""
_MONTHS = """
select distinct period, cast(null as varchar) as about from marts.fct_reconciliation
where starts_with(period, $begins) order by period desc limit $most
"""
_CURRENCIES = """
select distinct currency, cast(null as varchar) as about from marts.fct_reconciliation
where starts_with(currency, upper($begins)) order by currency limit $most
"""
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _published(*queries: str) -> Completer:
    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        def found() -> Iterator[CompletionItem]:
            with open_published(_settings_and_folders(context)[1]) as connection:
                for query in queries:
                    values: dict[str, Any] = {"begins": incomplete, "most": MOST_OFFERED}
                    for value, about in connection.execute(query, values).fetchall():
                        yield CompletionItem(value, help=about)

        return _in_silence(found)

    return complete


def _settings_and_folders(context: click.Context) -> tuple[Settings, Folders]:
    # Imported late: `common` has an option that completes itself.
    from pipelines.commands.common import prepare

    # While completing, no context is the current one; it knows the profile.
    with context.scope(cleanup=False):
        return prepare(make=False)


def _in_silence(found: Callable[[], Iterator[CompletionItem]]) -> list[CompletionItem]:
    try:
        return list(found())
    except Exception:
        # Whoever types wants no message here; the command itself will say what is wrong.
        return []


subjects = _published(_BREAKS, _INVOICES)
breaks = _published(_BREAKS)
invoices = _published(_INVOICES)
months = _published(_MONTHS)
currencies = _published(_CURRENCIES)


def resources(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What `recon load` can be given by name."""
    from pipelines.partner_center.endpoints import ENDPOINTS

    return [CompletionItem(name) for name in ENDPOINTS if name.startswith(incomplete)]


def saved_questions(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What `recon sql --question` can be given."""
    from pipelines.reports.questions import questions

    return [CompletionItem(name, help=text) for name, text in questions().items() if name.startswith(incomplete)]


def profiles(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The partners there are."""
    return _in_silence(
        lambda: (
            CompletionItem(name) for name in _settings_and_folders(context)[0].profiles if name.startswith(incomplete)
        )
    )


def enquiries(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The moments for which an enquiry was made, as `--as-of` takes them."""

    def found() -> Iterator[CompletionItem]:
        for file in sorted(_settings_and_folders(context)[1].enquiries.glob("*.duckdb")):
            day, _, time = file.stem.partition("T")
            moment = f"{day}T{time[:2]}:{time[2:4]}:{time[4:]}"
            if moment.startswith(incomplete):
                yield CompletionItem(moment)

    return _in_silence(found)
