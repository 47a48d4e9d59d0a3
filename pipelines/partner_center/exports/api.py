"""Ordering an export from Microsoft Graph and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pipelines.errors import ExportFailed, Forbidden, NotAuthorized, PageContractBroken, Unavailable
from pipelines.partner_center.answers import Answer
from pipelines.partner_center.blobs import BlobClient
from pipelines.partner_center.client import PartnerCenterClient
from pipelines.partner_center.exports.manifest import ExportManifest, read_manifest
from pipelines.partner_center.origins import path_of_link
from pipelines.partner_center.retry import retry_after_seconds
from pipelines.partner_center.strict_json import parse_strictly
from pipelines.partner_center.values import member

# When an answer does not say how long to wait; and the bounds of what it may say.
USUAL_POLL_SECONDS = 10.0
SHORTEST_POLL_SECONDS = 0.05
LONGEST_POLL_SECONDS = 300.0
# The code of an export that found nothing.
NO_DATA = "5000"
# Documented is `completed`; `succeeded` is what really comes. Any other word means that it still runs.
_DONE = frozenset({"completed", "succeeded"})
_FAILED = "failed"
_PERMISSION = (
    "The export of line items needs the permission PartnerBilling.Read.All of Microsoft Graph, granted to the app "
    "and consented to. Where both APIs have the lines, LINE_ITEMS_API=v1 reads them without it."
)


@dataclass(frozen=True)
class Order:
    """What is ordered: the path below the billing reports, and the body."""

    path: str
    body: Mapping[str, str]
    empty_is_fine: bool


def order_for(endpoint: str, partition: Mapping[str, str]) -> Order:
    """The export that gives what an endpoint's partition names."""
    subject = "usage" if endpoint in ("daily_rated_usage", "unbilled_daily_usage") else "reconciliation"
    state = "unbilled" if endpoint.startswith("unbilled_") else "billed"
    if state == "billed":
        about = {"invoiceId": partition["invoice_id"]}
    else:
        # What the line items call the previous period is the last one here.
        period = "last" if partition["period"] == "previous" else partition["period"]
        about = {"billingPeriod": period, "currencyCode": partition["currency"].upper()}
    path = f"/reports/partners/billing/{subject}/{state}/export"
    # `basic` leaves out what matching needs.
    return Order(path, {**about, "attributeSet": "full"}, empty_is_fine=state == "unbilled")


class ExportApi:
    """Orders exports, waits for them, and reads their manifests; the files are fetched by `blobs`.

    Units:   `max_wait_seconds` limits the waiting for one export.
    """

    def __init__(
        self,
        client: PartnerCenterClient,
        blobs: BlobClient,
        *,
        max_wait_seconds: float = 3600.0,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.client, self.blobs, self.now = client, blobs, now
        self._max_wait_seconds, self._sleep = max_wait_seconds, sleep

    def order(self, order: Order) -> str:
        """Starts an export; the path under which it can be asked for."""
        with _explained():
            answer = self.client.send("POST", order.path, json_body=dict(order.body), accept=(202,))
        location = answer.headers.get("location", "")
        if not location:
            raise PageContractBroken(f"POST {order.path} was accepted without saying where the operation is.")
        return path_of_link(location, self.client.origin)

    def wait(self, operation: str) -> ExportManifest:
        """The manifest of an export, once it is finished.

        Errors:  ExportFailed with the code that it ended with; Unavailable when it takes too long, and may be
                 asked for again later; NotFound, or RequestRefused with 410, when the operation is not known
                 any more.
        """
        waited = 0.0
        while True:
            answer, found = self._get(operation)
            status = _status(found)
            if status in _DONE:
                return self._manifest(found)
            if status == _FAILED:
                raise _failure(found)
            seconds = self._seconds_to_wait(answer)
            if waited + seconds > self._max_wait_seconds:
                raise Unavailable(
                    f"The export {operation} was still `{status[:40]}` after {waited:.0f} s of waiting "
                    "(EXPORT_MAX_WAIT_SECONDS). Its address is kept: the next run goes on waiting for it."
                )
            waited += seconds
            self.client.observer.waiting(url=operation, seconds=seconds, why="export is being made")
            self._sleep(seconds)

    def _manifest(self, found: Mapping[str, Any]) -> ExportManifest:
        place = member(found, "resourceLocation")
        link = member(found, "resourceLocation@odata.navigationLink")
        if isinstance(place, Mapping):
            return read_manifest(place)
        if isinstance(place, str) and not link:
            link = place
        if not isinstance(link, str) or not link:
            raise PageContractBroken("The export is finished and says nowhere where its manifest is.")
        return read_manifest(self._get(path_of_link(link, self.client.origin))[1])

    def _get(self, path: str) -> tuple[Answer, Mapping[str, Any]]:
        read: list[Any] = []

        def keep(body: bytes) -> None:
            # Within the client's retry, so that a damaged body is asked for again.
            read[:] = [parse_strictly(body)]

        with _explained():
            answer = self.client.get(path, check_body=keep)
        if not isinstance(read[0], Mapping):
            raise PageContractBroken(f"GET {path} was answered with JSON that is not an object.")
        return answer, read[0]

    def _seconds_to_wait(self, answer: Answer) -> float:
        headers = {"Retry-After": answer.headers.get("retry-after", ""), "Date": answer.headers.get("date", "")}
        asked = retry_after_seconds(headers, self.now())
        seconds = USUAL_POLL_SECONDS if asked is None else asked
        return min(max(seconds, SHORTEST_POLL_SECONDS), LONGEST_POLL_SECONDS)


@contextmanager
def _explained() -> Iterator[None]:
    """A refusal of Graph says which permission is missing, and what works without it."""
    refused: NotAuthorized | Forbidden | None = None
    try:
        yield
    except (NotAuthorized, Forbidden) as error:
        refused = error
    if refused is not None:
        refused.args = (f"Microsoft Graph refused: {refused} {_PERMISSION}",)
        raise refused


def _status(found: Mapping[str, Any]) -> str:
    said = member(found, "status")
    if isinstance(said, str) and said.strip():
        return said.strip().casefold()
    # The type of the answer says it as well.
    kind = str(member(found, "@odata.type") or "").casefold()
    return "completed" if "success" in kind else "failed" if "failed" in kind else "unknown"


def _failure(found: Mapping[str, Any]) -> ExportFailed:
    error = member(found, "error")
    error = error if isinstance(error, Mapping) else {}
    code, message = str(member(error, "code") or ""), " ".join(str(member(error, "message") or "").split())[:300]
    text = f"The export failed: {message or 'without a message'}" + (f" (code {code})" if code else "")
    return ExportFailed(f"{text}.", status=200, code=code or None)
