"""What the API says when it refuses, in whichever of its shapes, as one of our errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from pipelines.errors import (
    Forbidden,
    NotAuthorized,
    NotFound,
    OriginRefused,
    PageContractBroken,
    PartnerCenterError,
    RequestRefused,
    Throttled,
    Unavailable,
)

LONGEST_MESSAGE = 1024

# Keyed on status and code, since one code can mean two things under two statuses.
HINTS: Mapping[tuple[int, str], str] = {
    (401, "400"): "Check the app registration and its consent in Partner Center.",
    (401, "800001"): "The token carries no partner; sign in with an app registered in Partner Center.",
    (401, "900420"): "The token was issued for an audience that is no longer accepted; check the audience.",
    (403, "900329"): "This resource takes no app-only token; sign in as app and user (set a refresh token).",
    (403, "20002"): "This customer has no commerce relation to the partner.",
    (403, "800043"): "This sign-in may not see prices.",
    (403, "2032"): "The signed-in account lacks a role for this.",
    (403, "900150"): "The signed-in account lacks a role for this.",
    (403, "900308"): "The signed-in account lacks a role for this.",
    (404, "20000"): "A new order can take 15 minutes to appear.",
}


@dataclass(frozen=True)
class ErrorBody:
    """The readable part of an error answer.

    Shape:   `code` is text whatever it was on the wire; `message` is one line, never empty.
    """

    code: str | None
    message: str
    details: tuple[str, ...] = ()


def read_error_body(body: bytes) -> ErrorBody:
    """Reads every known error shape, and never fails on an unknown one.

    Shape:   {code, description, data, source}; {statusCode, message}; {message};
             {error: {code, message, innerError}}; {error, error_description, error_codes}; empty; not JSON.
    """
    text = body.decode("utf-8-sig", errors="replace")
    try:
        # Numbers stay text: a code is a name, and 3000 must not become 3000.0 anywhere.
        content = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return ErrorBody(None, _one_line(text) or "the answer had no body")
    fields = _lower_keys(content)
    error = fields.get("error")
    if isinstance(error, dict):
        return _read_nested(_lower_keys(error))
    if isinstance(error, str):
        codes = fields.get("error_codes")
        details = tuple(_text(code) for code in codes) if isinstance(codes, list) else ()
        return ErrorBody(error, _one_line(_text(fields.get("error_description"))) or error, details)
    message = _text(fields.get("description")) or _text(fields.get("message"))
    data = fields.get("data")
    details = tuple(_one_line(_text(part)) for part in data) if isinstance(data, list) else ()
    return ErrorBody(_text(fields.get("code")) or None, _one_line(message) or _one_line(text), details)


def _read_nested(error: dict[str, object]) -> ErrorBody:
    details = []
    inner = error.get("innererror")
    # The nesting is bounded, since the body is someone else's.
    for _ in range(8):
        if not isinstance(inner, dict):
            break
        fields = _lower_keys(inner)
        said = ": ".join(part for part in (_text(fields.get("code")), _text(fields.get("message"))) if part)
        if said:
            details.append(_one_line(said))
        inner = fields.get("innererror")
    code = _text(error.get("code"))
    return ErrorBody(code or None, _one_line(_text(error.get("message"))) or code or "no message", tuple(details))


def _lower_keys(content: Mapping[str, object]) -> dict[str, object]:
    return {key.lower(): value for key, value in content.items()}


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_MESSAGE else line[:LONGEST_MESSAGE] + "…"


def status_name(status: int) -> str:
    """`404 Not Found`, or the bare number where there is no name for it."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def refusal(
    what: str,
    status: int,
    body: ErrorBody,
    *,
    request_id: str | None = None,
    correlation_id: str | None = None,
) -> PartnerCenterError:
    """The error of a status that is not asked for again; `what` is like `GET /v1/invoices`."""
    said = f"{what} was answered {status_name(status)}"
    said += f", code {body.code}: {body.message}" if body.code else f": {body.message}"
    if body.details:
        said += f" ({'; '.join(body.details[:5])})"
    hint = HINTS.get((status, body.code or ""))
    kinds: dict[int, type[PartnerCenterError]] = {
        401: NotAuthorized,
        403: Forbidden,
        404: NotFound,
        429: Throttled,
    }
    kind = kinds.get(status)
    if kind is None and 300 <= status < 400:
        kind, hint = OriginRefused, "Redirects are never followed, since they would carry the token away."
    elif kind is None and status >= 500:
        kind = Unavailable
    elif kind is None and status < 300:
        kind = PageContractBroken
    parts = [said.rstrip(".") + ".", hint or "", ids_text(request_id, correlation_id)]
    about = {"status": status, "code": body.code, "request_id": request_id, "correlation_id": correlation_id}
    return (kind or RequestRefused)(" ".join(part for part in parts if part), **about)  # type: ignore[arg-type]


def ids_text(request_id: str | None, correlation_id: str | None) -> str:
    """The two ids that Microsoft's support asks for, in brackets; empty when there are none."""
    named = (("request id", request_id), ("correlation id", correlation_id))
    known = [f"{name} {value}" for name, value in named if value]
    return f"({', '.join(known)})" if known else ""
