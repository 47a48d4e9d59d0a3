"""The page in a real browser: it asks for nothing, fits a phone, can be read, and can be printed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from pipelines.reports.page import write_page
from pipelines.warehouse import Folders, open_published
from tests.reports.browsers import PALE, TOO_WIDE, asked_for, browser, complaints, look, on_paper
from tests.reports.test_page_hostile import HOSTILE, hostile

_TABLES = """
return [...document.querySelectorAll('table')].map((table) => ({
  caption: table.caption ? table.caption.textContent : '',
  columns: [...table.tHead.rows[0].cells].every((cell) => cell.tagName === 'TH' && cell.scope === 'col'),
  names: [...table.tBodies[0].rows].every((row) => row.querySelector('th[scope=row]')),
  region: table.parentElement.getAttribute('role'),
  reached: table.parentElement.tabIndex,
}));
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with the words that want to be more than text."""
    folder = tmp_path_factory.mktemp("browser")
    with open_published(Folders(hostile(folder / "data"))) as connection:
        write_page(connection, folder / "page.html", closed=[HOSTILE])
    return folder / "page.html"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


def test_the_browser_has_nothing_to_complain_of_and_nothing_to_ask_for(running: webdriver.Chrome, page: Path) -> None:
    asked_for(running), complaints(running)
    look(running, page, 1280)
    assert "generation 7" in running.title
    assert complaints(running) == []
    assert {one for one in asked_for(running) if one != "data:,"} == {page.as_uri()}


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_the_page_is_never_wider_than_its_window(running: webdriver.Chrome, page: Path, width: int) -> None:
    look(running, page, width)
    assert running.execute_script("return document.documentElement.scrollWidth") <= width
    assert running.execute_script(TOO_WIDE) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_can_be_told_from_what_is_behind_it(running: webdriver.Chrome, page: Path, dark: bool) -> None:
    look(running, page, 1280, dark=dark)
    looked, pale = running.execute_script(PALE)
    assert looked > 200
    assert pale == []


def test_every_table_has_a_caption_headers_and_a_region_that_the_keyboard_reaches(
    running: webdriver.Chrome, page: Path
) -> None:
    look(running, page, 320)
    tables: list[dict[str, Any]] = running.execute_script(_TABLES)
    assert len(tables) > 10
    for table in tables:
        assert table["caption"]
        assert (table["columns"], table["names"], table["region"], table["reached"]) == (True, True, "region", 0), (
            table
        )


def test_headings_never_skip_a_level(running: webdriver.Chrome, page: Path) -> None:
    look(running, page, 1280)
    levels = running.execute_script("return [...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))


def test_every_picture_that_says_something_has_a_name(running: webdriver.Chrome, page: Path) -> None:
    look(running, page, 1280)
    nameless = running.execute_script(
        "return [...document.querySelectorAll('svg:not([aria-hidden=true])')].filter((one) => "
        "one.getAttribute('role') !== 'img' || !(one.querySelector('title') || one.getAttribute('aria-label')))"
        ".map((one) => one.outerHTML)"
    )
    assert nameless == []


def test_the_page_prints_with_a_part_of_each_currency_on_paper(running: webdriver.Chrome, page: Path) -> None:
    look(running, page, 1280, media="")
    pages = on_paper(running)
    assert len(pages) > 2
    text = " ".join(" ".join(one.extract_text().split()) for one in pages)
    for currency in ("EUR", "JPY", "USD"):
        assert f"What was billed in {currency}, part by part" in text
    assert "What could not be read" in text
    # A4, as the page asks for.
    assert {(round(one.mediabox.width), round(one.mediabox.height)) for one in pages} == {(595, 842)}


def test_headers_of_long_tables_are_printed_on_every_page(running: webdriver.Chrome, page: Path) -> None:
    look(running, page, 1280, media="print")
    shown = running.execute_script(
        "return [...new Set([...document.querySelectorAll('thead')].map((one) => getComputedStyle(one).display))]"
    )
    assert shown == ["table-header-group"]
    assert running.execute_script("return getComputedStyle(document.querySelector('nav')).display") == "none"
