"""What a message says, and as which JSON: for Teams, for Slack, or for both at once.

Teams workflows take a list of `attachments` with an Adaptive Card, at most 28 KB; Slack takes `text` and `blocks`,
3,000 characters each, and gives `attachments` another meaning. So each gets its own body where the address says who
it is. Any other receiver gets one that serves both, with the facts beside it for programs.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from pipelines.alerting.changes import Break, Change
from pipelines.alerting.memory import NOT_READ, READ_AGAIN, RUN_FAILED, RUN_WORKS, STALE, Entry
from pipelines.money import add_exactly
from pipelines.reports.rows import plain
from pipelines.reports.statement import amount_text

BREAKS_LISTED = 15
LARGEST_BODY_BYTES = 24_000
_LONGEST_FIELD = 120
_SLACK_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
_TEAMS_HOSTS = (".logic.azure.com", ".logic.azure.us", ".powerplatform.com", ".webhook.office.com")
_EVENTS = ("new", "worse", "reopened")
_RUN_TITLES = {
    RUN_FAILED: "a run failed",
    STALE: "nothing was published",
    RUN_WORKS: "runs work again",
    NOT_READ: "not everything could be read",
    READ_AGAIN: "everything was read",
}
_NOT_READ_LISTED = 5
_IDS = ("invoice", "order", "customer", "product")


@dataclass(frozen=True)
class News:
    """Everything that is to be told at once.

    Shape:   `as_of` and `generation` are those of the published result, None and 0 before the first; `digits`, the
             minor digits by currency.
    """

    runs: Sequence[Entry]
    breaks: Sequence[Change]
    as_of: datetime | None = None
    generation: int = 0
    digits: Mapping[str, int] = field(default_factory=dict)
    with_names: bool = False
    profile: str = ""

    def __bool__(self) -> bool:
        return bool(self.runs or self.breaks)


@dataclass(frozen=True)
class Message:
    """A message for people, and its facts for programs."""

    title: str
    lines: tuple[str, ...]
    facts: dict[str, Any]

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join((self.title, *self.lines))


def message(news: News, listed: int = BREAKS_LISTED) -> Message:
    """The message, with the gravest `listed` breaks one by one and the others counted."""
    shown, more = news.breaks[:listed], max(0, len(news.breaks) - listed)
    lines = [*map(_run_line, news.runs), *_totals(news), *(_break_line(one, news) for one in shown)]
    if more:
        lines.append(f"and {more:,} more; `recon check` and the report have all of them")
    if shown:
        whose = f"--profile {news.profile} " if news.profile else ""
        lines.append(f"why: `recon {whose}explain {shown[0].found.break_id}`")
    if news.as_of is not None:
        lines.append(f"published as of {news.as_of:%Y-%m-%d %H:%M} UTC")
    runs = [{"event": one.event, "happened_at": plain(one.happened_at), "detail": _detail(one)} for one in news.runs]
    facts = {
        "profile": news.profile or None,
        "as_of": plain(news.as_of),
        "runs": runs,
        "counts": {event: sum(one.event == event for one in news.breaks) for event in _EVENTS},
        "breaks": [_facts(one, news) for one in shown],
        "more_breaks": more,
    }
    return Message(_title(news), tuple(lines), facts)


def body(news: News, shape: str, url: str) -> bytes:
    """The JSON that the receiver takes, small enough for any of them; fewer breaks are listed where it is not."""
    shape = shape_for(url) if shape == "auto" else shape
    listed = min(BREAKS_LISTED, len(news.breaks))
    while True:
        sent = json.dumps(_BODIES[shape](message(news, listed))).encode()
        if len(sent) <= LARGEST_BODY_BYTES or listed == 0:
            return sent
        listed //= 2


def shape_for(url: str) -> str:
    """Who listens there, as far as the address says."""
    host = (urlsplit(url).hostname or "").lower()
    if host in _SLACK_HOSTS:
        return "slack"
    return "teams" if host.endswith(_TEAMS_HOSTS) else "both"


def _title(news: News) -> str:
    counts = [f"{sum(one.event == event for one in news.breaks):,} {event}" for event in _EVENTS]
    parts = [_RUN_TITLES[one.event] for one in news.runs]
    if news.breaks:
        parts.append(f"breaks: {', '.join(one for one in counts if not one.startswith('0 '))}")
    whose = f" of {news.profile}" if news.profile else ""
    return f"Billing reconciliation{whose}: {'; '.join(dict.fromkeys(parts))}"


def _run_line(entry: Entry) -> str:
    when = f"{entry.happened_at:%Y-%m-%d %H:%M} UTC"
    if entry.event == RUN_FAILED:
        return f"the run of {when} failed: {entry.detail}; the published result stays. Details are in its log"
    if entry.event == STALE:
        return f"seen {when}: {entry.detail}; look whether the schedule runs, then at the newest log"
    if entry.event == NOT_READ:
        return f"{when}: {_detail(entry)}; nothing of it is called clean, and runs end with 6 until it is read"
    if entry.event == READ_AGAIN:
        return f"{when}: what could not be read was read"
    return f"since {when} runs work again"


def _detail(entry: Entry) -> str:
    """The detail, short enough for a message: of what could not be read some names, and how many more there are."""
    if entry.event != NOT_READ:
        return entry.detail
    names = entry.detail.split("\n")
    listed = ", ".join(map(_cut, names[:_NOT_READ_LISTED]))
    more = f" and {len(names) - _NOT_READ_LISTED:,} more" if len(names) > _NOT_READ_LISTED else ""
    return f"could not be read: {listed}{more}"


def _totals(news: News) -> Iterator[str]:
    """Per currency; money of a subject is added once."""
    by_currency: dict[str, list[Break]] = defaultdict(list)
    for one in news.breaks:
        by_currency[one.found.currency or ""].append(one.found)
    for currency, found in sorted(by_currency.items()):
        at_risk = Decimal(0)
        for part in found:
            at_risk = add_exactly(at_risk, (part.at_risk_amount if part.is_primary else None) or Decimal(0))
        number = f"{len(found):,} break{'s' if len(found) != 1 else ''}"
        yield (
            f"{currency}: {number}, {_amount(at_risk, currency, news)} at risk"
            if currency
            else (f"without a currency: {number}")
        )


def _break_line(change: Change, news: News) -> str:
    found = change.found
    amount = _amount(found.at_risk_amount, found.currency, news)
    if change.event != "new" and change.before is not None:
        amount += f", was {_amount(change.before.at_risk_amount, change.before.currency, news)}"
        if change.before.severity not in ("", found.severity):
            amount += f" and {change.before.severity}"
    ids = {name: value for name, value in _ids(found).items() if value}
    named = [f"{name} {_cut(value)}" for name, value in ids.items()]
    if news.with_names:
        named += [_cut(one) for one in (found.company_name, found.product_name, found.explanation) if one]
    about = ", ".join([f"month {found.period}", *named] if found.period else named)
    return f"{change.event} · {found.severity} · {found.break_code} · {amount} · {about} · break {found.break_id}"


def _amount(amount: Decimal | None, currency: str | None, news: News) -> str:
    if amount is None:
        return "amount unknown"
    return f"{amount_text(amount, news.digits.get(currency or '', 2))} {currency or ''}".strip()


def _ids(found: Break) -> dict[str, str | None]:
    product = ":".join(filter(None, (found.product_id, found.sku_id)))
    return dict(zip(_IDS, (found.invoice_id, found.order_id, found.customer_id, product), strict=True))


def _facts(change: Change, news: News) -> dict[str, Any]:
    found, before = change.found, change.before
    facts = {
        "event": change.event,
        "break_id": found.break_id,
        "break_code": found.break_code,
        "severity": found.severity,
        "currency": found.currency,
        "at_risk_amount": plain(found.at_risk_amount),
        "told_currency": before.currency if before else None,
        "told_at_risk_amount": plain(before.at_risk_amount) if before else None,
        "told_severity": (before.severity or None) if before else None,
        "month": found.period,
        **{f"{name}_id": _cut(value) if value else None for name, value in _ids(found).items()},
    }
    if news.with_names:
        names = {name: getattr(found, name) for name in ("company_name", "product_name", "explanation")}
        facts |= {name: _cut(value) if value else None for name, value in names.items()}
    return facts


def _cut(value: str) -> str:
    """One line of bounded length, whatever somebody called their product."""
    text = re.sub(r"\s+", " ", value).strip()
    return text if len(text) <= _LONGEST_FIELD else f"{text[: _LONGEST_FIELD - 1]}…"


def _teams(told: Message) -> dict[str, Any]:
    """Text runs, since a text block would read the underscores of a break code as italics."""
    title = {"type": "TextBlock", "text": told.title, "weight": "Bolder", "wrap": True}
    lines = [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]} for line in told.lines]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [title, *lines],
        "msteams": {"width": "Full"},
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _slack(told: Message) -> dict[str, Any]:
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": _for_slack(text), "verbatim": True}}
        for text in (told.title, *told.lines)
    ]
    return {"text": _for_slack(told.title), "blocks": blocks}


def _for_slack(text: str) -> str:
    """Nothing in it calls a channel or becomes a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _both(told: Message) -> dict[str, Any]:
    return {"text": told.text, **_teams(told), "recon": told.facts}


_BODIES = {"teams": _teams, "slack": _slack, "both": _both}
