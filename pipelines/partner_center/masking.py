"""Keeps secrets out of everything that people or files get to read."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

# Shorter values would blank out ordinary words of a message; no real secret is that short.
SHORTEST_SECRET = 4
HIDDEN = "***"
_BEARER = re.compile(r"(?i)\bbearer\s+[^\s'\",;]+")
# The part of a storage address that opens it.
_SIGNATURE = re.compile(r"(?i)\bsig(?:=|%3D)[^&\s'\",;]+")
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}")


class Mask:
    """Replaces every secret it was told of by `***`, however the text spells it.

    A library quotes what it refuses in many ways (as it is, as a Python literal, percent-encoded),
    so each of these spellings is hidden, and anything that looks like a bearer token or a signature as well.
    """

    def __init__(self) -> None:
        self._spellings: tuple[str, ...] = ()

    def hide(self, *secrets: str | None) -> None:
        """From now on hides these values too; several threads may call it."""
        spellings = set(self._spellings)
        for secret in secrets:
            if not secret or len(secret) < SHORTEST_SECRET:
                continue
            lines = [line for line in secret.splitlines() if len(line) >= SHORTEST_SECRET]
            for text in (secret, secret.strip(), *lines):
                literals = (repr(text)[1:-1], repr(text.encode())[2:-1])
                spellings.update((text, quote(text), quote(text, safe=""), quote_plus(text), *literals))
        # Longest first: a secret that contains another one must not leave its tail behind.
        self._spellings = tuple(sorted(spellings, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """The text without any known secret."""
        for spelling in self._spellings:
            if spelling in text:
                text = text.replace(spelling, HIDDEN)
        text = _SIGNATURE.sub(f"sig={HIDDEN}", text)
        return _JSON_WEB_TOKEN.sub(HIDDEN, _BEARER.sub(f"Bearer {HIDDEN}", text))

    def __repr__(self) -> str:
        return f"Mask({len(self._spellings)} spellings)"


def describe(error: BaseException, mask: Mask) -> str:
    """An exception as text: kind and message, secrets hidden, on one line."""
    text = " ".join(mask(str(error)).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
