"""What was changed between two versions of a text, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.dedupe.text import MARKS, STOPS, UNSPACED

# Words, the space between them, and every sign by itself; scripts written without spaces go by the character. Nothing is cut before a
# combining mark, a joiner, or what shapes the emoji before it.
_MARK = rf"[{MARKS}\u200c\u200d\U0001f3fb-\U0001f3ff]"
_PIECE = re.compile(rf"[{UNSPACED}]{_MARK}*|[^\W{UNSPACED}]+(?:{_MARK}+[^\W{UNSPACED}]*)*|\s+|[^\w\s](?:{_MARK}|(?<=\u200d)[^\w\s])*")
_LINE = re.compile(r"[^\n]*\n+|[^\n]+")  # with the empty lines behind it
_SENTENCE = re.compile(rf"[^{STOPS}]*(?:[{STOPS}]+\s*|$)")  # all that is left, where no sign ends it
_MANY = 2_000  # pieces on both sides of a passage: comparing takes the square of it


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of text: in both versions (old == new), or what stood there before and what stands there now."""

    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


def word_diff(old: str, new: str) -> tuple[Span, ...]:
    """The two texts as spans in order: joined, the `old` are the old text, the `new` the new one; no two changed spans touch."""
    return tuple(_merged(span for passage in _passages(old, new) for span in passage))


def _passages(old: str, new: str) -> Iterator[Iterator[Span]]:
    """Lines are matched first: so that long texts are compared fast, and no word is matched with one of another paragraph."""
    old_lines, new_lines = _LINE.findall(old), _LINE.findall(new)
    for tag, old_from, old_to, new_from, new_to in _opcodes(old_lines, new_lines):
        before, after = "".join(old_lines[old_from:old_to]), "".join(new_lines[new_from:new_to])
        yield iter([Span(old=before, new=after)]) if tag != "replace" else _changed(before, after)


def _changed(old: str, new: str) -> Iterator[Span]:
    """A changed passage word by word; a long one (an article in one paragraph) sentence by sentence first."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    if max(len(before), len(after)) <= _MANY:
        yield from _words(before, after)
        return
    old_sentences, new_sentences = _SENTENCE.findall(old), _SENTENCE.findall(new)
    if max(len(old_sentences), len(new_sentences)) > _MANY:
        yield from _between_ends(before, after)
        return
    for _, old_from, old_to, new_from, new_to in _opcodes(old_sentences, new_sentences):
        yield from _between_ends(
            _PIECE.findall("".join(old_sentences[old_from:old_to])), _PIECE.findall("".join(new_sentences[new_from:new_to]))
        )


def _between_ends(before: Sequence[str], after: Sequence[str]) -> Iterator[Span]:
    """What lies between the words that both begin and end with: word by word, or as a whole where it is too long for that."""
    head = _in_common(before, after)
    tail = _in_common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield _same(before[:head])
    yield from _words(old, new) if max(len(old), len(new)) <= _MANY else [Span(old="".join(old), new="".join(new))]
    yield _same(before[len(before) - tail :])


def _in_common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((place for place, (here, there) in enumerate(zip(one, other, strict=False)) if here != there), min(len(one), len(other)))


def _same(pieces: Sequence[str]) -> Span:
    return Span(old="".join(pieces), new="".join(pieces))


def _words(before: Sequence[str], after: Sequence[str]) -> Iterator[Span]:
    for _, old_from, old_to, new_from, new_to in _opcodes(before, after):
        yield Span(old="".join(before[old_from:old_to]), new="".join(after[new_from:new_to]))


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """Spans without empty ones; equal neighbours, and changed ones with no more than a space between, become one."""
    held: list[Span] = []
    for span in (span for span in spans if span.old or span.new):
        if held and held[-1].changed == span.changed:
            held[-1] = Span(old=held[-1].old + span.old, new=held[-1].new + span.new)
        elif len(held) >= 2 and span.changed and held[-1].old == " ":
            space, before = held.pop(), held.pop()
            held.append(Span(old=before.old + space.old + span.old, new=before.new + space.new + span.new))
        else:
            held.append(span)
    return iter(held)


# -- stored ---------------------------------------------------------------------------------

Changes = list[list[int | str]]  # [[characters of the old text before it, what stood there, what stands there now], …]


def changes_of(old: str, new: str) -> Changes:
    """What changed between two texts, in the form that is stored."""
    return changes_in(word_diff(old, new))


def changes_in(spans: Iterable[Span]) -> Changes:
    """The changed spans alone, with their places in the old text."""
    changes: Changes = []
    at = 0
    for span in spans:
        if span.changed:
            changes.append([at, span.old, span.new])
        at += len(span.old)
    return changes


def apply_changes(old: str, changes: Changes) -> str:
    """The new text, out of the old one and what was stored."""
    parts, at = [], 0
    for start, removed, added in changes:
        place = int(start)
        parts += [old[at:place], str(added)]
        at = place + len(str(removed))
    return "".join([*parts, old[at:]])
