"""One million days of usage as the files of an export: real client, landing and dlt.

python -m tests.bench.exports [ROWS]

The files are made from few patterns and packed beforehand, so that the reader is what is measured. The loading
process is one of its own; its peak memory is what the system says of it when it has ended.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.bench.__main__ import measure, report

BLOBS = 8
PATTERN_ROWS = 5_000
KEY = "sv=2021-08-06&sig=benchmark"


def main() -> None:
    """Makes the files, serves them, measures, prints."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    blob, size = packed(rows // BLOBS)
    print(f"{BLOBS} files of {len(blob) / 1e6:.0f} MB, {size / 1e6:.0f} MB unpacked each", flush=True)
    with served(blob) as url, tempfile.TemporaryDirectory() as folder:
        measured = measure([sys.executable, "-m", "tests.bench.exports", "--load", url, folder])
        for name, (seconds, cpu) in json.loads(measured.output.splitlines()[-1]).items():
            # On a busy machine only the processor time can be compared.
            rate = rows // BLOBS * BLOBS / seconds
            print(f"  {name}: {seconds:.1f} s ({cpu:.1f} s of processor time), {rate:,.0f} rows/s")
        report("export of daily usage", rows // BLOBS * BLOBS, measured)


def packed(rows: int) -> tuple[bytes, int]:
    """One file of so many rows, and its unpacked size. No two rows in a pattern are alike."""
    pattern = "".join(json.dumps(_row(number)) + "\n" for number in range(PATTERN_ROWS)).encode()
    content = (pattern * (rows // PATTERN_ROWS + 1)).split(b"\n", rows)[:rows]
    whole = b"\n".join(content) + b"\n"
    return gzip.compress(whole, compresslevel=3, mtime=0), len(whole)


def _row(number: int) -> dict[str, Any]:
    day = f"2026-09-{1 + number % 28:02d}T00:00:00Z"
    guid = f"{number * 2654435761 % 2**32:08x}-7b2f-4c55-9e0a-{number * 40503 % 2**48:012x}"
    return {
        "PartnerId": "5a1c0d9e-7b2f-4c55-9e0a-4f1b2c3d4e5f",
        "PartnerName": "Pretend Partner",
        "CustomerId": guid,
        "CustomerName": f"Pretend Motors {number % 500}",
        "CustomerDomainName": f"motors{number % 500}.example",
        "CustomerCountry": "DE",
        "MpnId": "5000017",
        "Tier2MpnId": "0",
        "InvoiceNumber": "G000000001",
        "ProductId": "DZH318Z0BPS6",
        "SkuId": "0001",
        "AvailabilityId": "DZH318Z0BML6",
        "SkuName": "Azure plan",
        "ProductName": "Azure plan",
        "PublisherName": "Pretend Networks Inc",
        "PublisherId": "",
        "SubscriptionDescription": "Azure plan",
        "SubscriptionId": guid[::-1],
        "ChargeStartDate": "2026-09-01T00:00:00Z",
        "ChargeEndDate": "2026-10-01T00:00:00Z",
        "UsageDate": day,
        "MeterType": "1 Compute Hour - D2s v5",
        "MeterCategory": "Virtual Machines",
        "MeterId": guid[4:] + guid[:4],
        "MeterSubCategory": "Dsv5 Series",
        "MeterName": f"D{number % 64}s v5",
        "MeterRegion": "EU West",
        "Unit": "1 Hour",
        "ResourceLocation": "EUWEST",
        "ConsumedService": "Microsoft.Compute",
        "ResourceGroup": f"rg-{number % 300}",
        "ResourceURI": f"/subscriptions/{guid}/resourceGroups/rg-{number % 300}/providers/vm-{number}",
        "ChargeType": "new",
        "UnitPrice": 0.096 + number % 7,
        "Quantity": 24,
        "UnitType": "1 Hour",
        "BillingPreTaxTotal": float(f"{number % 1000}.{number * 7919 % 10**9:09d}"),
        "BillingCurrency": "EUR",
        "PricingPreTaxTotal": float(f"{number % 1000}.{number * 104729 % 10**9:09d}"),
        "PricingCurrency": "USD",
        "ServiceInfo1": "",
        "ServiceInfo2": "",
        "Tags": '{"cost": "7"}' if number % 4 == 0 else "",
        "AdditionalInfo": '{ "ServiceType": "Standard_D2s_v5", "VMName": null, "UsageType": "ComputeHR"}',
        "EffectiveUnitPrice": 0.0816,
        "PCToBCExchangeRate": 0.912345,
        "PCToBCExchangeRateDate": "2026-09-01T00:00:00Z",
        "EntitlementId": guid,
        "EntitlementDescription": "Azure subscription 1",
        "PartnerEarnedCreditPercentage": 15,
        "CreditPercentage": 100,
        "CreditType": "Partner Earned Credit",
        "BenefitOrderId": "",
        "BenefitId": "",
        "BenefitType": "",
    }


@contextmanager
def served(blob: bytes) -> Iterator[str]:
    """A server that has one finished export of this file, several times over; its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.endswith("/token"):
                self._say(200, {"token_type": "Bearer", "access_token": "bench-token", "expires_in": "3600"})
                return
            place = f"http://{self.headers['Host']}/v1.0/reports/partners/billing/operations/1"
            self._say(202, {}, Location=place)

        def do_GET(self) -> None:
            if self.path.startswith("/blobs/"):
                self._send(200, blob)
                return
            root = f"http://localhost:{self.headers['Host'].split(':')[1]}/blobs/1"
            names = [{"name": f"part-{number:05d}.json.gz", "partitionValue": ""} for number in range(BLOBS)]
            manifest = {"eTag": "1", "rootDirectory": root, "sasToken": KEY, "blobCount": BLOBS, "blobs": names}
            self._say(200, {"status": "succeeded", "resourceLocation": manifest})

        def _say(self, status: int, body: dict[str, Any], **headers: str) -> None:
            self._send(status, json.dumps(body).encode(), **headers)

        def _send(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in (("Content-Length", str(len(body))), *headers.items()):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def load(url: str, folder: Path) -> dict[str, tuple[float, float]]:
    """Reads the export into a landing, and the landing into a database; seconds and processor time of each."""
    from pipelines.landing import Landing
    from pipelines.load import apply_landing
    from pipelines.partner_center.auth import SignIn
    from pipelines.partner_center.client import ClientOptions
    from pipelines.partner_center.clients import make_clients
    from pipelines.partner_center.endpoints import DAILY_RATED_USAGE
    from pipelines.partner_center.walks import WalkReader, WalkRequest
    from pipelines.warehouse import Folders
    from tests.sandboxed import Silent

    folders = Folders(folder)
    folders.make()
    landing = Landing(folders.landing)
    sign_in = SignIn("tenant", "bench", "bench-secret", None, url, url)
    partition = {"invoice_id": "G1", "provider": "onetime", "line_item_type": "usage", "currency": "EUR"}
    started, busy = time.monotonic(), time.process_time()
    with make_clients(ClientOptions(base_url=url), sign_in, partner_api_url=url, graph_url=f"{url}/v1.0") as clients:
        reader = WalkReader(
            clients.partner_center, landing, "2026-10-14T09:00:00+00:00", Silent(), None, clients.exports
        )
        outcome = reader.read(WalkRequest(DAILY_RATED_USAGE, partition, source_api="graph"))
    if outcome.result != "new":
        raise SystemExit(outcome.reason)
    landed, busy_landed = time.monotonic(), time.process_time()
    apply_landing(folders, landing)
    return {
        "fetched, checked, landed": (landed - started, busy_landed - busy),
        "loaded and compared": (time.monotonic() - landed, time.process_time() - busy_landed),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        sys.path.insert(0, os.getcwd())
        print(json.dumps(load(sys.argv[2], Path(sys.argv[3]))))
    else:
        main()
