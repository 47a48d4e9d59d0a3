"""Shared by all tests: this folder is on the path, so that tests may import `sandboxed`."""
