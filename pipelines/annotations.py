"""What analysts note about breaks: read from a file, checked row by row, appended, never overwritten.

A file is taken whole or not at all. What a row leaves out stays as it was noted before: a column that the
file does not have says nothing; an empty cell in a column that it has clears the note; an empty status keeps
the status.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.annotation_files import MARK, NOTES, STATUSES, note_mark, read_rows
from pipelines.errors import UsageError
from pipelines.files import put_in_place
from pipelines.history import declared_columns
from pipelines.warehouse import Folders, open_published, published_info

_NEEDS_COMMENT = ("high", "critical")
_ERRORS_SHOWN = 20
_ARROW = {"bigint": pa.int64(), "timestamp": pa.timestamp("us"), "varchar": pa.string()}

Row = dict[str, Any]


@dataclass(frozen=True)
class Imported:
    """What came of a file: rows noted, rows that say what was known already, rows without any note."""

    noted: int
    unchanged: int
    without_note: int


def import_annotations(folders: Folders, file: Path, as_of: datetime, annotated_by: str) -> Imported:
    """Notes about breaks of the published result, from a CSV file or a workbook.

    Shape:   `break_id` and any of status, owner, comment, ticket, expected_at, accept_order_id, annotated_by;
             other columns are not looked at, so that an exported list of breaks can be filled in and read back.
    Errors:  UsageError lists every row that cannot be taken; then nothing is.
    """
    rows = read_rows(file)
    with open_published(folders) as connection:
        breaks = {row["break_id"]: row for row in _dicts(connection, "select * from marts.fct_breaks")}
        candidates = _candidates(connection)
    info = published_info(folders)
    assert info is not None  # or nothing could have been opened
    noted_at = _noted_at(folders, as_of, info["as_of"])
    before = newest_annotations(folders)
    noted: list[Row] = []
    problems: list[str] = []
    unchanged = without_note = 0
    for place, row in rows:
        given = {name: row[name] for name in (*NOTES, "annotated_by") if name in row}
        if row.get(MARK) == note_mark(row):
            # A workbook that we wrote, and nobody touched the row: newer notes stay, whatever came of the break.
            unchanged += 1
            continue
        # A list that was exported with its statuses says nothing by them.
        if given.get("status", "").lower() == breaks.get(row["break_id"], {}).get("status"):
            given["status"] = ""
        if not any(value for name, value in given.items() if name != "annotated_by"):
            # Totals below a list name no break.
            without_note += bool(row["break_id"])
            continue
        known = before.get(row["break_id"], {})
        note, problem = _note(row["break_id"], given, known, breaks, candidates, info["generation"])
        if problem:
            problems.append(f"  {place}: {problem}")
        elif _is_known(note, given, known, breaks[row["break_id"]], info["generation"]):
            unchanged += 1
        else:
            note["annotated_by"] = note["annotated_by"] or annotated_by
            noted.append(note | {"generation": info["generation"], "annotated_at": noted_at})
    if problems:
        more = f"\n  and {len(problems) - _ERRORS_SHOWN} more" if len(problems) > _ERRORS_SHOWN else ""
        raise UsageError(
            f"{len(problems)} rows of {file} cannot be taken, so none is:\n"
            + "\n".join(problems[:_ERRORS_SHOWN])
            + more
        )
    if noted:
        _append(folders, noted)
    return Imported(len(noted), unchanged, without_note)


def _noted_at(folders: Folders, at: datetime, published_as_of: datetime) -> datetime:
    # The sandbox's clock stands still: a note of its future would show in no result to come.
    source = folders.landing / "source.json"
    is_sandbox = source.exists() and json.loads(source.read_text()).get("api") == "loopback"
    moment = at.replace(tzinfo=None)
    return min(moment, published_as_of) if is_sandbox else moment


def newest_annotations(folders: Folders) -> dict[str, Row]:
    """The last note about each break."""
    found: dict[str, Row] = {}
    for path in _files(folders):
        for row in pq.read_table(path).to_pylist():
            found[row["break_id"]] = row
    return found


def annotations_digest(folders: Folders) -> str:
    """A hash of all notes: a new one makes a new result from the same data."""
    return hashlib.sha256("".join(path.name for path in _files(folders)).encode()).hexdigest()[:16]


def _is_known(note: Row, given: Mapping[str, str], known: Mapping[str, Any], found: Row, generation: int) -> bool:
    """Whether a note says nothing new. What was noted of a break that has opened again since has to be said again."""
    if any(note[name] != known.get(name) for name in NOTES if name != "status" or given.get(name)):
        return False
    if not given.get("status"):
        return True
    still_holds = note["status"] in ("open", found["status"]) or found["status"] == "resolved"
    return still_holds or known.get("generation") == generation


def _note(
    break_id: str,
    given: Mapping[str, str],
    known: Mapping[str, Any],
    breaks: Mapping[str, Row],
    candidates: Mapping[str, set[str]],
    generation: int,
) -> tuple[Row, str]:
    """The whole note after this row, or what is wrong with the row."""
    found = breaks.get(break_id)
    if found is None:
        return {}, f"break_id `{break_id}` is not in the published result"
    # A confirmed order resolves its break; taking the confirmation back must stay possible.
    if found["status"] == "resolved" and not known.get("accept_order_id"):
        return {}, f"break {break_id} is resolved; there is nothing left to note"
    note: Row = {name: known.get(name) for name in NOTES}
    note |= {name: value or None for name, value in given.items() if name not in ("status", "expected_at")}
    # What was said before a break opened again was about what had been settled; it has to be said again.
    still_holds = found["status"] != "reopened" or known.get("generation") == generation
    kept = known.get("status") if still_holds else None
    note["status"] = given.get("status", "").lower() or kept or "open"
    note.setdefault("annotated_by", None)
    if note["status"] not in STATUSES:
        return {}, f"status `{note['status']}`; it may be {', '.join(STATUSES)}"
    if "expected_at" in given:
        try:
            note["expected_at"] = datetime.fromisoformat(given["expected_at"]) if given["expected_at"] else None
        except ValueError:
            return {}, f"expected_at `{given['expected_at']}`; write a date like 2026-11-30"
        if note["expected_at"] is not None:
            note["expected_at"] = note["expected_at"].replace(tzinfo=None)
    if note["status"] == "accepted" and found["severity"] in _NEEDS_COMMENT and not note["comment"]:
        return {}, f"accepting break {break_id} of severity {found['severity']} needs a comment"
    order_id = note["accept_order_id"]
    if given.get("accept_order_id") and order_id not in candidates.get(break_id, set()):
        those = ", ".join(sorted(candidates.get(break_id, set()))) or "none"
        return {}, f"accept_order_id `{order_id}` is no candidate of break {break_id}; candidates: {those}"
    return note | {"break_id": break_id, "at_risk_amount": found["at_risk_amount"]}, ""


def _candidates(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Orders that may be confirmed for a break: the candidates of its charges without order."""
    rows = connection.execute(
        "select break_id, candidate_order_id from marts.fct_match_candidates where break_id is not null"
    ).fetchall()
    found: dict[str, set[str]] = {}
    for break_id, order_id in rows:
        found.setdefault(str(break_id), set()).add(str(order_id))
    return found


def _append(folders: Folders, notes: Sequence[Row]) -> None:
    files = _files(folders)
    last = max((pq.read_table(path).column("annotation_number").to_pylist()[-1] for path in files[-1:]), default=0)
    numbered = [note | {"annotation_number": last + index} for index, note in enumerate(notes, start=1)]
    schema = pa.schema(
        [(name, _ARROW.get(kind) or pa.decimal128(38, 12)) for name, kind in declared_columns("annotations")]
    )
    target = folders.annotations / f"annotations-{len(files) + 1:06d}.parquet"
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    pq.write_table(pa.Table.from_pylist(numbered, schema=schema), os.fspath(aside))
    put_in_place(aside, target)


def _files(folders: Folders) -> list[Path]:
    return sorted(folders.annotations.glob("annotations-*.parquet"))


def _dicts(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
