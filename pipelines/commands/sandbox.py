"""`recon sandbox`: the pretend Partner Center alone."""

from __future__ import annotations

import time
from contextlib import suppress

import click

from pipelines.commands.common import DONE
from pipelines.commands.output import Document, json_option


@click.command(short_help="The pretend Partner Center alone")
@click.option("--port", default=8080, show_default=True, help="0 takes a free one.")
@click.option("--scale", default=1.0, show_default=True)
@click.option("--seed", default=7, show_default=True)
@json_option
def sandbox(document: Document, port: int, scale: float, seed: int) -> None:
    """The pretend Partner Center alone, on loopback, until interrupted."""
    from pipelines.demo import READY, sandbox_environment
    from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, build_world, serve

    app = SandboxApp(build_world(seed=seed, scale=scale), clock=DEFAULT_CLOCK)
    with serve(app, port=port) as server:
        environment = sandbox_environment(server.url, DEFAULT_CLOCK)
        document.add(url=server.url, environment=environment)
        document.end(DONE)
        click.echo(f"{READY}{server.url}\nto read it from another terminal:")
        for name, value in environment.items():
            click.echo(f"  export {name}={value}")
        click.echo("then: recon run")
        # Being stopped is how it ends.
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
