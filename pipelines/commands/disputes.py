"""`recon disputes`: letters to the vendor, with evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands.common import prepare, reports_folder
from pipelines.commands.completing import breaks
from pipelines.commands.output import Document, json_option
from pipelines.files import write_atomically
from pipelines.warehouse import open_published, published_info

if TYPE_CHECKING:
    from pipelines.reports.disputes import Dispute

_LETTER = re.compile(r"dispute-[0-9a-f]{12}(\.md|-evidence\.csv)")


@click.command(short_help="Letters to the vendor, with evidence")
@click.argument("break_ids", nargs=-1, metavar="[BREAK_ID ...]", shell_complete=breaks)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where letters and evidence go; default: `reports/disputes-<date>` in the data directory.",
)
@json_option
def disputes(document: Document, break_ids: tuple[str, ...], out: Path | None) -> None:
    """Write a dispute with evidence for every open break that asks too much of us, or for those named; one index."""
    from pipelines.reports import dispute_letter, dispute_tables
    from pipelines.reports.disputes import disputes as disputed
    from pipelines.reports.statement import amount_text

    _, folders = prepare()
    info = published_info(folders)
    with open_published(folders) as connection:
        found = disputed(connection, break_ids)
    assert info is not None  # or nothing could have been opened
    folder = out or reports_folder(folders) / f"disputes-{info['as_of']:%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in found:
        write_atomically(folder / dispute_letter.letter_name(one), dispute_letter.letter(one).encode())
        write_atomically(folder / dispute_letter.evidence_name(one), dispute_tables.evidence_csv(one).encode())
    if not break_ids:
        remove_former_letters(folder, found)
    write_atomically(folder / "index.csv", dispute_tables.index_csv(found).encode())
    totals = dispute_tables.totals(found)
    document.add(
        index=folder / "index.csv",
        letters=[folder / dispute_letter.letter_name(one) for one in found],
        totals=[
            {"currency": currency, "count": count, "amount": amount}
            for currency, (count, amount, _) in totals.items()
        ],
    )
    for currency, (count, amount, digits) in totals.items():
        click.echo(f"{currency}: {count:,} disputes, {amount_text(amount, digits)}")
    click.echo(f"{len(found):,} disputes, with an index: {folder / 'index.csv'}")


def remove_former_letters(folder: Path, found: Sequence[Dispute]) -> None:
    """Letters of an earlier list of the same folder would ask again for what was settled since."""
    from pipelines.reports.dispute_letter import evidence_name, letter_name

    written = {name(one) for one in found for name in (letter_name, evidence_name)}
    for file in folder.glob("dispute-*"):
        if _LETTER.fullmatch(file.name) and file.name not in written:
            file.unlink()
