"""Page bytes -> Arrow tables, exact to the last digit.

Two ways with the same result: the fast one (pyarrow's JSON reader under an explicit schema, for flat
rows) and the strict one (every value looked at in Python). A page that the fast way does not take goes
through the strict way, and only what that refuses is an error.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from pipelines.errors import PageContractBroken
from pipelines.partner_center.contract import Body, Endpoint
from pipelines.partner_center.csv_pages import read_csv_page
from pipelines.partner_center.csv_rows import read_csv
from pipelines.partner_center.exports.fields import respelt
from pipelines.partner_center.fast_lines import read_flat_lines
from pipelines.partner_center.fast_pages import read_flat_page
from pipelines.partner_center.strict_json import parse_strictly
from pipelines.partner_center.strict_rows import UnknownFields, convert_rows, note_unknown_fields
from pipelines.partner_center.values import member


@dataclass(frozen=True)
class PageRows:
    """The rows of one page.

    Shape:   `tables` by raw table name, declared columns plus `_position` (1-based item in the page);
             `envelope` the members around the items; `unknown_fields` wire path -> example type.
    """

    tables: dict[str, pa.Table]
    item_count: int
    envelope: Mapping[str, Any]
    unknown_fields: UnknownFields = field(default_factory=dict)

    def fingerprint(self) -> str:
        """A hash of every declared value: equal exactly when the page says the same, row for row."""
        digest = hashlib.sha256()
        for name in sorted(self.tables):
            digest.update(name.encode())
            sink = io.BytesIO()
            # CSV text is canonical where Arrow buffers are not; null and '' stay apart in it.
            pa_csv.write_csv(self.tables[name].drop_columns(["_position"]), sink)
            digest.update(sink.getvalue())
        return digest.hexdigest()


def read_page(body: bytes, endpoint: Endpoint, form: Body | None = None) -> PageRows:
    """One API answer as exact Arrow tables.

    Shape:   one row per item and per nested object that the endpoint declares, in page order; `form` is what
             the bytes are, when it is not what the endpoint usually gives.
    Units:   amounts in the item's own currency, DECIMAL(38, 12); rates and quantities DECIMAL(38, 24).
    Errors:  ValueError when the bytes are not what they should be (JSON, CSV), which may be damage on the way;
             PageContractBroken names the endpoint, the item and the field that is not as declared.
    Source:  the page named in `endpoint.docs`.
    """
    if endpoint.is_collection and endpoint.explode is None and form in (None, "json"):
        fast = read_flat_page(body, endpoint)
        if fast is not None:
            table, envelope, unknown = fast
            return PageRows({endpoint.tables[0].name: table}, table.num_rows, envelope, unknown)
    if endpoint.explode is None and (form or endpoint.body) == "csv":
        plain = read_csv_page(body, endpoint)
        if plain is not None:
            return PageRows({endpoint.tables[0].name: plain[0]}, plain[0].num_rows, {}, plain[1])
    if (form or endpoint.body) == "jsonl":
        lines = read_flat_lines(body, endpoint)
        if lines is not None:
            return PageRows({endpoint.tables[0].name: lines[0]}, lines[0].num_rows, {}, lines[1])
    return read_page_strictly(body, endpoint, form)


def read_page_strictly(body: bytes, endpoint: Endpoint, form: Body | None = None) -> PageRows:
    """The same as `read_page`, every value looked at one by one."""
    items, envelope = _items(body, endpoint, form or endpoint.body)
    rows: dict[str, list[tuple[int, Mapping[str, Any]]]] = {table.name: [] for table in endpoint.tables}
    unknown: UnknownFields = {}
    for index, item in enumerate(items):
        try:
            if endpoint.explode is None:
                exploded = [(endpoint.tables[0].name, item)]
            else:
                exploded = list(endpoint.explode({**item, "_index": index}))
        except ValueError as error:
            raise PageContractBroken(f"{endpoint.name}, item {index + 1}: {error}") from error
        except RecursionError:
            raise PageContractBroken(f"{endpoint.name}, item {index + 1}: nested too deeply to be read") from None
        for table_name, row in exploded:
            rows[table_name].append((index + 1, row))
    tables = {table.name: convert_rows(endpoint, table, rows[table.name]) for table in endpoint.tables}
    for table in endpoint.tables:
        note_unknown_fields(table, (row for _, row in rows[table.name]), unknown)
    return PageRows(tables, len(items), envelope, unknown)


def _items(body: bytes, endpoint: Endpoint, form: Body) -> tuple[list[Any], dict[str, Any]]:
    """The items of an answer, and the members around them."""
    if form == "csv":
        return read_csv(body, endpoint.name), {}
    if form == "jsonl":
        items = _objects([parse_strictly(line) for line in body.split(b"\n") if line.strip()], endpoint, "a line")
        return respelt(items, endpoint.tables[0].name), {}
    document = parse_strictly(body)
    if endpoint.items == "array":
        return _objects(document, endpoint, "the answer"), {}
    if not isinstance(document, dict):
        raise PageContractBroken(f"{endpoint.name}: the answer is not a JSON object")
    if endpoint.items == "single":
        return [document], {}
    envelope = {key: value for key, value in document.items() if key.casefold() != "items"}
    return _objects(member(document, "items"), endpoint, "`items`"), envelope


def _objects(items: Any, endpoint: Endpoint, what: str) -> list[Any]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise PageContractBroken(f"{endpoint.name}: {what} is missing or not a list of objects")
    return items
