"""`recon notebooks`: the notebooks as html pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipelines.commands.common import DONE, as_of_option, prepare, reports_folder
from pipelines.commands.output import Document, json_option, plain
from pipelines.warehouse import open_published


@click.command(short_help="Notebooks as html pages")
@click.argument("names", nargs=-1, metavar="[NOTEBOOK ...]")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to; default: reports/notebooks.")
@click.option("--assets", metavar="URL", help="Where pages get marimo's scripts; default: the network marimo names.")
@as_of_option
@json_option
def notebooks(
    document: Document, names: tuple[str, ...], out: Path | None, assets: str | None, as_of: datetime | None
) -> int:
    """Run notebooks (all, or those named) and write each as an html page."""
    from pipelines.notebook_pages import export

    _, folders = prepare()
    # That nothing is published is said once, and not by each page.
    open_published(folders, as_of).close()
    target = out or reports_folder(folders) / "notebooks"
    target.mkdir(parents=True, exist_ok=True)
    pages = export(names, target, folders.data, plain(as_of) if as_of else None, assets)
    document.add(pages=pages)
    for page in pages:
        click.echo(page)
    return DONE
