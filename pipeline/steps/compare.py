"""What another extractor would change, by source and field: two readings of the same responses beside each other. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from pipeline.dedupe.text import normal_words

_NEARLY = 0.9  # share of common words under which two readings of a text count as far apart
_VALUE_CHARS = 200  # of an example


class Change(StrEnum):
    """How a field differs."""

    EQUAL = "equal"
    CHANGED = "changed"
    GAINED = "gained"  # it was empty
    LOST = "lost"  # it is empty now


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one extractor made of an article's response."""

    article_id: int
    source: str
    url: str
    extractor: str
    refused: str | None  # why it is no article; None: it is one
    columns: Mapping[str, Any]  # of its row, as JSON; empty where it is none


READING = TypeAdapter(Reading)  # a line of a result file


@dataclass(frozen=True, kw_only=True)
class Example:
    """One article whose field differs."""

    source: str
    url: str
    field: str
    change: Change
    old: str
    new: str


@dataclass(kw_only=True)
class Comparison:
    """Two extractors' readings of the same articles."""

    most_examples: int  # of each field
    compared: int = 0
    missing: int = 0  # read by the new one only
    extractors: dict[str, Counter[str]] = field(default_factory=lambda: {"old": Counter(), "new": Counter()})
    counts: dict[str, dict[str, Counter[Change]]] = field(default_factory=dict)  # by source and field
    texts_changed: int = 0
    texts_far: int = 0  # with fewer than _NEARLY of their words in common
    similarity: float = 0.0  # sum over changed texts, 0..1 each
    refused: list[Example] = field(default_factory=list)  # an article for the old one, and refused by the new one
    accepted: list[Example] = field(default_factory=list)  # the other way round
    examples: dict[str, list[Example]] = field(default_factory=dict)  # by field

    @property
    def mean_similarity(self) -> float | None:
        """Of the texts that changed; None: none did."""
        return self.similarity / self.texts_changed if self.texts_changed else None

    @property
    def by_field(self) -> dict[str, Counter[Change]]:
        """Counts over all sources."""
        total: dict[str, Counter[Change]] = {}
        for fields in self.counts.values():
            for name, counted in fields.items():
                total.setdefault(name, Counter()).update(counted)
        return total

    def add(self, old: Reading, new: Reading) -> None:
        """Compare two readings of one article."""
        self.compared += 1
        self.extractors["old"][old.extractor] += 1
        self.extractors["new"][new.extractor] += 1
        if old.refused or new.refused:
            self._add_refusal(old, new)
            return
        counts = self.counts.setdefault(new.source, {})
        for name, value in new.columns.items():
            change = _change(old.columns.get(name), value)
            counts.setdefault(name, Counter())[change] += 1
            if change is not Change.EQUAL:
                self._add_example(new, name, change, old.columns.get(name), value)

    def _add_refusal(self, old: Reading, new: Reading) -> None:
        if bool(old.refused) == bool(new.refused):
            return
        kept = self.refused if new.refused else self.accepted
        change = Change.LOST if new.refused else Change.GAINED
        title = str((old if new.refused else new).columns.get("title"))
        kept.append(
            Example(source=new.source, url=new.url, field="article", change=change, old=old.refused or title, new=new.refused or title)
        )

    def _add_example(self, new: Reading, name: str, change: Change, old_value: Any, new_value: Any) -> None:
        was, now = _shown(old_value), _shown(new_value)
        if name == "body":
            likeness = word_likeness(old_value or "", new_value or "")
            self.texts_changed += 1
            self.texts_far += likeness < _NEARLY
            self.similarity += likeness
            was, now = _lines_apart(old_value or "", new_value or "")
        examples = self.examples.setdefault(name, [])
        if len(examples) < self.most_examples:
            examples.append(Example(source=new.source, url=new.url, field=name, change=change, old=was, new=now))


def compare(old: Mapping[int, Reading], new: Iterable[Reading], *, most_examples: int) -> Comparison:
    """Compare the readings of the articles that both have, by their keys."""
    comparison = Comparison(most_examples=most_examples)
    for reading in new:
        if reading.article_id in old:
            comparison.add(old[reading.article_id], reading)
        else:
            comparison.missing += 1
    return comparison


def word_likeness(old: str, new: str) -> float:
    """F1 of the words of two texts, 0..1; how often each occurs counts, their order does not."""
    here, there = Counter(normal_words(old)), Counter(normal_words(new))
    words = here.total() + there.total()
    return 2 * (here & there).total() / words if words else 1.0


def _change(old: Any, new: Any) -> Change:
    if old == new:
        return Change.EQUAL
    if not old:
        return Change.GAINED
    return Change.CHANGED if new else Change.LOST


def _shown(value: Any) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return words[:_VALUE_CHARS]


def _lines_apart(old: str, new: str) -> tuple[str, str]:
    """The first lines that only the one and only the other text has."""
    old_lines, new_lines = old.split("\n\n"), new.split("\n\n")
    only_old = [line for line in old_lines if line not in new_lines]
    only_new = [line for line in new_lines if line not in old_lines]
    return _lines_shown(only_old), _lines_shown(only_new)


def _lines_shown(lines: list[str]) -> str:
    more = f" … and {len(lines) - 1} more" if len(lines) > 1 else ""
    return lines[0][:_VALUE_CHARS] + more if lines else ""
