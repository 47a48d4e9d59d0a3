"""`recon disputes`: letters to the vendor, with evidence."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.commands.common import prepare, reports_folder
from pipelines.commands.completing import breaks
from pipelines.commands.output import Document, json_option
from pipelines.files import write_atomically
from pipelines.warehouse import open_published, published_info


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
