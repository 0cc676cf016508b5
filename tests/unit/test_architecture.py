"""The layers of the design: imports run one way, pure modules stay pure, and no SQL stands in Python."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parents[2]
_STAGES = ("discover", "fetch", "archive", "extract", "dedupe", "watch")
_IMPURE = {  # the modules that do I/O; every other module of a stage folder is pure
    "pipeline.fetch.network",
    "pipeline.fetch.http",
    "pipeline.archive.warc",
    "pipeline.archive.place",
    "pipeline.archive.upkeep",
    "pipeline.extract.sandbox",
    "pipeline.extract.child",  # what runs in the sandbox: reads pages from a pipe
    "pipeline.extract.version",
    "pipeline.extract.rules",
}
_CONSTANT = {"pipeline.extract.version", "pipeline.extract.rules"}  # read files of their own package only: pure modules may use them
_IMPURE_PACKAGES = {
    "httpx",
    "httpcore",
    "sqlalchemy",
    "psycopg",
    "prefect",
    "fsspec",
    "socket",
    "subprocess",
    "multiprocessing",
    "requests",
}
_IMPURE_CALLS = {"open", "print", "input"}
_IMPURE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes"}
_CLOCKS = {"now", "utcnow", "today", "monotonic", "time", "time_ns", "perf_counter"}
_CLOCK_OWNERS = {"datetime", "date", "time"}
_SQL = re.compile(
    r"\s*(select\s.+\bfrom\b|select\s+\w+\(|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|truncate\s+\w|copy\s+\w+.*\b(from|to)\s+std"
    r"|(create|alter|drop)\s+(or\s+replace\s+)?(unique\s+)?(table|view|index|database|role|schema|type|function|sequence|extension)\b"
    r"|with\s+\w+\s+as\s*\(|grant\s.+\bto\b|revoke\s.+\bfrom\b|(begin|commit|rollback)\s*;|notify\s+\w+\s*,|listen\s+\w+\s*;|set\s+(local|role|session)\b)",
    re.IGNORECASE | re.DOTALL,
)


def _modules(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (_PROJECT / folder).rglob("*.py"))


def _name(file: Path) -> str:
    return ".".join(file.relative_to(_PROJECT).with_suffix("").parts).removesuffix(".__init__")


def _pure_modules() -> list[Path]:
    return [file for file in _modules(*(f"pipeline/{stage}" for stage in _STAGES)) if _name(file) not in _IMPURE]


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_impure_call(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in _IMPURE_CALLS
        case ast.Attribute(value=ast.Name(id=owner), attr=method) if owner in _CLOCK_OWNERS:
            return method in _CLOCKS
        case ast.Attribute(attr=method):
            return method in _IMPURE_METHODS
    return False


def _strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The text of each string and f-string (its values as `x`) with its line, docstrings left out."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)


def test_imports_run_one_way() -> None:
    """The contracts of import-linter in pyproject.toml hold."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    ran = subprocess.run(command, cwd=_PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("file", _pure_modules(), ids=_name)
def test_pure_modules_do_no_io_and_read_no_clock(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = set(_imported(tree))
    assert not {name for name in imported if name.partition(".")[0] in _IMPURE_PACKAGES}
    assert not imported & (_IMPURE - _CONSTANT), "a pure module uses one that does I/O"
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_impure_call(node)]
    assert not [f"line {call.lineno}: {ast.unparse(call.func)}()" for call in calls]


@pytest.mark.parametrize("file", _modules("pipeline", "flows", "cli"), ids=_name)
def test_python_holds_no_sql(file: Path) -> None:
    found = [f"line {line}: {text[:60]!r}" for line, text in _strings(ast.parse(file.read_text(encoding="utf-8"))) if _SQL.match(text)]
    assert not found, "SQL belongs into sql/, under a name"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM url",
        "select pg_sleep(1)",
        "INSERT INTO url VALUES (1)",
        "\n  UPDATE url SET state = 'queued'",
        "DELETE FROM url",
        "CREATE TABLE t (a int)",
        "WITH due AS (SELECT 1) SELECT * FROM due",
        "DROP INDEX i",
        "COPY staging FROM STDIN",
    ],
)
def test_the_check_for_sql_finds_it(statement: str) -> None:
    assert _SQL.match(statement)
    assert [text for _, text in _strings(ast.parse(f"run(f{statement + ' {name}'!r})")) if _SQL.match(text)]


@pytest.mark.parametrize(
    "sentence", ["Update the sources", "Select a source from the list below", "with the time zone", "delete", "drop-down", "set aside"]
)
def test_the_check_for_sql_lets_prose_pass(sentence: str) -> None:
    assert not _SQL.match(sentence.replace(" from ", " out of "))


def test_functions_and_files_stay_short() -> None:
    """No function above 60 lines, no file above 400: what is longer has two subjects. The glossary of records is one file on purpose."""
    long: list[str] = []
    for file in _modules("pipeline", "flows", "cli", "newsroom"):
        text = file.read_text(encoding="utf-8")
        if text.count("\n") > 400 and _name(file) != "pipeline.records":
            long.append(f"{_name(file)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 60:
                long.append(f"{_name(file)}.{node.name}: {node.end_lineno - node.lineno + 1} lines")
    assert not long
