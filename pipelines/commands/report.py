"""`recon report`: the workbook and the page of a published result."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.common import as_of_option, prepare, reports_folder
from pipelines.commands.completing import months
from pipelines.commands.output import Document, json_option
from pipelines.errors import UsageError
from pipelines.files import put_in_place
from pipelines.warehouse import Folders, open_published, published_info


@click.command(short_help="Excel workbook and HTML page of the published result")
@click.option(
    "--period", metavar="YYYY-MM", shell_complete=months, help="Only what is of this month; default: all months."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the two files go; default: `reports` in the data directory.",
)
@as_of_option
@json_option
def report(document: Document, period: str | None, out: Path | None, as_of: datetime | None) -> None:
    """Write a workbook to work in, with columns for notes that `recon annotate` reads, and a page to read."""
    if out is not None and out.suffix.lower() in (".xlsx", ".html", ".htm", ".pdf"):
        raise UsageError(f"--out names a folder, and two files go there; write --out {out.parent}")
    _, folders = prepare()
    files = write_reports(folders, out or reports_folder(folders), as_of=as_of, period=period)
    document.add(files=files)
    for file in files.values():
        click.echo(str(file))


def write_reports(
    folders: Folders, folder: Path, *, as_of: datetime | None = None, period: str | None = None
) -> dict[str, Path]:
    """Writes the files of the published result, or of an enquiry; by what they are.

    Shape:   the names have the generation (an enquiry's its moment), and the month where one is asked for.
    """
    from pipelines.annotations import newest_annotations
    from pipelines.closing import closed_lines
    from pipelines.reports.page import write_page
    from pipelines.reports.workbook import write_workbook

    info = published_info(folders, as_of)
    with open_published(folders, as_of) as connection:
        assert info is not None  # or nothing could have been opened
        made_from = f"as-of-{as_of:%Y-%m-%dT%H%M%SZ}" if as_of else f"g{info['generation']:06d}"
        name = f"reconciliation-{made_from}" + (f"-{period}" if period else "")
        files = {"workbook": folder / f"{name}.xlsx", "page": folder / f"{name}.html"}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        notes = {} if as_of else newest_annotations(folders)
        closed = () if as_of else tuple(closed_lines(folders, connection, period))
        # Aside first, with the rows that wait for the end: somebody may have the file of before open.
        with tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder) as incoming:
            aside = Path(incoming) / "workbook.xlsx"
            write_workbook(connection, aside, period=period, notes=notes, is_enquiry=as_of is not None)
            put_in_place(aside, files["workbook"])
        write_page(connection, files["page"], period=period, closed=closed, is_enquiry=as_of is not None)
    return files
