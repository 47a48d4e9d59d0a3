"""What one would write with dlt's own `rest_api_source`: the same line items, parquet loader, no gate, no landing."""

from __future__ import annotations

import os
import sys
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
import httpx
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from dlt.sources.rest_api import rest_api_source


class HeaderToken(BasePaginator):
    """The continuation token travels in a header, which none of dlt's paginators knows."""

    def __init__(self) -> None:
        super().__init__()
        self.token: str | None = None

    def update_state(self, response: Any, data: Any = None) -> None:
        self.token = response.json().get("continuationToken")
        self._has_next_page = bool(self.token)

    def update_request(self, request: Any) -> None:
        request.headers = {**(request.headers or {}), "MS-ContinuationToken": self.token}
        request.params = {**(request.params or {}), "seekOperation": "Next"}


def main() -> None:
    """Loads all line items of the server at argv[1] into the folder argv[2]; prints the rows."""
    url, folder = sys.argv[1:]
    form = {
        "grant_type": "refresh_token",
        "refresh_token": "bench-plain",
        "client_id": "bench",
        "client_secret": "sandbox-secret",
        "resource": "sandbox",
        "scope": "openid",
    }
    token = httpx.post(f"{url}/sandbox/oauth2/token", data=form, trust_env=False).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    listed = httpx.get(f"{url}/v1/invoices", headers=headers, trust_env=False, timeout=120).json()["items"]
    ids = [invoice["id"] for invoice in listed]
    resources: list[Any] = [
        {
            "name": f"lines_{invoice_id}",
            "table_name": "line_items",
            "endpoint": {
                "path": f"v1/invoices/{invoice_id}/lineitems",
                "params": {"provider": "onetime", "invoicelineitemtype": "billinglineitems", "size": 2000},
                "paginator": HeaderToken(),
                "data_selector": "items",
                "response_actions": [{"status_code": 404, "action": "ignore"}],
            },
        }
        for invoice_id in ids
    ]
    source = rest_api_source({"client": {"base_url": url, "headers": headers}, "resources": resources})
    pipeline = dlt.pipeline(
        "plain", pipelines_dir=f"{folder}/dlt", destination=dlt.destinations.duckdb(f"{folder}/plain.duckdb")
    )
    pipeline.run(source, loader_file_format="parquet", write_disposition="append")
    with pipeline.sql_client() as client:
        print(client.execute_sql("select count(*) from line_items")[0][0])


if __name__ == "__main__":
    main()
