"""Reads a page as its readers do: its words, its tables, its headings, and whatever could ask a network."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pipelines.reports.page import write_page
from pipelines.warehouse import Folders, open_published

_VOID = {"meta", "link", "br", "img", "input", "hr"}
_ADDRESSES = ("href", "src", "srcset", "action", "data", "poster", "xlink:href")


class Page(HTMLParser):
    """A parsed page.

    Shape:   `words` is its text with single spaces; `tables` maps a caption to its rows of cells; `headings` are
             levels in their order; `addresses` everything that names something to fetch or to go to.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.addresses: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._open: list[str] = []
        self._pieces: list[str] = []
        self._rows: list[list[str]] = []
        self._caption = ""
        self.feed(text)
        assert self._open == [], f"left open: {self._open}"
        self.words = " ".join("".join(self._pieces).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.attributes.append((tag, found))
        self.addresses += [value or "" for name, value in attrs if name in _ADDRESSES]
        if tag not in _VOID and tag not in {"rect", "circle", "path", "line"}:
            self._open.append(tag)
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"th", "td"}:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"rect", "circle", "path", "line"}:
            return
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes another"
        if tag == "table":
            self.tables[self._caption] = [[" ".join(cell.split()) for cell in row] for row in self._rows]

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self._pieces.append(data)
        if "caption" in self._open:
            self._caption += data
        elif "td" in self._open or "th" in self._open:
            self._rows[-1][-1] += data

    def row(self, caption: str, first: str) -> list[str]:
        """The row of a table that begins with a text (after an empty cell or not)."""
        return next(row for row in self.tables[caption] if first in row[:2])


def page_of(data_dir: Path, **options: Any) -> Page:
    """The page of a published data directory, written and read again."""
    file = data_dir / "page.html"
    with open_published(Folders(data_dir)) as connection:
        write_page(connection, file, **options)
    return Page(file.read_text(encoding="utf-8"))
