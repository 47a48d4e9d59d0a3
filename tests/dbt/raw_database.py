"""A raw database written by hand: the tables that loading leaves behind, from the endpoint declarations.

A test says which walks were read and what they held; everything that dbt reads is then there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from pipelines import document_readings, line_changes
from pipelines.document_readings import READINGS
from pipelines.line_changes import LINE_CHANGES
from pipelines.partner_center.contract import raw_schema
from pipelines.partner_center.endpoints import TABLES

Row = Mapping[str, Any]

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
LEDGER = pa.schema(
    [
        *[pa.field(name, pa.string()) for name in ("endpoint", "partition_id", "customer_id", "order_id")],
        *[pa.field(name, pa.string()) for name in ("invoice_id", "provider", "line_item_type", "reading", "walk_id")],
        *[pa.field(name, pa.string()) for name in ("currency", "month", "period")],
        pa.field("read_at", pa.timestamp("us")),
        pa.field("checked_at", pa.timestamp("us")),
        pa.field("row_count", pa.int64()),
        *[pa.field(name, pa.string()) for name in ("source_api", "status", "failure_reason")],
    ]
)
CONTROL_TOTALS = pa.schema(
    [
        *[pa.field(name, pa.string()) for name in ("partition_id", "walk_id", "table_name", "currency", "measure")],
        pa.field("amount", pa.decimal128(38, 24)),
    ]
)
ORDER_LINE_STATES = pa.schema(
    [
        pa.field("order_id", pa.string()),
        pa.field("customer_id", pa.string()),
        pa.field("line_item_number", pa.int64()),
        pa.field("order_status", pa.string()),
        pa.field("quantity", pa.decimal128(38, 24)),
        pa.field("seen_at", pa.timestamp("us")),
        pa.field("is_first_reading", pa.bool_()),
    ]
)
DOCUMENT_STATES = pa.schema(
    [
        *[pa.field(name, pa.string()) for name in ("document_id", "amends_of", "currency_code", "invoice_type")],
        *[pa.field(name, pa.string()) for name in ("invoice_date", "document_type", "state")],
        pa.field("total_charges", pa.decimal128(38, 12)),
        pa.field("paid_amount", pa.decimal128(38, 12)),
        pa.field("seen_at", pa.timestamp("us")),
        pa.field("is_first_reading", pa.bool_()),
    ]
)


class RawDatabase:
    """Collects walks, then writes them as `partner_center_raw`."""

    def __init__(self, read_at: datetime) -> None:
        self.read_at = read_at
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self.ledger: list[dict[str, Any]] = []
        self.control_totals: list[dict[str, Any]] = []
        self.order_line_states: list[dict[str, Any]] = []
        self.document_line_readings: list[dict[str, Any]] = []
        self.document_line_changes: list[dict[str, Any]] = []

    def walk(
        self,
        endpoint: str,
        tables: Mapping[str, Sequence[Row]] | None,
        status: str = "complete",
        **partition: str,
    ) -> None:
        """One partition as read; `tables` None is one that could not be read."""
        partition_id = "/".join([endpoint, *partition.values()])
        walk_id = None if tables is None else f"walk-{len(self.ledger)}"
        self.ledger.append(
            {
                "endpoint": endpoint,
                "partition_id": partition_id,
                "walk_id": walk_id,
                "read_at": self.read_at if walk_id else None,
                "checked_at": self.read_at,
                "row_count": sum(map(len, tables.values())) if tables else 0,
                "source_api": "v1",
                "status": "missing" if tables is None else status,
                **partition,
            }
        )
        for name, rows in (tables or {}).items():
            self._add(name, rows, partition_id, str(walk_id))

    def _add(self, name: str, rows: Sequence[Row], partition_id: str, walk_id: str) -> None:
        table = TABLES[name]
        totals: dict[tuple[str, str], Decimal] = {("", "rows"): Decimal(len(rows))}
        for position, row in enumerate(rows):
            unknown = set(row) - {column.name for column in table.columns}
            if unknown:
                raise KeyError(f"{name} has no column {sorted(unknown)}")
            self.rows[name].append(
                {**row, "_partition": partition_id, "_walk_id": walk_id, "_page": 0, "_position": position}
            )
            for column in table.money:
                if row.get(column) is not None:
                    key = (str(row.get(table.currency or "") or ""), column)
                    totals[key] = totals.get(key, Decimal(0)) + Decimal(row[column])
        self.control_totals += [
            {
                "partition_id": partition_id,
                "walk_id": walk_id,
                "table_name": name,
                "currency": currency,
                "measure": measure,
                "amount": amount,
            }
            for (currency, measure), amount in totals.items()
        ]

    def write(self, path: Path) -> None:
        """The raw schema in a new file.

        Shape:   every declared table, empty or not, plus ledger, control totals and states; documents were seen once,
                 as they are.
        """
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema partner_center_raw")
            for name, rows in self.rows.items():
                self._write_table(connection, name, rows, raw_schema(TABLES[name]))
            self._write_table(connection, "load_ledger", self.ledger, LEDGER)
            self._write_table(connection, "load_control_totals", self.control_totals, CONTROL_TOTALS)
            self._write_table(connection, "order_line_states", self.order_line_states, ORDER_LINE_STATES)
            self._write_table(connection, "document_states", self._document_states(), DOCUMENT_STATES)
            self._write_table(connection, READINGS, self.document_line_readings, document_readings.SCHEMA)
            self._write_table(connection, LINE_CHANGES, self.document_line_changes, line_changes.SCHEMA)

            declared = yaml.safe_load((MODELS / "memory" / "_sources.yml").read_text())
            connection.execute("create schema recon_memory")
            for table in declared["sources"][0]["tables"]:
                columns = ", ".join(f"{column['name']} {column['data_type']}" for column in table["columns"])
                connection.execute(f"create table recon_memory.{table['name']} ({columns})")

    def _document_states(self) -> list[dict[str, Any]]:
        states: dict[str, dict[str, Any]] = {}
        for row in sorted(self.rows["invoices"], key=lambda row: row.get("nested_in") is not None):
            kept = {name: row.get(name) for name in DOCUMENT_STATES.names}
            amends_of = row.get("amends_of") or row.get("nested_in")
            first_seen = {"document_id": row["id"], "amends_of": amends_of, "seen_at": self.read_at}
            states.setdefault(row["id"], kept | first_seen | {"is_first_reading": True})
        return list(states.values())

    @staticmethod
    def _write_table(
        connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Row], schema: pa.Schema
    ) -> None:
        columns = {
            field.name: pa.array([_typed(row.get(field.name), field.type) for row in rows], field.type)
            for field in schema
        }
        connection.register("handed_over", pa.table(columns, schema=schema))
        connection.execute(f"create table partner_center_raw.{name} as select * from handed_over")
        connection.unregister("handed_over")


def _typed(value: Any, kind: pa.DataType) -> Any:
    """Numbers as decimals, whatever the test wrote them as (never floats)."""
    if value is not None and pa.types.is_decimal(kind):
        return Decimal(str(value)) if not isinstance(value, float) else _refuse(value)
    return value


def _refuse(value: float) -> Decimal:
    raise TypeError(f"{value!r} is a float; write the amount as text")
