"""Closing a month: may it be closed, what is certified, and whether today's numbers still are the closed ones."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.closed_months import CERTIFICATE, closings, require_month, standing
from pipelines.errors import UsageError
from pipelines.evidence import evidence, write_parquet, write_workbook
from pipelines.files import sha256_of, sync_folder, write_atomically
from pipelines.landing import Landing
from pipelines.money import money_text
from pipelines.reports import sign_off
from pipelines.warehouse import Folders, open_published, published_info

FORMAT = 1
_DOCUMENTS = """
select count(*), coalesce(sum(total_charges), 0), coalesce(sum(line_count), 0), coalesce(sum(lines_total), 0)
from marts.fct_invoices where is_counted and strftime(invoice_at, '%Y-%m') = ? and currency = ?
"""
_OPEN_BREAKS = f"""
with of_month as (
    select break_code, is_primary, at_risk_amount from marts.fct_breaks
    where period = ? and currency = ? and status <> 'resolved'
    union all
    -- Of several months of a customer this one's charges count.
    select b.break_code, b.is_primary, abs(u.total)
    from marts.fct_breaks b
    inner join ({sign_off.UNCOMPARED}) u
        on u.customer_id is not distinct from b.customer_id and u.currency = b.currency
    where b.break_code = 'not_compared' and b.period is null and b.status <> 'resolved'
)
select break_code, count(*), coalesce(sum(case when is_primary then at_risk_amount end), 0)
from of_month group by break_code order by break_code
"""
_LINES_READ = """
select l.partition_id, l.walk_id, l.status, coalesce(l.failure_reason, '')
from partner_center_raw.load_ledger l join marts.fct_invoices i on i.invoice_id = l.invoice_id
where l.line_item_type = 'billing' and strftime(i.invoice_at, '%Y-%m') = ? and i.currency = ?
order by l.partition_id
"""


@dataclass(frozen=True)
class Closed:
    """What came of a closing."""

    folder: Path
    currencies: tuple[str, ...]


def close(
    folders: Folders,
    month: str,
    currency: str | None,
    *,
    closed_by: str,
    closed_at: datetime,
    with_open_breaks: str | None = None,
) -> Closed:
    """Certifies the published numbers of a month, with the rows that they stand on.

    Errors:  UsageError when there is nothing to close, or something speaks against it and no reason is given.
    """
    require_month(month)
    info = published_info(folders)
    with open_published(folders) as connection:
        assert info is not None  # or nothing could have been opened
        currencies = _to_close(folders, connection, month, currency)
        objections = [
            text for code in currencies for text in sign_off.objections(connection, info["as_of"], month, code)
        ]
        if objections and not (with_open_breaks or "").strip():
            raise UsageError(
                f"{month} is not closed: {'; '.join(objections)}. Settle, accept or dispute them with a comment, "
                'close another currency (--currency), or close it as it is: --with-open-breaks "reason"'
            )
        certificate: dict[str, Any] = {
            "format": FORMAT,
            "month": month,
            "currencies": list(currencies),
            "closed_by": closed_by,
            "closed_at": closed_at.isoformat(),
            "as_of": f"{info['as_of'].isoformat()}Z",
            "generation": info["generation"],
            "input_digest": info.get("input_digest", ""),
            "objections": objections,
            "reason": with_open_breaks if objections else None,
            "numbers": {code: numbers(connection, month, code) for code in currencies},
            "lines_read": {code: _lines_read(connection, month, code) for code in currencies},
            "landing": _landing_hashes(folders, connection),
            "versions": {
                "python": platform.python_version(),
                "program": importlib.metadata.version("partner-center-reconciliation"),
                "built_with": info.get("versions", ""),
            },
        }
        rows = evidence(connection, month, currencies)
        digits = dict(connection.execute("select currency, minor_digits from seeds.currencies").fetchall())
    aside = folders.closed / f".incoming-{uuid.uuid4().hex[:8]}"
    aside.mkdir(parents=True, mode=0o700)
    try:
        _write(aside, certificate, rows, digits)
        return Closed(_put_in_place(folders, aside, month), currencies)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def numbers(connection: duckdb.DuckDBPyConnection, month: str, currency: str) -> dict[str, str]:
    """What a closing certifies, by name, exact and as text: verdict, counts, totals, open breaks by code."""
    cursor = connection.execute(
        "select * exclude (period, currency) from marts.fct_reconciliation where period = ? and currency = ?",
        [month, currency],
    )
    names = [column[0] for column in cursor.description or []]
    values = cursor.fetchall()
    found = {name: _text(value) for row in values for name, value in zip(names, row, strict=True)}
    documents = connection.execute(_DOCUMENTS, [month, currency]).fetchall()[0]
    counted = ("documents_count", "documents_amount", "lines_count", "lines_amount")
    found |= {name: _text(value) for name, value in zip(counted, documents, strict=True)}
    for code, count, at_risk in connection.execute(_OPEN_BREAKS, [month, currency] * 2).fetchall():
        found |= {f"{code}_count": _text(count), f"{code}_at_risk": _text(at_risk)}
    return found


def closed_lines(folders: Folders, connection: duckdb.DuckDBPyConnection, month: str | None = None) -> Iterator[str]:
    """What is closed, and whether the numbers of this database are still the closed ones."""
    for period, currency, closing in standing(folders):
        if month not in (None, period):
            continue
        about = closing.certificate
        then, now = about["numbers"][currency], numbers(connection, period, currency)
        # What is new since has no number of then: a break of another rule, for one.
        moved = ", ".join(
            f"{name} {then.get(name, 'none')} -> {now.get(name, 'none')}"
            for name in (*then, *(name for name in now if name not in then))
            if now.get(name) != then.get(name)
        )
        yield (
            f"{currency} {period}: closed {about['closed_at'][:10]} by {about['closed_by']} "
            f"(generation {about['generation']}); today's numbers "
            + (f"differ from the closed ones: {moved}" if moved else "equal the closed ones")
        )


def _write(
    folder: Path, certificate: dict[str, Any], rows: Mapping[str, pa.Table], digits: Mapping[str, int]
) -> None:
    """Evidence first, then the certificate, which names every file of it with its hash."""
    month, all_numbers = certificate["month"], certificate["numbers"]
    write_parquet(rows, folder)
    first = [(name, str(certificate[name])) for name in ("month", "closed_by", "closed_at", "as_of", "generation")]
    first += [(f"{code} {name}", text) for code, found in all_numbers.items() for name, text in found.items()]
    write_workbook(rows, first, digits, folder / f"{month}.xlsx")
    for code, read in certificate["lines_read"].items():
        _write_readings(folder, code, month, datetime.fromisoformat(certificate["closed_at"]), read)
    certificate["evidence"] = {
        file.name: {"sha256": sha256_of(file.read_bytes()), **_row_count(rows, file)}
        for file in sorted(folder.iterdir())
    }
    write_atomically(folder / CERTIFICATE, json.dumps(certificate, indent=1).encode())


def _to_close(
    folders: Folders, connection: duckdb.DuckDBPyConnection, month: str, currency: str | None
) -> tuple[str, ...]:
    there = [
        str(row[0])
        for row in connection.execute(
            "select currency from marts.fct_reconciliation where period = ? order by currency", [month]
        ).fetchall()
    ]
    closed = {code for period, code, _ in standing(folders) if period == month}
    wanted = [code for code in there if currency in (None, code)]
    if not wanted:
        raise UsageError(
            f"there is nothing for {month}{f' in {currency}' if currency else ''} in the published marts"
        )
    open_ones = tuple(code for code in wanted if code not in closed)
    if not open_ones:
        raise UsageError(f"{month} is closed in {', '.join(wanted)} already; `recon reopen {month}` opens it again")
    return open_ones


def _lines_read(connection: duckdb.DuckDBPyConnection, month: str, currency: str) -> list[dict[str, str]]:
    names = ("partition_id", "walk_id", "status", "failure_reason")
    rows = connection.execute(_LINES_READ, [month, currency]).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _landing_hashes(folders: Folders, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """One hash for each endpoint over the manifests of every reading that counts."""
    counting = {
        (row[0], row[1])
        for row in connection.execute("select endpoint, walk_id from partner_center_raw.load_ledger").fetchall()
    }
    landing = Landing(folders.landing)
    hashed: dict[str, list[str]] = {}
    for partition in landing.partitions():
        folder = landing.partition_folder(partition.endpoint, partition.values)
        for walk in partition.walks:
            if (partition.endpoint, walk.walk_id) in counting:
                manifest = sha256_of((folder / walk.walk_id / "manifest.json").read_bytes())
                hashed.setdefault(partition.endpoint, []).append(
                    f"{partition.partition_id} {walk.walk_id} {manifest}"
                )
    return {
        endpoint: {"manifests": len(lines), "sha256": sha256_of("\n".join(sorted(lines)).encode())}
        for endpoint, lines in sorted(hashed.items())
    }


def _write_readings(
    folder: Path, currency: str, month: str, closed_at: datetime, read: Sequence[Mapping[str, Any]]
) -> None:
    moment = closed_at.replace(tzinfo=None)
    rows = [
        {"partition_id": one["partition_id"], "walk_id": one["walk_id"], "period": month, "closed_at": moment}
        for one in read
        if one["walk_id"]
    ]
    names = [(name, pa.string()) for name in ("partition_id", "walk_id", "period")]
    schema = pa.schema([*names, ("closed_at", pa.timestamp("us"))])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"readings-{currency}.parquet")


def _row_count(rows: Mapping[str, pa.Table], file: Path) -> dict[str, int]:
    return {"rows": rows[file.stem].num_rows} if file.stem in rows else {}


def _put_in_place(folders: Folders, aside: Path, month: str) -> Path:
    for file in aside.iterdir():
        file.chmod(0o600)
        sync_folder(file)
    sync_folder(aside)
    numbers_taken = [int(closing.folder.name) for closing in closings(folders, month)]
    target = folders.closed / month / str(max(numbers_taken, default=0) + 1)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    aside.rename(target)
    sync_folder(target.parent)
    return target


def _text(value: Any) -> str:
    return money_text(value) if isinstance(value, Decimal) else "none" if value is None else str(value)
