"""What the documents say: their tables, their code, and the commands that they ask the reader to type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ANALYSTS = ROOT / "notebooks" / "guides"
OPERATORS = ROOT / "pipelines" / "guides"
NOT_OURS = {".venv", ".git", "node_modules", "target", "dbt_packages", "__pycache__", "data", "build", "dist"}
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part in NOT_OURS or part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])
)

_SHELL_BLOCK = r"^ *```sh\n(.*?)^ *```\n(?:\n```text\n(.*?)^```)?"


def name_of(path: Path) -> str:
    """As the tests call a document."""
    return path.relative_to(ROOT).as_posix()


def section_of(text: str, title: str) -> str:
    """What stands below a heading of the second level."""
    return re.split(r"^## ", text.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table_rows(text: str, first_heading: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {first_heading} |"):
            next(lines)
            break
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def code_of(text: str) -> Iterator[str]:
    """What stands in code blocks, line by line, and in backticks."""
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    for block in blocks:
        yield from block.splitlines()
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (" ".join(found.split()) for found in re.findall(r"`([^`]+)`", prose))


def calls_of(text: str, name: str) -> Iterator[list[str]]:
    """Calls of a program in a document, as words."""
    for found in code_of(text):
        call = re.match(rf"(?:\w+=\S+ +)*(?:\S*/)?{name} +(.+)", found.strip())
        if call:
            yield shlex.split(call[1], comments=True)


def shell_commands(text: str) -> list[tuple[str, list[str]]]:
    """What the reader is asked to type, in order: each command of a ```sh block, without its comment.

    Shape:   beside it the lines of the ```text block that follows, where the command stands alone in its block.
    """
    found = []
    for block, answer in re.findall(_SHELL_BLOCK, text, re.MULTILINE | re.DOTALL):
        lines = re.sub(r"\\\n *", " ", block).splitlines()
        commands = [command for line in lines if (command := re.sub(r"(^|\s)#\s.*$", "", line).strip())]
        found += [(command, answer.splitlines() if len(commands) == 1 else []) for command in commands]
    return found
