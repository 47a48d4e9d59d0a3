"""A pretend Partner Center for the demo, the tests and the benchmarks. It imports nothing from the other modules."""

from pipelines.sandbox.app import SandboxApp
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.faults import Faults
from pipelines.sandbox.server import Server, serve
from pipelines.sandbox.world import DEFAULT_CLOCK, World, build_world

__all__ = ["DEFAULT_CLOCK", "Faults", "PlantedBreak", "SandboxApp", "Server", "World", "build_world", "serve"]
