"""The access log of the press: one JSON line for each request, written when its response has ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True, kw_only=True)
class LoggedRequest:
    """One request as the server saw it."""

    started: float  # monotonic seconds, when the request was read
    ended: float  # monotonic seconds, when the last byte was handed to the connection or the client was seen to hang up
    started_at: datetime  # UTC
    ended_at: datetime
    outlet: str
    host: str  # without port
    path: str  # percent-encoded, without query
    method: str = "GET"
    http_version: str = "1.1"
    status: int  # 0: none was sent
    sent: int  # bytes of body
    user_agent: str
    if_none_match: str | None = None
    if_modified_since: str | None = None
    etag: str | None = None  # that the answer carried
    last_modified: str | None = None
    disallowed: bool = False  # by robots.txt
    crawl_delay: float  # seconds, that robots.txt asks for
    retry_after: float | None = None  # seconds, that the answer asked to wait
    fault: str | None = None  # the class of newsroom.faults that answered
    lists: tuple[int, int] | None = None  # the numbers of the articles that the document lists: first, one after the last


_LINE = TypeAdapter(LoggedRequest)


class AccessLog:
    """Appends to a file; each line is flushed, so that a killed press loses none."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")

    def write(self, request: LoggedRequest) -> None:
        """Append one line."""
        self._file.write(_LINE.dump_json(request).decode() + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_log(path: Path) -> Iterator[LoggedRequest]:
    """The requests of a log so far, in the order of their ends; a last line that is only half there is left out."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield _LINE.validate_json(line)
            except ValidationError:
                if line.endswith("\n"):
                    raise
