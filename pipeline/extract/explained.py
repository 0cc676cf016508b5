"""What an explained extraction holds, as it crosses between a worker and its children. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from pipeline.records import Article, Evidence, Refused


@dataclass(frozen=True, kw_only=True)
class Removed:
    """A text that a rule took out of the page."""

    rule: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that the text extractor gave."""

    text: str
    rule: str | None  # that cut it; None: it is in the body


@dataclass(frozen=True, kw_only=True)
class Explained:
    """An extraction and how it came about."""

    url: str
    extractor: str
    result: Article | Refused
    removed: tuple[Removed, ...]  # before the text was read
    left: tuple[str, ...]  # on the page, and not taken for text by the text extractor
    lines: tuple[Line, ...]
    candidates: tuple[Evidence, ...]  # of every field, those that were chosen marked


EXPLAINED = TypeAdapter(Explained)  # as JSON


def unread(url: str, extractor: str, refused: Refused) -> Explained:
    """What is known of a page that was refused unread."""
    return Explained(url=url, extractor=extractor, result=refused, removed=(), left=(), lines=(), candidates=())
