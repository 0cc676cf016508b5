"""Calls the `dateline` command in this process, with settings of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from cli.main import app


class Caller:
    """A person at a terminal with these settings."""

    def __init__(self, database: str | None, folder: Path, **settings: str) -> None:
        """`settings` by their names without DATELINE_."""
        self.environment: dict[str, str | None] = {f"DATELINE_{name.upper()}": value for name, value in settings.items()}
        self.environment |= {"DATELINE_DATA_FOLDER": str(folder), "DATELINE_DATABASE_URL": database}

    def call(self, *arguments: str, answer: str | None = None) -> Result:
        """Call the command; `answer` is typed when it asks."""
        return CliRunner().invoke(app, list(arguments), env=self.environment, input=answer)

    def works(self, *arguments: str, answer: str | None = None) -> str:
        """What a call that must succeed prints."""
        result = self.call(*arguments, answer=answer)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str) -> Any:
        """What a call prints as JSON."""
        return json.loads(self.works(*arguments, "--json"))

    def sentence(self, *arguments: str) -> str:
        """The one sentence with which a call fails: exit status 1, no traceback, nothing on standard output."""
        result = self.call(*arguments)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        assert result.stderr.startswith("dateline: ") and result.stderr.count("\n") == 1, result.stderr
        return result.stderr.removeprefix("dateline: ").rstrip("\n")


def url_of(engine: Engine) -> str:
    """The address of an engine's database, as DATELINE_DATABASE_URL names it."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
