"""All pages of one collection, in order, until the API says that there is no more.

A next link is believed only as far as needed: that there is a next page, its token and headers, and that
it stays on our host. Documented links carry two question marks, a misspelt filter or an offset without a
value; so the follow-up is always rebuilt from the original request.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pipelines.errors import PageContractBroken, RequestRefused, TokenRefused
from pipelines.partner_center.answers import Answer
from pipelines.partner_center.envelope import TOKEN_HEADER, Envelope, read_envelope
from pipelines.partner_center.origins import Origin, check_header_text, check_link

__all__ = ["Envelope", "Form", "Page", "read_envelope", "walk_pages"]

Form = Literal["token", "offset", "single", "customers", "audit"]

# Far above any real collection: 10,000 pages of 2,000 rows are 20 million rows.
MAX_PAGES = 10_000
MAX_EMPTY_PAGES = 3
# Two equal pages in a row happen in documented answers; a third one is a server that ignores where we are.
MAX_EQUAL_PAGES = 3
# Headers of a next link that are taken over. The client's own headers stay the client's.
_LINK_HEADER = re.compile(r"(?:ms|x)-[a-z-]+")
_OWN = frozenset(
    {"ms-requestid", "ms-correlationid", "ms-contract-version", "ms-partnercenter-application", "x-locale"}
)


@dataclass(frozen=True)
class Page:
    """One page of a walk; `number` counts from 1."""

    number: int
    answer: Answer
    envelope: Envelope


class Asks(Protocol):
    """What a walk needs of a client."""

    @property
    def origin(self) -> Origin: ...

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        check_body: Callable[[bytes], object] | None = None,
    ) -> Answer: ...


def walk_pages(
    client: Asks,
    path: str,
    params: Mapping[str, str] | None = None,
    *,
    form: Form,
    size: int | None = None,
    read: Callable[[bytes], Envelope] | None = None,
    identity_key: str | None = None,
    identities: Callable[[bytes], Sequence[str]] | None = None,
    max_pages: int = MAX_PAGES,
) -> Iterator[Page]:
    """The pages of one collection, each asked for when the one before has been taken.

    A walk ends where a page has neither a next link nor a token, and in the offset form when it is short or
    empty as well; never because of `totalCount`. With an `identity_key` an offset walk also ends at a page
    that brings no new id, which is how invoices answer that ignore size and offset; that page is not given.

    Shape:   `form` says how the next page is asked for: token (the query again with seekOperation=Next and
             the token), customers (the same, without size), audit (the token, without seekOperation), offset
             (size and offset), single (everything at once). A token beats the form where one comes all the
             same, so that no page is ever left behind. `read` replaces the strict reader by a faster one;
             then `identities` gives the ids of a page.
    Errors:  those of the client; OriginRefused for a link to another host; TokenRefused when a follow-up with
             a token is answered 400; PageContractBroken for a loop, three empty pages in a row, a link that
             cannot be followed, and more than `max_pages` pages.
    """
    walk = _Walk(client, path, dict(params or {}), form, size, read, identity_key, identities)
    step: _Step | None = walk.first()
    for number in range(1, max_pages + 1):
        assert step is not None
        page = walk.ask(number, step)
        if walk.brings_nothing_new(page):
            return
        step = walk.next_step(page, step)
        yield page
        if step is None:
            return
    raise PageContractBroken(f"{path} goes on after {max_pages} pages, the most one walk may have.")


@dataclass(frozen=True)
class _Step:
    """What to ask next."""

    params: Mapping[str, str]
    headers: Mapping[str, str]
    offset: int = 0

    @property
    def has_token(self) -> bool:
        return TOKEN_HEADER in self.headers


class _Walk:
    def __init__(
        self,
        client: Asks,
        path: str,
        params: dict[str, str],
        form: Form,
        size: int | None,
        read: Callable[[bytes], Envelope] | None,
        identity_key: str | None,
        identities: Callable[[bytes], Sequence[str]] | None,
    ) -> None:
        if form == "offset" and (size is None or size < 1):
            raise ValueError("the offset form needs a size of 1 or more")
        self.client, self.path, self.params, self.form, self.size = client, path, params, form, size
        self.read = read or (lambda body: read_envelope(body, identity_key))
        self.identities = identities
        self.seen_tokens: set[str] = set()
        self.seen_links: set[tuple[str, str]] = set()
        self.seen_ids: set[str] = set()
        self.empty_in_a_row = self.equal_in_a_row = 0
        self.last_digest = b""

    def first(self) -> _Step:
        params = dict(self.params)
        if self.size is not None and self.form != "single":
            params["size"] = str(self.size)
        if self.form == "offset":
            params["offset"] = "0"
        return _Step(params, {})

    def ask(self, number: int, step: _Step) -> Page:
        envelopes: list[Envelope] = []

        def check(body: bytes) -> None:
            # Inside the client's retry: a page that is not JSON is asked for again, and parsed only once.
            envelopes.append(self.read(body))

        refused: RequestRefused | None = None
        try:
            answer = self.client.get(self.path, params=step.params, headers=step.headers, check_body=check)
            return Page(number, answer, envelopes[-1])
        except RequestRefused as error:
            if error.status != 400 or not step.has_token:
                raise
            refused = error
        raise TokenRefused(
            f"The continuation token for page {number} is no longer accepted; the walk has to start again. {refused}",
            status=refused.status,
            code=refused.code,
            request_id=refused.request_id,
            correlation_id=refused.correlation_id,
        )

    def brings_nothing_new(self, page: Page) -> bool:
        """Whether an offset walk has come around to ids it has already seen."""
        ids = page.envelope.item_ids
        if ids is None and self.identities is not None:
            ids = tuple(self.identities(page.answer.body))
        if not ids:
            return False
        # An item without an id may be new; what that means is for the gate to say.
        new = [item_id for item_id in ids if not item_id or item_id not in self.seen_ids]
        self.seen_ids.update(ids)
        return not new and self.form == "offset" and page.number > 1 and page.envelope.token is None

    def next_step(self, page: Page, step: _Step) -> _Step | None:
        envelope = page.envelope
        if envelope.next_uri is not None:
            check_link(envelope.next_uri, self.client.origin)
        if not self._goes_on(envelope):
            return None
        self._check_progress(page)
        if envelope.token:
            return self._by_token(envelope, step)
        offset = step.offset + envelope.items_count
        if self.form == "offset" or self._names_offset(envelope.next_uri):
            return _Step({**step.params, "offset": str(offset)}, self._link_headers(envelope), offset)
        raise PageContractBroken(
            f"Page {page.number} of {self.path} has a next link with neither token nor offset; it cannot be "
            f"followed, and the rows behind it would be missing. (request id {page.answer.request_id})"
        )

    def _goes_on(self, envelope: Envelope) -> bool:
        if envelope.token:
            return True
        if self.form == "offset":
            short = self.size is not None and envelope.items_count < self.size
            # A short page with a next link may be the server's own smaller page size: look behind it.
            return envelope.items_count > 0 and (not short or envelope.next_uri is not None)
        return envelope.next_uri is not None

    def _check_progress(self, page: Page) -> None:
        envelope = page.envelope
        self.empty_in_a_row = 0 if envelope.items_count else self.empty_in_a_row + 1
        if self.empty_in_a_row >= MAX_EMPTY_PAGES:
            raise self._loop(page, f"{MAX_EMPTY_PAGES} pages in a row are empty and still promise more")
        digest = hashlib.sha256(page.answer.body).digest()
        self.equal_in_a_row = self.equal_in_a_row + 1 if digest == self.last_digest else 1
        self.last_digest = digest
        if self.equal_in_a_row >= MAX_EQUAL_PAGES:
            raise self._loop(page, f"{MAX_EQUAL_PAGES} pages in a row are the same")
        if envelope.token:
            if envelope.token in self.seen_tokens:
                raise self._loop(page, "a continuation token comes back")
            self.seen_tokens.add(envelope.token)
        elif envelope.next_uri is not None and not re.search(r"offset=(&|$)", envelope.next_uri):
            # A link whose offset has no value is the same on every page, and says nothing about a loop.
            link = (envelope.next_uri, str(sorted(envelope.next_headers.items())))
            if link in self.seen_links:
                raise self._loop(page, "a next link comes back")
            self.seen_links.add(link)

    def _by_token(self, envelope: Envelope, step: _Step) -> _Step:
        token = envelope.token or ""
        if not check_header_text(token):
            raise PageContractBroken(f"A continuation token of {self.path} cannot stand in a header.")
        params = {name: value for name, value in step.params.items() if name != "seekOperation"}
        if self.form == "customers":
            params.pop("size", None)
        if self.form == "offset":
            params.pop("offset", None)
        if self.form != "audit":
            params["seekOperation"] = "Next"
        return _Step(params, {**self._link_headers(envelope), TOKEN_HEADER: token}, step.offset)

    def _link_headers(self, envelope: Envelope) -> dict[str, str]:
        return {
            name: value
            for name, value in envelope.next_headers.items()
            if _LINK_HEADER.fullmatch(name.lower()) and name.lower() not in _OWN and check_header_text(value)
        }

    def _names_offset(self, uri: str | None) -> bool:
        # Two question marks occur, so the query is searched, not parsed.
        return uri is not None and re.search(r"[?&]offset=", uri, re.IGNORECASE) is not None

    def _loop(self, page: Page, what: str) -> PageContractBroken:
        return PageContractBroken(
            f"{self.path} goes in circles: at page {page.number} {what}.",
            request_id=page.answer.request_id,
            correlation_id=page.answer.correlation_id,
        )
