"""What a receiver gets: the body that it takes, small enough, and no more than may be said."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pipelines.alerting.changes import Break, Change
from pipelines.alerting.messages import LARGEST_BODY_BYTES, News, body, message, shape_for
from tests.alerting.conftest import Post
from tests.alerting.receiver import Receiver


def found(number: int, name: str = "Kyoto Tea", currency: str = "JPY", amount: str = "120000") -> Change:
    return Change(
        "new",
        Break(
            f"b{number}",
            "over_credited",
            "high",
            number % 2 == 0,
            "2026-09",
            "G1",
            "o1",
            "c-kyoto",
            "p1",
            "0001",
            currency,
            Decimal(amount),
            f"credited too much to {name}",
            name,
            "Server licence",
        ),
    )


def news(*changes: Change, with_names: bool = False) -> News:
    return News((), changes, None, 1, {"JPY": 0, "EUR": 2}, with_names)


def test_the_address_says_who_takes_what() -> None:
    assert shape_for("https://hooks.slack.com/services/T/B/x") == "slack"
    assert shape_for("https://prod-1.westeurope.logic.azure.com:443/workflows/x?sig=y") == "teams"
    assert shape_for("https://a.b.environment.api.powerplatform.com:443/powerautomate/x") == "teams"
    assert shape_for("https://hooks.slack.com.evil.example/x") == "both"
    assert shape_for("http://127.0.0.1:8080/hook") == "both"


def test_teams_gets_a_card_of_plain_text_runs() -> None:
    sent = json.loads(body(news(found(1)), "teams", ""))
    assert set(sent) == {"type", "attachments"}
    [attachment] = sent["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.2")
    title, *lines = card["body"]
    assert title["text"] == "Billing reconciliation: breaks: 1 new"
    assert all(run["type"] == "TextRun" for line in lines for run in line["inlines"])


def test_slack_gets_blocks_in_which_nothing_calls_a_channel() -> None:
    sent = json.loads(body(news(found(1, name="<!channel> & co"), with_names=True), "slack", ""))
    assert set(sent) == {"text", "blocks"}
    text = json.dumps(sent)
    assert "<!channel>" not in text
    assert "&lt;!channel&gt; &amp; co" in text
    assert all(len(block["text"]["text"]) <= 3000 for block in sent["blocks"])


def test_any_other_receiver_gets_text_a_card_and_the_facts() -> None:
    sent = json.loads(body(news(found(2)), "both", ""))
    assert {"text", "type", "attachments", "recon"} == set(sent)
    assert sent["recon"]["breaks"][0]["at_risk_amount"] == "120000"


def test_a_message_says_of_which_partner_it_is_where_there_are_several(post: Post, inbox: Receiver) -> None:
    post.tell(profile="contoso")
    assert inbox.texts()[0].startswith("Billing reconciliation of contoso: ")
    assert "why: `recon --profile contoso explain b" in inbox.texts()[0]


def test_currencies_are_not_added_and_money_of_a_subject_is_added_once() -> None:
    lines = message(news(found(2), found(3), found(4), found(6, currency="EUR", amount="7.5"))).lines
    assert lines[0] == "EUR: 1 break, 7.50 EUR at risk"
    assert lines[1] == "JPY: 3 breaks, 240,000 JPY at risk"


def test_a_long_list_is_cut_and_counted() -> None:
    told = message(news(*(found(number) for number in range(40))))
    assert sum(line.startswith("new · ") for line in told.lines) == 15
    assert any(line.startswith("and 25 more") for line in told.lines)
    assert told.facts["counts"]["new"] == 40


@pytest.mark.parametrize("shape", ["teams", "slack", "both"])
def test_no_body_is_larger_than_teams_takes(shape: str) -> None:
    long = "Ünïcode " * 40
    sent = body(news(*(found(number, name=long) for number in range(200)), with_names=True), shape, "")
    assert len(sent) <= LARGEST_BODY_BYTES
    assert b"200 new" in sent


def test_names_are_said_only_where_that_is_allowed(post: Post, inbox: Receiver) -> None:
    names = ("Alpine <Ski> House", "Kyoto Tea", "=Delta()", "Server licence", "charged 250.00, ordered 100.00")
    post.tell(alert_names=False, alert_severity="low")
    post.folders.alerts.rename(post.folders.alerts.with_name("elsewhere"))
    post.tell(alert_names=True, alert_severity="low")
    without, with_names = (json.dumps(one, ensure_ascii=False) for one in inbox.bodies)
    assert not [one for one in names if one in without]
    assert not [one for one in names if one not in with_names]
    assert "c-alpine" in without
