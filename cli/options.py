"""Options that several commands have, and those before a command's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from pipeline.text import LANGUAGE


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options before the command's name."""

    debug: bool
    demo: bool


def parse_moment(text: str) -> datetime:
    """A moment out of ISO 8601: "2026-11-20" or "2026-11-20T08:30+01:00"; without a zone it is UTC. Raises typer.BadParameter."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-11-20 or 2026-11-20T08:30+01:00") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def parse_zone(text: str) -> str:
    """The name of a time zone. Raises typer.BadParameter."""
    try:
        return str(ZoneInfo(text))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(f"{text!r} is not an IANA time zone like Europe/Belgrade") from None


def parse_language(text: str) -> str:
    """A primary language, as a source file may state it. Raises typer.BadParameter."""
    if not LANGUAGE.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is not a language code of two or three letters (BCP 47) like sr")
    return text


JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Since = Annotated[
    datetime | None, typer.Option("--since", metavar="DATE", parser=parse_moment, help="Published at this moment or later (UTC).")
]
Until = Annotated[datetime | None, typer.Option("--until", metavar="DATE", parser=parse_moment, help="Published before this moment (UTC).")]
Language = Annotated[str | None, typer.Option("--language", metavar="TAG", help="In this language only: en, pt-BR.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
