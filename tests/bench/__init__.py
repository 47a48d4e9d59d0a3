"""Benchmarks: how many rows a second and how much memory, next to a plain dlt REST source on the same server."""
