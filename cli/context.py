"""What a command finds out about how it was called."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module
from pathlib import Path

import typer
from dotenv import dotenv_values

from cli.options import Options
from pipeline.settings import Settings, load_settings

_PREFIX = "dateline_"
_NOT_SETTINGS = ("test_database_url",)  # of the test suite


def settings_of(ctx: typer.Context) -> Settings:
    """The settings that a command works with: the environment's, or the demo's. Raises SettingsError."""
    settings = load_settings()
    return settings.model_copy(update=_demo_values(ctx, settings))


def origins_of(ctx: typer.Context) -> dict[str, str]:
    """Where each setting that has not its default comes from, by its name: "demo", which wins, or as of `variables`."""
    set_outside = {name.removeprefix(_PREFIX): origin for name, origin in variables().items()}
    return set_outside | dict.fromkeys(_demo_values(ctx, load_settings()), "demo")


def _demo_values(ctx: typer.Context, settings: Settings) -> dict[str, object]:
    """What the demo sets; nothing without `--demo`."""
    options = ctx.find_object(Options)
    if options is None or not options.demo:
        return {}
    found: dict[str, object] = import_module("flows.local").demo_values(settings)  # brings much along that other commands need not wait for
    return found


def variables() -> dict[str, str]:
    """Where each `DATELINE_*` variable that is set comes from: "environment", which wins, or the name of the file. Names in lower case."""
    file = Settings.model_config.get("env_file")
    named = dict.fromkeys(dotenv_values(file), str(file)) if isinstance(file, str | Path) else {}
    named |= dict.fromkeys(os.environ, "environment")
    return {name.lower(): origin for name, origin in named.items() if name.lower().startswith(_PREFIX)}


def unknown_variables() -> list[str]:
    """Those of them that are no setting: misspelt ones."""
    return sorted(name.upper() for name in variables() if name.removeprefix(_PREFIX) not in {*Settings.model_fields, *_NOT_SETTINGS})


def command_line(arguments: str, *, demo: bool) -> str:
    """How to call Dateline as it was called now, for hints: "dateline --demo status"."""
    called = "dateline" if shutil.which("dateline") else _relative(Path(sys.argv[0]))
    return f"{called}{' --demo' if demo else ''} {arguments}"


def _relative(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)
