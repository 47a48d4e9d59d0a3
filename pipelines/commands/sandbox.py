"""`recon sandbox`: the pretend Partner Center alone."""

from __future__ import annotations

import sys
import time

import click


@click.command(short_help="The pretend Partner Center alone")
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
