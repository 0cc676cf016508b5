"""Reads the source file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import SourceFileError
from pipeline.records import SourceSpec
from pipeline.sources import read_sources

NAME = "sources.toml"
NO_SOURCES = "There are no sources yet: `dateline sources add https://www.example.org/`, or `dateline sources sync`."
_PROJECT = Path(__file__).resolve().parents[1]

SourceFile = Annotated[
    Path | None, typer.Option("--sources", metavar="FILE", help=f"Default: {NAME} here, else the one that Dateline brings.")
]


def read_source_file(file: Path | None) -> tuple[SourceSpec, ...]:
    """The sources of a file; None: of `sources.toml` in the working folder, else the one beside the code.

    Raises SourceFileError with file, line and field of the first mistake, or when there is no such file.
    """
    chosen = file or next((folder / NAME for folder in (Path.cwd(), _PROJECT) if (folder / NAME).exists()), Path(NAME))
    try:
        text = chosen.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SourceFileError(f"{chosen}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise SourceFileError(f"{chosen}: not UTF-8 at byte {error.start}") from None
    return read_sources(text, str(chosen))
