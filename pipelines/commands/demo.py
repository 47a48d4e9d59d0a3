"""`recon demo`: the whole job on the sandbox."""

from __future__ import annotations

import os

import click

from pipelines.commands.common import FAILED, prepare, reports_folder
from pipelines.commands.output import Document, json_option
from pipelines.commands.report import write_reports
from pipelines.commands.runs import whole_run
from pipelines.warehouse import open_published

_SCALE, _SEED = 1.0, 7
_CONFIRMED = "select break_id from recon_memory.annotations where accept_order_id is not null limit 1"


@click.command(short_help="The whole job on the built-in sandbox")
@click.option("--scale", default=_SCALE, show_default=True, help="Size of the pretend business; 1 is 20,000 lines.")
@click.option("--seed", default=_SEED, show_default=True, help="Another seed is another business.")
@json_option
def demo(document: Document, scale: float, seed: int) -> int:
    """The whole job on the built-in sandbox: no credentials, no network."""
    from pipelines.demo import claim_business, compared, demo_settings, planted_breaks, sandbox_process
    from pipelines.sandbox import DEFAULT_CLOCK

    settings, folders = prepare()
    options = ([f"--scale {scale:g}"] if scale != _SCALE else []) + ([f"--seed {seed}"] if seed != _SEED else [])
    claim_business(folders, options)
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
        confirmed = connection.execute(_CONFIRMED).fetchone()
    found = {str(row[0]): int(row[1]) for row in rows}
    reasons = ["as RECON_AS_OF is another moment than the sandbox's"] if as_of != DEFAULT_CLOCK else []
    reasons += ["as a note has confirmed an order"] if confirmed else []
    lines, has_passed = compared(planted, found, why_not=" and ".join(reasons))
    document.add(planted=planted, found=found, example_break_id=example[0] if example else None)
    for line in lines:
        click.echo(line)
    for file in write_reports(folders, reports_folder(folders)).values():
        click.echo(f"report: {file}")
    if example:
        click.echo(f"next: make explain ARGS={example[0]}")
    return code if has_passed else FAILED
