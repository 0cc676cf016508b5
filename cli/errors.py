"""Errors as people see them: one sentence on standard error, exit status 1; a traceback only when asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from cli.output import printable
from pipeline.errors import DatelineError


@contextmanager
def named_errors(*, debug: bool) -> Iterator[None]:
    """Turn errors that have a name, and those of files, into a sentence and exit status 1; with `debug` they pass as they are."""
    try:
        yield
    except BrokenPipeError:  # the reader of our output has seen enough; Typer ends quietly
        raise
    except (DatelineError, OSError) as error:
        if debug:
            raise
        complain(_sentence(error))
        raise typer.Exit(1) from error


def complain(sentence: str) -> None:
    """Say on standard error what is wrong."""
    sys.stderr.write(f"dateline: {printable(' '.join(sentence.split()))}\n")


def _sentence(error: DatelineError | OSError) -> str:
    if isinstance(error, DatelineError):
        return str(error)
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason
