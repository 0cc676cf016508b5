"""Files that commands write: whole or not at all, and never over one that is there unless that is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

STANDARD_OUTPUT = Path("-")


@contextmanager
def open_output(file: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """Standard output for `-`, or a file that is there at the end of the block, and not at all when the block fails.

    Raises FileExistsError, FileNotFoundError (its folder is missing), or another OSError with the file's name.
    """
    if file == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if file.exists() and not overwrite:
        raise FileExistsError(0, "it is there already; --overwrite replaces it", str(file))
    if not file.parent.is_dir():
        raise FileNotFoundError(0, "there is no such folder", str(file.parent))
    half = file.with_name(file.name + ".part")
    try:
        with half.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
