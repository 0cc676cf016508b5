"""Errors as people see them: one sentence on standard error, exit status 1; a traceback only when asked for.

A reader of our output that has seen enough (`| head -1`) is no error: the exit status is then 141, and nothing is said.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from cli.output import printable
from pipeline.errors import DatelineError

_READER_GONE = 141  # as a shell reports a program that SIGPIPE ended


@contextmanager
def named_errors(*, debug: bool) -> Iterator[None]:
    """Turn errors that have a name, and those of files, into a sentence and exit status 1; with `debug` they pass as they are."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # or Python does it at its end, and complains
    except BrokenPipeError as error:
        _silence_output()
        raise typer.Exit(_READER_GONE) from error
    except (DatelineError, OSError) as error:
        if debug:
            raise
        complain(_sentence(error))
        raise typer.Exit(1) from error


def _silence_output() -> None:
    """Let what is still to be written go nowhere (as the manual of `signal.SIGPIPE` has it)."""
    with suppress(OSError, ValueError):  # a standard output without a file, in tests
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(sentence: str) -> None:
    """Say on standard error what is wrong."""
    sys.stderr.write(f"dateline: {printable(' '.join(sentence.split()))}\n")


def _sentence(error: DatelineError | OSError) -> str:
    if isinstance(error, DatelineError):
        return str(error)
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason
