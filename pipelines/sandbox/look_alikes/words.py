"""Words and references that look odd and are documented."""

from __future__ import annotations

from dataclasses import replace

from pipelines.sandbox.builder import Builder


def two_partners_on_one_item(b: Builder) -> None:
    """An order has the same item twice, sold by two resellers; each charge names one of them."""
    c, m = b.customer("GB", reseller_id="4870137"), b.months[-2]
    item = b.item("subscription", "33.00")
    order = b.order(c, m.at(10), (item, 1), (item, 2))
    second = replace(order.lines[1], partner_id="4870555")
    sold = b.orders[-1] = replace(order, lines=(order.lines[0], second))
    b.entitle(sold, 0)
    b.entitle(sold, 1)
    b.charge(sold, item, m, 1, style="modern")
    b.charge(sold, item, m, 2, style="modern", customer=replace(c, reseller_id="4870555"))


def documented_words_in_odd_spelling(b: Builder) -> None:
    """Known charge types in another spelling, one that other exports use, and none at all."""
    for country, word in (("US", "PURCHASE"), ("JP", "re_new"), ("DE", "convert"), ("GB", "")):
        c, m = b.customer(country), b.months[-1]
        item = b.item("perpetual", "45.00", term="")
        order = b.order(c, m.at(8), (item, 1))
        b.entitle(order)
        b.charge(order, item, m, 1, style="modern", charge_type=word)


def a_credit_note_by_that_name(b: Builder) -> None:
    """A document calls itself a credit note, in words of a page and not of the wire."""
    c, m = b.customer("US"), b.months[-3]
    note = b.draft(m, "USD", document_type="Credit Note")
    item = b.item("subscription", "21.00")
    order = b.order(c, m.at(9), (item, 3))
    b.entitle(order)
    b.charge(order, item, m, 3, style="modern", document=note)
