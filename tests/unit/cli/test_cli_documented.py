"""docs/cli.md speaks of every command and every option, and of no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.main import COMMANDS, load

_PAGE = (Path(__file__).resolve().parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
_FOR_ALL = {"--json", "--help"}


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its whole name."""
    for entry in COMMANDS:
        command = load(entry.name)
        if hasattr(command, "commands"):
            yield from ((f"{entry.name} {name}", one) for name, one in command.commands.items())
        else:
            yield entry.name, command


def section(name: str) -> str:
    """What the page says of a command."""
    found = re.search(rf"^### `dateline {name}(?: [^`]*)?`\n(.*?)(?=^##|\Z)", _PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/cli.md has no section `dateline {name}`"
    return found.group()


def options(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}


def test_every_command_and_option_is_documented() -> None:
    for name, command in commands():
        text = section(name)
        for option in options(command) - {"--help"}:
            assert option in text, f"docs/cli.md says nothing of {option} of `dateline {name}`"


def test_nothing_else_is_documented() -> None:
    known = dict(commands())
    headings = re.findall(r"^### `dateline ((?:sources |articles |rules )?\w+)", _PAGE, re.MULTILINE)
    assert set(headings) == set(known)
    for name, command in known.items():
        mentioned = set(re.findall(r"`[^`]*?(--[a-z-]+)", section(name))) - _FOR_ALL - {"--demo"}
        assert mentioned <= options(command), f"`dateline {name}` has no {mentioned - options(command)}"
