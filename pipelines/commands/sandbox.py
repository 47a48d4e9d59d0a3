"""`recon sandbox`: the pretend Partner Center alone."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from pipelines.commands.common import DONE
from pipelines.commands.output import Document, json_option
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pipelines.sandbox import Faults, World


@click.command(short_help="The pretend Partner Center alone")
@click.option("--port", default=8080, show_default=True, help="0 takes a free one.")
@click.option("--scale", default=1.0, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option(
    "--scenario", metavar="CODE", help="A small business with one kind of trouble, by its break code; or `all`."
)
@json_option
def sandbox(document: Document, port: int, scale: float, seed: int, scenario: str | None) -> None:
    """The pretend Partner Center alone, on loopback, until interrupted."""
    from pipelines.demo import READY, sandbox_environment
    from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, serve

    world, faults = _business(scale, seed, scenario)
    app = SandboxApp(world, clock=DEFAULT_CLOCK, faults=faults)
    # Being stopped is how it ends.
    with suppress(KeyboardInterrupt), serve(app, port=port) as server:
        environment = sandbox_environment(server.url, DEFAULT_CLOCK)
        document.add(url=server.url, environment=environment)
        document.end(DONE)
        click.echo(f"{READY}{server.url}\nto read it from another terminal:")
        for name, value in environment.items():
            click.echo(f"  export {name}={value}")
        click.echo("then: recon run")
        while True:
            time.sleep(3600)


def _business(scale: float, seed: int, scenario: str | None) -> tuple[World, Faults]:
    """Ordinary business with everything that can be planted in it, or one of the scenarios."""
    from pipelines.sandbox import Faults, build_world
    from pipelines.sandbox.scenarios import build_scenario

    if scenario is None:
        return build_world(seed=seed, scale=scale), Faults()
    try:
        told = build_scenario(scenario, seed)
    except ValueError as unknown:
        raise UsageError(f"{unknown}.") from unknown
    return told.world, told.faults
