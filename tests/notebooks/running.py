"""A notebook, run cold in this process from its first cell to its last."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@dataclass(frozen=True)
class Page:
    """What a notebook shows, as text without tags, and what its cells worked out."""

    text: str
    values: Mapping[str, Any]

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """The rows of a frame, amounts as text."""
        rows = self.values[name].select(columns).rows()
        return [tuple(f"{one.normalize():f}" if isinstance(one, Decimal) else one for one in row) for row in rows]


def run_notebook(name: str, *arguments: str, data_dir: Path) -> Page:
    """What a notebook shows of a data directory, with what follows `--` on its command line."""
    spec = importlib.util.spec_from_file_location(name, NOTEBOOKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with patch.object(sys, "argv", [name, *arguments]), patch.dict(os.environ, RECON_DATA_DIR=str(data_dir)):
        spec.loader.exec_module(module)
        outputs, values = module.app.run()
    return Page(_text("\n".join(getattr(output, "text", "") for output in outputs)), values)


def _text(page: str) -> str:
    # A callout carries its content in an attribute.
    page = re.sub(r"data-html='([^']*)'[^>]*>", lambda found: ">" + json.loads(html.unescape(found[1])), page)
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))
