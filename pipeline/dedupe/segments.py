"""A text cut into the pieces by which two readings of it are compared: sentences, and what is none (labels, links, stamps, rows).

A note of correction is a sentence whether or not a full stop ends it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from pipeline.dedupe.moving import MOVING
from pipeline.dedupe.text import FULL_STOPS, STOPS, UNSPACED, VOWEL_MARKS
from pipeline.notes import is_note

# Words, and the signs that change what a number says. Scripts written without spaces count by the character.
_TOKEN = re.compile(
    rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:[{VOWEL_MARKS}]+[^\W{UNSPACED}]*)*"
    r"|[$€£¥₹₽₺₩₴%‰°]|(?<!\w)[-−–](?=\d)"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\u202a-\u202e\u2066-\u2069]")
_SIGNS = str.maketrans(dict.fromkeys("“”„‟«»‹›‘’‚‛「」『』〝〟", '"') | dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
_SENTENCE_BREAK = re.compile(rf"(?<=[{STOPS}])(?=[\"')\]]*\s)[\"')\]]*\s+|(?<=[{FULL_STOPS}])(?![\"）)])")
_SENTENCE_END = re.compile(rf"[{STOPS}:][\"')\]）]*$")
_CUT_OFF = re.compile(r"(?:…|\.\.\.)[\"')\]]*$")
_QUESTION = re.compile(r"[?!？！؟፧][\"')\]）]*$")
_GOES_ON = re.compile(r"\s*(?:[,;،、]|[^\W\d_A-ZÀ-ÞА-Я])")  # a comma, or a word that begins small
_ROW = re.compile(r"[-•*|]\s*")
_MARKED_HEADING = re.compile(r"#{1,6} (.*)")
_DIGITS = re.compile(r"\d+")
_LONG = 25  # words: running text even without a full stop; headlines in rotating boxes stay below
_HEADLINE = 14  # words: a lone question or exclamation up to here may be another article's headline
_TEASER = 50  # words: a line that breaks off and is no longer is a teaser, sentences in it or not
_ABBREVIATION = 3  # words before a full stop, more of the line behind it: "51 Min. Lesezeit", "Stand: 20. März"
_STAMP = 16  # words: a line of counters and relative dates is no longer
_STAMP_CHARS = 400
_NOTE = 2  # words: a shorter line names a page of corrections at the most
_STUB = 4  # words: a lone "Photo: AP." or "Sign up here." says nothing of the article


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One piece of a text."""

    words: tuple[str, ...]  # normalised; without what moves by itself
    prose: bool  # a sentence, or a part of one
    row: bool = False  # of a list or table
    heading: bool = False  # marked up as one
    text: str = field(default="", compare=False)  # as printed

    @property
    def key(self) -> str:
        """By what the piece is known again on another page: labels without their figures, since their counters run on."""
        joined = " ".join(self.words)
        return joined if self.prose else _DIGITS.sub("#", joined)

    @property
    def note(self) -> bool:
        """Whether it tells that the article was corrected."""
        return is_note(self.text)

    @property
    def has_digits(self) -> bool:
        return any(map(_DIGITS.search, self.words))


def words_of(text: str) -> list[str]:
    """The words of a text without case, compatibility forms, quote styles, invisible characters and punctuation, in order.

    Signs of currency, per cent, degree and minus stay: a correction may be no more than that.
    """
    return _TOKEN.findall(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold())


def headings_in(markdown: str | None) -> frozenset[str]:
    """The words, joined, of the lines that are marked as headings; none where there is no markup."""
    marked = filter(None, map(_MARKED_HEADING.fullmatch, markdown.split("\n"))) if markdown else ()
    return frozenset(" ".join(words_of(heading[1])) for heading in marked)


def segments_of(body: str, headings: AbstractSet[str] = frozenset()) -> list[Segment]:
    """The pieces of a body in order; pieces without words are left out. `headings` as `headings_in` gives them."""
    lines = _INVISIBLE.sub("", body).translate(_SIGNS).split("\n")
    pieces = [segment for line in lines if line.strip() for segment in _of_line(line.strip()) if segment.words]
    return [replace(one, heading=True) if " ".join(one.words) in headings else one for one in pieces] if headings else pieces


def _of_line(line: str) -> list[Segment]:
    row = _ROW.match(line) is not None
    if _CUT_OFF.search(line) and _size(words := words_of(line)) <= _TEASER:
        return [Segment(words=tuple(words), prose=False, row=row, text=line)]
    pieces = [line] if line.startswith("|") else list(_pieces(line))  # a cell may hold an abbreviation: "3 tsd. Euro"
    return [_segment(piece, alone=len(pieces) == 1, row=row) for piece in pieces]


def _pieces(line: str) -> Iterator[str]:
    """The sentences of a line; what is no more than an abbreviation goes with the next one, and a stamp before a sentence stands alone."""
    held = ""
    for part in _SENTENCE_BREAK.split(line):
        held = f"{held} {part}" if held else part
        if _size(words_of(held)) > _ABBREVIATION:
            yield from _without_leading_stamp(held)
            held = ""
    if held.strip():
        yield from _without_leading_stamp(held)


def _without_leading_stamp(piece: str) -> Iterator[str]:
    """A piece that begins with "5 minutes ago", cut behind it; where the sentence goes on, the date is told in it."""
    stamp = MOVING.match(piece)
    if stamp and _GOES_ON.match(piece, stamp.end()):
        stamp = None
    if stamp:
        yield stamp[0]
    rest = piece[stamp.end() :].strip() if stamp else piece.strip()
    if rest:
        yield rest


def _segment(piece: str, *, alone: bool, row: bool) -> Segment:
    whole = words_of(piece)
    moved = MOVING.sub(" ", piece) if _size(whole) <= _STAMP and len(piece) <= _STAMP_CHARS else piece
    left = words_of(moved) if moved != piece else whole
    if moved != piece and _size(left) <= _STUB:
        return Segment(words=tuple(left), prose=False, row=row, text=piece)
    if not row and (_is_prose(piece, _size(whole), alone=alone) or (_size(whole) >= _NOTE and is_note(piece))):
        return Segment(words=tuple(whole), prose=True, text=piece)
    # A sentence in a list is a sentence; a headline in one is not.
    if row and _is_prose(_ROW.sub("", piece, count=1), _size(whole), alone=True) and "|" not in piece:
        return Segment(words=tuple(whole), prose=True, text=piece)
    return Segment(words=tuple(left), prose=False, row=row, text=piece)


def _is_prose(piece: str, size: float, *, alone: bool) -> bool:
    if size >= _LONG:
        return not (alone and _CUT_OFF.search(piece))
    if _CUT_OFF.search(piece) or not _SENTENCE_END.search(piece):
        return False
    if alone and _QUESTION.search(piece) and size <= _HEADLINE:
        return False
    return not (alone and size <= _STUB)


def _size(words: Iterable[str]) -> float:
    """How many words; two characters of a script without spaces count as one."""
    return sum(0.5 if len(word) == 1 and word > "\u0e00" else 1.0 for word in words)
