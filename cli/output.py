"""What commands print: tables for people, JSON for scripts. Whatever came from the web is made harmless to a terminal first."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

# Control characters steer the terminal (ESC sequences); marks of writing direction can make a line read as another one.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WIDE = 240  # columns of output that is no terminal: tables there are searched by programs, not looked at


class _Console(Console):
    """A console that says when its reader is gone; Rich would end the program with status 1."""

    def on_broken_pipe(self) -> None:
        """See Console. Raises BrokenPipeError."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def console() -> Console:
    """Standard output."""
    width = None if sys.stdout.isatty() else _WIDE
    return _Console(width=width, highlight=False, emoji=False, markup=False, soft_wrap=False)


def error_console() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, emoji=False, markup=False)


def say(line: str = "", *, style: str | None = None) -> None:
    """Print one line."""
    console().print(Text(printable(line), style=style or ""), soft_wrap=True)


def note(line: str) -> None:
    """Print one line on standard error: for what is no part of the result."""
    sys.stderr.write(printable(line) + "\n")


def printable(text: str) -> str:
    """The text without characters that steer a terminal; line breaks and tabs stay."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; columns whose values are all numbers are set to the right, ids stay in one piece. Nothing is printed without rows."""
    listed = [list(row) for row in rows]
    if not listed:
        return
    table = Table(
        title=Text(title), title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float | None) and not isinstance(row[index], bool) for row in listed)
        ids = all(isinstance(row[index], str) and str(row[index]).isdigit() for row in listed)
        whole = max(len(str(row[index])) for row in listed) if ids else None
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold", no_wrap=ids, min_width=whole)
    for row in listed:
        table.add_row(*(_cell(value) for value in row))
    console().print(table)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a table, or, where that is wider than the terminal, each row as a list of its columns."""
    widths = [max(len(column), *(len(_cell(row[index]).plain) for row in rows)) for index, column in enumerate(columns)] if rows else []
    if sum(widths) + 2 * len(widths) <= console().width:
        print_table("", columns, rows)
        return
    name_width = max(map(len, columns))
    for number, row in enumerate(rows, start=1):
        say(f"── row {number}", style="dim")
        for column, value in zip(columns, row, strict=True):
            say(f"{column:<{name_width}}  {_cell(value).plain}")


def _cell(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if value is None:
        return Text("")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, int):
        return Text(f"{value:,}" if abs(value) < 10**15 else str(value))
    if isinstance(value, datetime):
        return Text(moment(value))
    if isinstance(value, timedelta):
        return Text(_duration(value))
    if isinstance(value, bytes | memoryview):
        return Text(bytes(value).hex())
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return Text(", ".join(_cell(item).plain for item in value))
    if isinstance(value, list | dict):
        return Text(printable(json.dumps(plain(value), ensure_ascii=False)))
    return Text(printable(str(value)))


def counted(number: int, thing: str, things: str | None = None) -> str:
    """A number with its noun: "1 article", "1,200 articles"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def moment(at: datetime | None) -> str:
    """A moment for people: in UTC, to the second."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, or in how long, in one unit: "3 min ago", "in 2 h"; empty for None."""
    if at is None:
        return ""
    seconds = (now - at) / timedelta(seconds=1)
    size = abs(seconds)
    units = ((86_400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
    step, unit = next((item for item in units if size >= 2 * item[0]), (1.0, "s"))
    return f"{size / step:.0f} {unit} ago" if seconds >= 0 else f"in {size / step:.0f} {unit}"


def print_json(value: object) -> None:
    """Print a value as one JSON document."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def plain(value: Any) -> Any:
    """A value as JSON knows them: records become objects, times ISO 8601 in UTC, durations as Postgres prints them, bytes hex."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case timedelta():
            return _duration(value)
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case bytes() | memoryview():
            return bytes(value).hex()
        case UUID() | Path():
            return str(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return str(value)


def _duration(value: timedelta) -> str:
    """Hours, minutes and seconds; Python's own form of a negative one is a day less and the rest of it."""
    minutes, rest = divmod(abs(value), timedelta(minutes=1))
    fraction = f".{rest.microseconds:06}".rstrip("0.")
    return f"{'-' if value < timedelta() else ''}{minutes // 60:02}:{minutes % 60:02}:{rest.seconds:02}{fraction}"
