"""What exists at a moment: the articles that are out, their versions, and what each path of an outlet leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from newsroom.prose import edit_article, write_article
from newsroom.records import Edition, Outlet, Paragraph, PressArticle, article_path
from newsroom.script import Life, PageKind, Script, timelines

DISALLOWED_PREFIX = "/print"  # robots.txt disallows what lies under it
OLD_PREFIX = "/old"  # where moved articles are listed
TEXTS_KEPT = 2048  # versions of articles that stay in memory; others are written anew from their seeds


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a path of an outlet leads."""

    life: Life
    listed: bool  # the path under which feeds and sitemaps list it (a moved article has another one)


class Press:
    """All outlets at once. `advance` lets time pass; everything else reads."""

    def __init__(self, script: Script, outlets: Sequence[Outlet]) -> None:
        self.script = script
        self.outlets: Mapping[str, Outlet] = {outlet.slug: outlet for outlet in outlets}
        self.lives: Mapping[str, list[Life]] = {outlet.slug: [] for outlet in outlets}  # that are out, by number
        self._coming = timelines(script, outlets)
        self._next = {slug: next(coming, None) for slug, coming in self._coming.items()}
        self._places: dict[tuple[str, str], Place] = {}
        self._version = lru_cache(maxsize=TEXTS_KEPT)(self._write)

    def advance(self, now: datetime) -> list[Life]:
        """Publish what is due by `now`; returns it, outlet by outlet in order of publication."""
        return [life for slug in self._next for life in self._due(slug, now)]

    def _due(self, slug: str, now: datetime) -> Iterator[Life]:
        while (life := self._next[slug]) is not None and life.published_at <= now:
            self._next[slug] = next(self._coming[slug], None)
            self.lives[slug].append(life)
            path = self.path(life)
            self._places[slug, path] = Place(life=life, listed=not life.moves)
            if life.moves:
                self._places[slug, OLD_PREFIX + path] = Place(life=life, listed=True)
            yield life

    # -- one article -----------------------------------------------------------------

    def version_number(self, life: Life, now: datetime) -> int:
        """1 for the first version, and one more for each edit until `now`."""
        return 1 + sum(edit <= now for edit in life.edits)

    def article(self, life: Life, version: int) -> PressArticle:
        """The text of one version."""
        return self._version(life.outlet, life.number, version)

    def path(self, life: Life) -> str:
        """The path of the article's page (after its move, where it moves)."""
        prefix = DISALLOWED_PREFIX if life.kind is PageKind.DISALLOWED else ""
        return prefix + article_path(self.outlets[life.outlet], self.article(life, 1))

    def listed_path(self, life: Life) -> str:
        """The path under which feeds and sitemaps list the article."""
        return (OLD_PREFIX if life.moves else "") + self.path(life)

    def place(self, outlet: str, path: str) -> Place | None:
        """What `path` leads to at `outlet`, or None."""
        return self._places.get((outlet, path))

    def url(self, life: Life, *, listed: bool, edition: Edition = Edition.WWW) -> str:
        """The absolute URL of a life's page."""
        return self.outlets[life.outlet].origin(edition) + (self.listed_path(life) if listed else self.path(life))

    def _write(self, slug: str, number: int, version: int) -> PressArticle:
        life = self.lives[slug][number]
        if version > 1:
            before = self.article(life, version - 1)
            edited = edit_article(before, seed=life.seed + version)
            return replace(edited, version=version, modified_at=life.edits[version - 2].replace(microsecond=0))
        outlet = self.outlets[slug]
        if life.original is not None:
            return self._reprint(life, life.original)
        return write_article(seed=life.seed, outlet=outlet, published_at=life.published_at)

    def _reprint(self, life: Life, original: Life) -> PressArticle:
        agency = self.outlets[original.outlet]
        source = write_article(seed=original.seed, outlet=agency, published_at=original.published_at)
        blocks = source.paragraphs
        if life.altered and isinstance(blocks[-1], Paragraph):
            blocks = blocks[:-1]
        return replace(
            source,
            article_id=f"{life.seed:x}",
            outlet=life.outlet,
            paragraphs=blocks,
            published_at=life.published_at,
            agency=agency.name,
        )
