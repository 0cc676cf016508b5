"""Readings of articles in a file, one JSON object a line: what `reextract --output` writes and `compare` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from pipeline.errors import WrongItemError
from pipeline.steps.compare import READING, Reading


@contextmanager
def writing(path: Path | None) -> Iterator[BinaryIO | None]:
    """A new result file for the length of the block; None: none is wanted. Raises FileExistsError."""
    if path is None:
        yield None
        return
    with path.open("xb") as stream:
        yield stream


def write(stream: BinaryIO, readings: Iterable[Reading]) -> None:
    """Append readings."""
    stream.writelines(READING.dump_json(reading) + b"\n" for reading in readings)


def readings_in(path: Path) -> Iterator[Reading]:
    """The readings of a file, in order. Raises WrongItemError for what is no result file."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                yield READING.validate_json(line)
            except ValidationError:
                raise WrongItemError(f"{path}, line {number}: not a result of `dateline reextract --output`") from None
