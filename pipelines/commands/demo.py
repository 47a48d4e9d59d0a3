"""`recon demo`: the whole job on the sandbox."""

from __future__ import annotations

import os

import click

from pipelines.commands.common import FAILED, prepare, reports_folder
from pipelines.commands.output import Document, json_option
from pipelines.commands.report import write_reports
from pipelines.commands.runs import whole_run
from pipelines.warehouse import open_published


@click.command(short_help="The whole job on the built-in sandbox")
@click.option("--scale", default=1.0, show_default=True, help="Size of the pretend business; 1 is 20,000 lines.")
@click.option("--seed", default=7, show_default=True, help="Another seed is another business.")
@json_option
def demo(document: Document, scale: float, seed: int) -> int:
    """The whole job on the built-in sandbox: no credentials, no network."""
    from pipelines.demo import demo_settings, planted_breaks, sandbox_process
    from pipelines.sandbox import DEFAULT_CLOCK

    settings, folders = prepare()
    click.echo("A pretend Partner Center on this machine; its customers, orders and invoices are made up.", err=True)
    with sandbox_process(scale=scale, seed=seed) as url:
        as_of = settings.as_of if os.environ.get("RECON_AS_OF") else DEFAULT_CLOCK
        code = whole_run(demo_settings(settings, url, as_of), folders, "demo", document)
        planted = planted_breaks(url)
    with open_published(folders) as connection:
        rows = connection.execute(
            "select break_code, count(*) from marts.fct_breaks where status <> 'resolved' group by break_code"
        ).fetchall()
        example = connection.execute(
            # One with a story: an order, a cancellation, and the credit that never came.
            "select break_id from marts.fct_breaks where status <> 'resolved' "
            "order by break_code = 'cancelled_not_credited' desc, is_primary desc, break_id limit 1"
        ).fetchone()
    found = {str(row[0]): int(row[1]) for row in rows}
    same = "the same, code by code" if found == planted else "NOT the same: this is a fault of the program"
    click.echo(f"planted by the sandbox: {sum(planted.values())} breaks; found: {sum(found.values())}: {same}")
    document.add(planted=planted, found=found, example_break_id=example[0] if example else None)
    for break_code in sorted({*planted, *found}):
        if planted.get(break_code, 0) != found.get(break_code, 0):
            click.echo(f"  {break_code}: planted {planted.get(break_code, 0)}, found {found.get(break_code, 0)}")
    for file in write_reports(folders, reports_folder(folders)).values():
        click.echo(f"report: {file}")
    if example:
        click.echo(f"next: make explain ARGS={example[0]}")
    return code if found == planted else FAILED
