"""`dateline settings`: values and where they come from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import typer
from dotenv import dotenv_values
from pydantic import SecretStr

from cli.context import settings_of
from cli.options import JsonFlag
from cli.output import plain, print_json, print_table
from pipeline.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def settings(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List the settings: name of the environment variable, value, origin, meaning. Secrets are hidden."""
    found = settings_of(ctx)
    rows = [
        {"name": f"DATELINE_{name.upper()}", "value": _shown(getattr(found, name)), "origin": _origin(name), "meaning": field.description}
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        "Settings",
        ("variable", "value", "origin", "meaning"),
        [(row["name"], _text(row["value"]), row["origin"], row["meaning"]) for row in rows],
    )


def _shown(value: Any) -> Any:
    return "(hidden)" if isinstance(value, SecretStr) else plain(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _origin(name: str) -> str:
    """Where a value comes from. The environment wins over `.env`; names are read in any case, as pydantic-settings reads them."""
    variable = f"dateline_{name}"
    if variable in {key.lower() for key in os.environ}:
        return "environment"
    file = Settings.model_config.get("env_file")
    if isinstance(file, str | Path) and variable in {key.lower() for key in dotenv_values(file)}:
        return str(file)
    return "default"
