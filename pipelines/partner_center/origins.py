"""Which hosts may be spoken to, and how a path becomes an address below one of them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

from pipelines.errors import OriginRefused, RequestRefused, SettingsError

_DEFAULT_PORTS = {"https": 443, "http": 80}
_HEADER_TEXT = re.compile(r"[!-~](?:[ !-~]*[!-~])?")
_PATH_UNSAFE = re.compile(r"[\x00-\x20\x7f\\?#]")


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port: the unit that either may see the token or may not."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _DEFAULT_PORTS.get(self.scheme)
        return f"{self.scheme}://{host}" if usual else f"{self.scheme}://{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its name or address alone, without asking DNS."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin_of(url: str) -> Origin:
    """The origin of an absolute address.

    Errors:  ValueError when there is no scheme and host, or when a user name hides in it.
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower().rstrip(".")
    if scheme not in _DEFAULT_PORTS or not host:
        raise ValueError("not an absolute http(s) address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address with a user name in it")
    return Origin(scheme, host, parts.port or _DEFAULT_PORTS[scheme])


def safe_origin(url: str, what: str) -> Origin:
    """The origin of a configured address that secrets may be sent to.

    Errors:  SettingsError unless it is https, or http on a loopback address, without query or user name.
    """
    problem = None
    try:
        origin = origin_of(url)
    except ValueError as error:
        origin, problem = None, str(error)
    if origin is None:
        raise SettingsError(f"The {what} cannot be used ({problem}); set it like https://host.example.")
    if origin.scheme == "http" and not is_loopback(origin.host):
        raise SettingsError(
            f"The {what} {origin} is plain http, which is accepted for loopback addresses only; use https."
        )
    if "?" in url or "#" in url:
        raise SettingsError(f"The {what} {origin} carries a query; leave it out.")
    return origin


def check_header_text(value: str) -> bool:
    """Whether a value can stand in a header as it is: visible ASCII, no line break, no edge blanks."""
    return _HEADER_TEXT.fullmatch(value) is not None


def check_plain_path(path: str) -> bool:
    """Whether a path leads where it reads: no empty part, no dots, nothing that starts a query."""
    segments = path.removeprefix("/").split("/")
    bad = any(unquote(segment) in {"", ".", ".."} or "/" in unquote(segment) for segment in segments)
    return not bad and _PATH_UNSAFE.search(path) is None


def address_below(prefix: str, path: str, params: dict[str, str]) -> str:
    """Path and query below the API's version prefix, which the given path may carry already.

    Errors:  RequestRefused when the path would lead anywhere else than it reads, so that an id with a
             slash, blank or dots in it never asks for something different.
    """
    if not check_plain_path(path):
        raise RequestRefused(f"The path {path!r} is not a plain path; nothing was sent.")
    segments = path.removeprefix("/").split("/")
    joined = "/" + "/".join(quote(segment, safe="%:@!$&'()*+,;=~-._") for segment in segments)
    prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
    if prefix and joined != prefix and not joined.startswith(prefix + "/"):
        joined = prefix + joined
    return f"{joined}?{urlencode(params, quote_via=quote)}" if params else joined


def check_link(uri: str, own: Origin) -> None:
    """Refuses a link that names another host.

    The links of the API are relative, with or without the version prefix and sometimes with two slashes
    in front. The text after two slashes counts as a host only when it looks like one.

    Errors:  OriginRefused.
    """
    text = uri.strip().replace("\\", "/")
    foreign: str | None = None
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        try:
            foreign = None if origin_of(text) == own else text
        except ValueError:
            foreign = text
    elif text.startswith("//"):
        first = text.lstrip("/").split("/", 1)[0].split("?", 1)[0]
        if any(mark in first for mark in ".:@["):
            try:
                foreign = None if origin_of(f"{own.scheme}://{first}") == own else text
            except ValueError:
                foreign = text
    if foreign is not None:
        shown = foreign.split("?", 1)[0][:200]
        raise OriginRefused(f"A link leads to {shown!r}, but only {own} may be asked; nothing was sent there.")


def path_of_link(uri: str, own: Origin) -> str:
    """The path that a link of our own host leads to, which may be an absolute address.

    Errors:  OriginRefused for another host, or for a link with a query, which none of these has.
    """
    check_link(uri, own)
    parts = urlsplit(uri.strip())
    if parts.query or parts.fragment or not parts.path:
        raise OriginRefused(f"A link to {own} cannot be followed: it carries a query or no path.")
    return parts.path
