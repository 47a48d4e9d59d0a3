"""Arguments in, exit code out. What a command does is elsewhere.

0 done (check: clean) · 1 check: open breaks · 2 check: not reconciled · 3 the run failed, nothing was
published · 4 wrong usage or settings · 5 another run holds the lock · 6 published, but some partitions
could not be read
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import duckdb

from pipelines.errors import LockHeld, ReconError, SettingsError, UsageError
from pipelines.settings import Settings, read_settings
from pipelines.warehouse import Folders, exclusive_run, open_published, published_info

if TYPE_CHECKING:
    from pipelines.load import LoadResult
    from pipelines.progress import Progress

DONE, FAILED, WRONG_USAGE, LOCKED, PARTLY_READ = 0, 3, 4, 5, 6


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partner-center-reconciliation", prog_name="recon")
def cli() -> None:
    """Proves, line by line, what Microsoft Partner Center billed."""


@cli.command()
@click.argument("resources", nargs=-1)
@click.option("--rebuild", is_flag=True, help="Make the working database again from the landing, without the API.")
def load(resources: tuple[str, ...], rebuild: bool) -> None:
    """Pull what is new (all RESOURCES, or those named)."""
    from pipelines import load as loading
    from pipelines.landing import Landing

    settings, folders = _prepare()
    _check_resources(resources)
    with exclusive_run(folders, "load"), _progress(folders, "load") as progress:
        if rebuild:
            progress.phase("loading the landing into a new database", 0)
            click.echo(f"{loading.rebuild(folders):,} walks loaded from {Landing(folders.landing).folder}")
            _exit_for_unread(folders)
            return
        click.echo(_load_text(_load(settings, folders, progress, frozenset(resources))))
    _exit_for_unread(folders)


@cli.command()
def transform() -> None:
    """Build and check all models on the working database (dbt build); publishes nothing."""
    from pipelines import run as running

    settings, folders = _prepare()
    with exclusive_run(folders, "transform"), _progress(folders, "transform") as progress:
        progress.phase("building and checking the models", 0)
        done = running.build(
            folders,
            as_of=settings.as_of,
            generation=running.next_generation(folders),
            not_compared_share=settings.not_compared_share,
            on_node=progress.node_done,
        )
    click.echo(f"{done.built:,} models and seeds built, {done.checks:,} checks hold; `recon run` publishes")


@cli.command()
def run() -> None:
    """Load, transform, publish, and one statement per currency."""
    settings, folders = _prepare()
    settings.require_sign_in()
    _run(settings, folders, "run")


@cli.command()
@click.option("--scale", default=1.0, show_default=True, help="Size of the pretend business; 1 is 20,000 lines.")
@click.option("--seed", default=7, show_default=True, help="Another seed is another business.")
def demo(scale: float, seed: int) -> None:
    """The whole job on the built-in sandbox: no credentials, no network."""
    from pipelines.demo import demo_settings, planted_breaks, sandbox_process
    from pipelines.sandbox import DEFAULT_CLOCK

    settings, folders = _prepare()
    click.echo("A pretend Partner Center on this machine; its customers, orders and invoices are made up.", err=True)
    with sandbox_process(scale=scale, seed=seed) as url:
        as_of = settings.as_of if os.environ.get("RECON_AS_OF") else DEFAULT_CLOCK
        code = _run(demo_settings(settings, url, as_of), folders, "demo", leave=False)
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
    for break_code in sorted({*planted, *found}):
        if planted.get(break_code, 0) != found.get(break_code, 0):
            click.echo(f"  {break_code}: planted {planted.get(break_code, 0)}, found {found.get(break_code, 0)}")
    if example:
        click.echo(f"next: make explain ARGS={example[0]}")
    sys.exit(code if found == planted else FAILED)


@cli.command()
@click.option("--period", metavar="YYYY-MM", help="This month instead of the newest due one.")
@click.option(
    "--fail-on", type=click.Choice(["low", "medium", "high", "critical"]), default="high", show_default=True
)
def check(period: str | None, fail_on: str) -> None:
    """Read the published verdict; the exit code says it."""
    from pipelines.reports import verdict

    settings, folders = _prepare()
    info = published_info(folders)
    with open_published(folders) as connection:
        assert info is not None  # or nothing could have been opened
        result = verdict.check(connection, as_of=info["as_of"], period=period, fail_on=fail_on)  # type: ignore[arg-type]
    click.echo("\n".join(result.lines))
    age = settings.as_of.replace(tzinfo=None) - info["as_of"]
    click.echo(f"as of {info['as_of']:%Y-%m-%d %H:%M} UTC" + (f", {age.days} days ago" if age.days > 0 else ""))
    sys.exit(result.exit_code)


@cli.command()
@click.argument("subject", metavar="BREAK_ID | INVOICE")
@click.argument("line", required=False, metavar="[LINE]")
def explain(subject: str, line: str | None) -> None:
    """Why a break, an invoice or a line is what it is."""
    from pipelines.reports import explanation

    _, folders = _prepare()
    with open_published(folders) as connection:
        for text in explanation.explain(connection, subject, line):
            click.echo(text)


@cli.command()
@click.argument("query", required=False)
@click.option("--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def sql(query: str | None, shape: str) -> None:
    """Ask the published database (read-only); without QUERY, line by line."""
    from pipelines.reports import query as queries

    _, folders = _prepare()
    with open_published(folders) as connection:
        if query is not None:
            queries.show(connection, query, shape, sys.stdout)
        else:
            queries.ask(connection, shape)


@cli.command()
@click.option("--offline", is_flag=True, help="Do not try the sign-in.")
def doctor(offline: bool) -> None:
    """Settings (secrets masked), sign-in, clock, disk, lock, versions, last load."""
    from pipelines.doctor import examine
    from pipelines.session import open_client

    settings, folders = _prepare(make=False)
    can_sign_in = bool(settings.tenant_id and settings.client_id and settings.client_secret) and not offline
    client = open_client(settings, folders) if can_sign_in else None
    findings = list(examine(settings, client))
    for finding in findings:
        click.echo(f"{'ok ' if finding.is_good else 'NOT'}  {finding.name}: {finding.text}")
    sys.exit(DONE if all(finding.is_good for finding in findings) else FAILED)


@cli.command()
@click.option("--port", default=8080, show_default=True, help="0 takes a free one.")
@click.option("--scale", default=1.0, show_default=True)
@click.option("--seed", default=7, show_default=True)
def sandbox(port: int, scale: float, seed: int) -> None:
    """The pretend Partner Center alone, on loopback, until interrupted."""
    from pipelines.demo import READY, sandbox_environment
    from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, build_world, serve

    app = SandboxApp(build_world(seed=seed, scale=scale), clock=DEFAULT_CLOCK)
    with serve(app, port=port) as server:
        click.echo(f"{READY}{server.url}\nto read it from another terminal:")
        for name, value in sandbox_environment(server.url, DEFAULT_CLOCK).items():
            click.echo(f"  export {name}={value}")
        click.echo("then: recon run")
        sys.stdout.flush()
        while True:
            time.sleep(3600)


def main() -> None:
    """The program `recon`: runs a command and turns every failure into one message and an exit code."""
    os.umask(0o077)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; what was read stays, nothing was published", err=True)
        sys.exit(130)
    except (SettingsError, UsageError) as error:
        click.echo(f"recon: {error}", err=True)
        sys.exit(WRONG_USAGE)
    except LockHeld as error:
        click.echo(f"recon: {error}", err=True)
        sys.exit(LOCKED)
    except (ReconError, duckdb.Error, OSError) as error:
        click.echo(f"recon: {error}", err=True)
        sys.exit(FAILED)


def _prepare(*, make: bool = True) -> tuple[Settings, Folders]:
    settings = read_settings()
    folders = Folders(settings.data_dir)
    if make:
        folders.make()
    return settings, folders


def _check_resources(resources: tuple[str, ...]) -> None:
    from pipelines.partner_center.endpoints import ENDPOINTS

    unknown = [name for name in resources if name not in ENDPOINTS]
    if unknown:
        raise UsageError(f"no resource `{unknown[0]}`; there are {', '.join(ENDPOINTS)}")


@contextmanager
def _progress(folders: Folders, command: str) -> Iterator[Progress]:
    from pipelines.progress import Progress

    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    with Progress(Path(folders.logs) / f"{stamp}-{command}-{os.getpid()}.jsonl") as progress:
        yield progress


def _load(settings: Settings, folders: Folders, progress: Progress, resources: frozenset[str]) -> LoadResult:
    from pipelines import load as loading
    from pipelines.session import claim_data_dir, open_client

    settings.require_sign_in()
    claim_data_dir(settings, folders)
    with open_client(settings, folders, progress) as client:
        return loading.load(folders, client, settings.as_of, progress, resources)


def _run(settings: Settings, folders: Folders, command: str, *, leave: bool = True) -> int:
    from pipelines import run as running
    from pipelines.reports.statement import statement

    with exclusive_run(folders, command), _progress(folders, command) as progress:
        running.refuse_earlier_moment(published_info(folders), settings.as_of)
        running.catch_up(folders)
        loaded = _load(settings, folders, progress, frozenset())
        progress.phase("building, checking and publishing", 0)
        done = running.build_and_publish(
            folders,
            as_of=settings.as_of,
            not_compared_share=settings.not_compared_share,
            loaded=loaded,
            on_node=progress.node_done,
        )
    click.echo(_load_text(loaded))
    if not done.is_new:
        click.echo(f"nothing new: generation {done.generation} stays published")
    with open_published(folders) as connection:
        for line in statement(connection):
            click.echo(line)
    click.echo(f"published: {folders.published} (generation {done.generation})")
    code = _unread_code(folders)
    if leave:
        sys.exit(code)
    return code


def _load_text(loaded: LoadResult) -> str:
    return f"read {loaded.new:,} new, {loaded.same:,} unchanged partitions, {loaded.items_read:,} items"


def _unread_code(folders: Folders) -> int:
    from pipelines import ledger
    from pipelines.warehouse import open_build

    with open_build(folders) as connection:
        unread = ledger.unread_partitions(connection)
    by_reason: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for partition_id, status, reason in unread:
        by_reason[partition_id.split("/")[0], status, reason].append(partition_id)
    for (endpoint, status, reason), partitions in sorted(by_reason.items()):
        named = partitions[0] if len(partitions) == 1 else f"{len(partitions):,} of {endpoint}, first {partitions[0]}"
        click.echo(f"not read ({status}): {named}: {reason}")
    return PARTLY_READ if unread else DONE


def _exit_for_unread(folders: Folders) -> None:
    sys.exit(_unread_code(folders))
