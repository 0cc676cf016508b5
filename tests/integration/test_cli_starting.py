"""The command as a process of its own: how little it brings along, its exit status, its output when nobody reads on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_calls import url_of
from sqlalchemy import Engine

_CALL = "import sys; from cli.main import main\ntry:\n main()\nfinally:\n print('|'.join(sys.modules), file=sys.stderr)"
_HEAVY = {"prefect", "trafilatura", "pyarrow", "alembic", "httpx", "lxml", "fsspec", "newsroom", "jinja2"}


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command; the last line of its standard error names the modules that it imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "COV"))}
    return subprocess.run(
        [sys.executable, "-c", _CALL, *arguments], env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=60
    )


def imported(result: subprocess.CompletedProcess[str]) -> set[str]:
    return {name.partition(".")[0] for name in result.stderr.splitlines()[-1].split("|")}


def test_help_brings_nothing_heavy_along() -> None:
    result = run(["--help"])
    assert result.returncode == 0 and "Usage: dateline" in result.stdout
    assert not imported(result) & (_HEAVY | {"sqlalchemy", "psycopg", "pydantic"})


def test_status_brings_nothing_heavy_along(stocked: Engine, tmp_path: Path) -> None:
    result = run(["status"], DATELINE_DATABASE_URL=url_of(stocked), DATELINE_DATA_FOLDER=str(tmp_path))
    assert result.returncode == 0 and "balanced" in result.stdout
    assert not imported(result) & _HEAVY


@pytest.mark.parametrize(("arguments", "status"), [(["nonsense"], 2), (["settings"], 0), (["why", "nonsense"], 1)])
def test_exit_status(arguments: list[str], status: int, stocked: Engine, tmp_path: Path) -> None:
    result = run(arguments, DATELINE_DATABASE_URL=url_of(stocked), DATELINE_DATA_FOLDER=str(tmp_path))
    assert result.returncode == status
    assert "Traceback" not in result.stderr


def test_the_embedded_database_gets_its_tables_by_itself(reachable_folder: Path) -> None:
    folder = reachable_folder / "fresh"
    first = run(["sources", "list"], DATELINE_DATA_FOLDER=str(folder))
    assert first.returncode == 0 and "There are no sources yet" in first.stdout
    assert "as it was" in run(["migrate"], DATELINE_DATA_FOLDER=str(folder)).stdout


def test_a_reader_that_goes_away_is_no_error(stocked: Engine, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    environment = {**kept, "DATELINE_DATABASE_URL": url_of(stocked), "DATELINE_DATA_FOLDER": str(tmp_path)}
    code = "from cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "export"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
