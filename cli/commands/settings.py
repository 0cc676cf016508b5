"""`dateline settings`: values and where they come from."""

from __future__ import annotations

from typing import Any

import typer
from pydantic import SecretStr

from cli.context import origins_of, settings_of, unknown_variables
from cli.options import JsonFlag
from cli.output import note, plain, print_json, print_table
from pipeline.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def settings(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List the settings: name of the environment variable, value, origin, meaning. Secrets are hidden."""
    found, origins = settings_of(ctx), origins_of(ctx)
    rows = [
        {
            "name": f"DATELINE_{name.upper()}",
            "value": _shown(getattr(found, name)),
            "origin": origins.get(name, "default"),
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    for name in unknown_variables():
        note(f"{name} is set, and is no setting")
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
