"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipeline.discover.entries import MAX_ENTRIES, Entry, Reader, distinct, usable_url
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, Reading

_VERSION = "jsonfeed.org/version/"


def read_json_feed(body: bytes, *, url: str, now: datetime, zone: str) -> Reading:
    """Read a JSON Feed that was fetched from `url`. Raises FeedUnreadableError for JSON that is none, or is not JSON."""
    feed = _load(body)
    items = feed.get("items")
    if not isinstance(items, list):
        raise FeedUnreadableError("it is a JSON Feed without items")
    base = usable_url(_string(feed.get("home_page_url")), url) or url
    reader = Reader(now=now, zone=zone, language=_string(feed.get("language")))
    fallback_authors = tuple(_authors(feed))
    candidates, skipped = distinct(
        reader.candidate(_entry(item, base, fallback_authors)) if isinstance(item, dict) else None for item in items[:MAX_ENTRIES]
    )
    next_url = usable_url(_string(feed.get("next_url")), url)
    return Reading(
        kind=EndpointKind.JSONFEED,
        candidates=candidates,
        next_url=next_url if next_url != url else None,
        expired=feed.get("expired") is True,
        skipped=skipped,
    )


def _load(body: bytes) -> dict[str, Any]:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and a number of a million digits are ValueErrors
        raise FeedUnreadableError(f"it starts like JSON and is not: {str(error)[:100]}") from None
    if not isinstance(feed, dict) or _VERSION not in _string(feed.get("version")):
        raise FeedUnreadableError("it is JSON, but no JSON Feed")
    return feed


def _entry(item: dict[str, Any], base: str, fallback_authors: tuple[str, ...]) -> Entry:
    identifier = _string(item.get("id"))
    links = (
        _string(item.get("url")),
        identifier if identifier.startswith(("http://", "https://")) else "",
        _string(item.get("external_url")),
    )
    tags = item.get("tags")
    return Entry(
        links=links,
        base=base,
        title=_string(item.get("title")),
        guid=identifier,
        authors=tuple(_authors(item)) or fallback_authors,
        published=_string(item.get("date_published")),
        updated=_string(item.get("date_modified")),
        categories=tuple(_string(tag) for tag in tags) if isinstance(tags, list) else (),
        summary=_string(item.get("summary")),
        language=_string(item.get("language")),
    )


def _authors(holder: dict[str, Any]) -> Iterator[str]:
    """The names of 1.1's `authors` and 1.0's `author`."""
    listed = holder.get("authors")
    for author in (*(listed if isinstance(listed, list) else ()), holder.get("author")):
        if isinstance(author, dict):
            yield _string(author.get("name"))


def _string(value: object) -> str:
    """A string or number as a string (ids are printed as numbers by some); anything else is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value) if not isinstance(value, int) or abs(value) < 10**30 else ""
