"""Leaves nothing of the page's furniture in an article's lines: labels, calls, notes, and what the record holds as fields already.

Works on lines; a line is removed whole or kept whole. Which rule removed which line is returned, so that a row can be explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.extract.dates import read_printed
from pipeline.extract.rules import FURNITURE, Where, first_letters
from pipeline.extract.titles import letters

_LONG = 120  # characters: a paragraph of running text (CJK: half)
MAX_LINE_CHARS = 400  # a longer line is running text whatever it begins with
_HEAD_LINES = 8
_TAIL_LINES = 4
_ONWARD_SHARE = 0.25  # a list after the text is cut only where it is at most this share of the text
_START_CHARS = 24  # of a line: two that are the same begin alike
_ARTICLE_CHARS = 600  # of an article appended below, and of the one that it is appended to, at least
_LABEL_CHARS = 40  # of a line above the headline: a section, a topic, a series
_BIO_CHARS = 300  # a closing line about the author is shorter
_SYMBOLS = re.compile(r"^[^\w\s\[(#©+.,…-]+\s*")  # pictures before a call: emoji, arrows, bullets
_DENSE = re.compile("[\u3040-\u9fff\uac00-\ud7af]")
_TITLE_PARTS = re.compile(r"[:|–—]\s|\s-\s")  # what stands between a label and a headline
_ALL = frozenset({"*", "en"})  # whose rules apply to every text
_NAMES = tuple(dict.fromkeys(rule.name for rule in FURNITURE))  # of several rules that a line falls under, the first is told
_OFFICE_LETTERS = 15  # "Our correspondent", before a name
_UNDER = {"nb": "no", "nn": "no", "bs": "hr"}  # languages whose rules stand under another tag, by which their pages are seldom tagged
_SPOKEN = re.compile('["“”„«»「]|[:：]')


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the record holds as fields and the body need not repeat."""

    title: str
    other_titles: tuple[str, ...] = ()  # what other places of the page say it is
    subtitles: tuple[str, ...] = ()  # standfirst, description
    authors: tuple[str, ...] = ()
    byline: str | None = None
    section: str | None = None
    image_caption: str | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A line that was removed, and by which rule."""

    rule: str
    line: str


def clean_lines(lines: Sequence[str], known: Known) -> tuple[tuple[str, ...], tuple[Cut, ...]]:
    """The article's own lines, and what was removed."""
    cuts: list[Cut] = []
    kept = _without_second_copy(list(lines), cuts)
    kept = _without_second_article(kept, known, cuts)
    kept = _without_furniture(kept, known, cuts)
    kept = _without_repeated_facts(kept, known, cuts)
    kept = _without_list_after_text(kept, known, cuts)
    kept = _without_bio(kept, known, cuts)
    return tuple(kept), tuple(cuts)


def _without_furniture(lines: list[str], known: Known, cuts: list[Cut]) -> list[str]:
    """Lines that fall under no rule; all of them where the rules would take more than half of the text: they mistake it."""
    head, tail = _head_end(lines), _tail_start(lines)
    places = (
        [Where.ANYWHERE, *([Where.HEAD] if number < head else []), *([Where.TAIL] if number >= tail else [])]
        for number in range(len(lines))
    )
    named = [_first_matched(line, where, known.language) for line, where in zip(lines, places, strict=True)]
    kept = [line for line, name in zip(lines, named, strict=True) if name is None]
    if 2 * sum(map(len, kept)) < sum(map(len, lines)):
        return lines
    cuts.extend(Cut(rule=name, line=line) for line, name in zip(lines, named, strict=True) if name)
    return kept


def _without_repeated_facts(lines: list[str], known: Known, cuts: list[Cut]) -> list[str]:
    """Headline, standfirst, byline, date, section and caption, where the text's head repeats them; author and date lines at its end too.

    What stands above a repeated headline as a label is the page's, whatever it says: the article begins below.
    """
    head, tail = _head_end(lines), _tail_start(lines)
    kept: list[str] = []
    for number, line in enumerate(lines):
        rule = _fact_repeated(line, known) if number < head else None
        if rule is None and _is_headline_at_an_edge(lines, number, known.title):
            rule = "headline"
        if rule is None and (number < head or number >= tail) and len(line) <= 100 and not line.startswith("- "):
            rule = _stamp_or_byline(line, known)
        if rule == "headline" and number < head:
            cuts.extend(Cut(rule="label-above-headline", line=above) for above in kept if _is_label(above))
            kept = [above for above in kept if not _is_label(above)]
        if rule:
            cuts.append(Cut(rule=rule, line=line))
        else:
            kept.append(line)
    return kept


def _is_label(line: str) -> bool:
    return len(line) <= _LABEL_CHARS and not line.endswith((".", "。", "!", "?", "…"))


def _is_headline_at_an_edge(lines: Sequence[str], number: int, title: str) -> bool:
    """Whether the first line is a part of the headline ("Orchards: What the frost left"), or the last one all of it."""
    if number == 0:
        return letters(lines[0]) in map(letters, _TITLE_PARTS.split(title))
    return number == len(lines) - 1 and letters(lines[number]) == letters(title)


def _fact_repeated(line: str, known: Known) -> str | None:
    plain = letters(line)
    if not plain:
        return None
    if _is_title(plain, letters(known.title)) or any(
        len(title) > 20 and _is_title(plain, title) for title in map(letters, known.other_titles)
    ):
        return "headline"
    if any(plain == letters(subtitle) for subtitle in known.subtitles):
        return "standfirst"
    if known.section and plain == letters(known.section):
        return "section"
    if known.image_caption and len(plain) > 10 and plain == letters(known.image_caption):
        return "caption"
    return None


def _is_title(plain: str, title: str) -> bool:
    """Whether a line is the title, the title after a label, or its beginning."""
    after_label = len(title) > 20 and plain.endswith(title) and len(plain) - len(title) <= 60
    return plain == title or after_label or (len(plain) > 20 and title.startswith(plain))


def _stamp_or_byline(line: str, known: Known) -> str | None:
    plain = letters(line)
    if known.byline and plain == letters(known.byline):
        return "byline"
    rest = plain
    for author in known.authors:
        rest = rest.replace(letters(author), "", 1)
    if known.authors and len(rest) <= 12 and rest != plain:
        return "byline"
    if len(line) <= 60 and (printed := read_printed(line, known.language)) and _mostly_date(line):
        return "date" if printed else None
    return None


def _mostly_date(line: str) -> bool:
    """Whether a short line is a stamp rather than a sentence with a date in it."""
    return sum(char.isdigit() for char in line) >= 4 and len(line.split()) <= 9 and not line.endswith((".", "。", "!", "?", ":"))


def _without_list_after_text(lines: list[str], known: Known, cuts: list[Cut]) -> list[str]:
    """Cuts at a heading such as "Related stories" when only a small rest follows, most of it in short lines."""
    total, length, prose, named = sum(map(len, lines)), 0, 0, None
    for number in range(len(lines) - 1, len(lines) // 2 - 1, -1):
        line = lines[number]
        length += len(line)
        prose += len(line) if len(line) >= _length(line) else 0
        if length > _ONWARD_SHARE * total:
            break
        if 2 * prose <= length and (name := _first_matched(line, (Where.ONWARD,), known.language)):
            named = (number, name)
    if named is None:
        return lines
    first, rule = named
    cuts.extend(Cut(rule=rule, line=line) for line in lines[first:])
    return lines[:first]


def _without_bio(lines: list[str], known: Known, cuts: list[Cut]) -> list[str]:
    """A closing line or two about the author."""
    kept = list(lines)
    while len(kept) > 3 and len(kept[-1]) <= _BIO_CHARS and _is_bio(kept[-1], known):
        cuts.append(Cut(rule="bio", line=kept.pop()))
    return kept


def _is_bio(line: str, known: Known) -> bool:
    """An article does not speak of its own author: a last line that begins with the author's full name and quotes nobody is a portrait.

    What the author is may stand before the name ("Our correspondent").
    """
    plain = letters(line)
    names = [letters(author) for author in known.authors if " " in author]
    return not _SPOKEN.search(line) and any(0 <= plain.find(name) <= _OFFICE_LETTERS and len(plain) > len(name) for name in names)


def _without_second_copy(lines: list[str], cuts: list[Cut]) -> list[str]:
    """A text printed twice: a run of lines that repeats the text's long lines in order, and is at least a third of it."""
    long_numbers = [number for number, line in enumerate(lines) if len(line) >= _length(line)]
    if len({letters(lines[number][:_START_CHARS]) for number in long_numbers}) == len(long_numbers):
        return lines  # no two begin alike
    long_lines = [(number, letters(lines[number])) for number in long_numbers]
    first_at: dict[str, int] = {}
    for place, (number, plain) in enumerate(long_lines):
        start = first_at.setdefault(plain, place)
        if place - start < 3:
            continue
        if _repeats([other for _, other in long_lines[place:]], [other for _, other in long_lines[start:place]]):
            cuts.extend(Cut(rule="printed-twice", line=line) for line in lines[number:])
            return lines[:number]
    return lines


def _repeats(again: Sequence[str], first: Sequence[str]) -> bool:
    """Whether `again` holds nothing but what `first` holds, and most of it."""
    return set(again) <= set(first) and 3 * len(set(again)) >= 2 * len(set(first))


def _without_second_article(lines: list[str], known: Known, cuts: list[Cut]) -> list[str]:
    """Articles appended below: the headline of each is followed by a byline and a date line, and each is as long as an article.

    In a live blog entries begin so too; they are short.
    """
    starts = [number for number in range(4, len(lines) - 3) if _begins_article(lines, number, known)]
    parts = [sum(map(len, lines[first:last])) for first, last in pairwise((0, *starts, len(lines)))]
    if not starts or min(parts) < _ARTICLE_CHARS:
        return lines
    cuts.extend(Cut(rule="second-article", line=cut) for cut in lines[starts[0] :])
    return lines[: starts[0]]


def _begins_article(lines: Sequence[str], number: int, known: Known) -> bool:
    line, following = lines[number], lines[number + 1 : number + 4]
    heading = 25 <= len(line) <= 160 and not line.endswith((".", "。", ":", "?", "”", '"')) and not line.startswith(("- ", "|", "—"))
    return heading and letters(line) != letters(known.title) and any(map(_is_stamp, following)) and any(map(_is_byline, following))


def _is_stamp(line: str) -> bool:
    return len(line) <= 80 and "@" not in line and bool(read_printed(line)) and _mostly_date(line)


def _is_byline(line: str) -> bool:
    return len(line) <= 60 and line.lower().startswith(("by ", "von ", "par ", "por ", "di ")) and not line.endswith((".", ":"))


def _head_end(lines: Sequence[str]) -> int:
    """How many lines stand before the text has begun: up to the second long line, at most _HEAD_LINES."""
    long_lines = 0
    for number, line in enumerate(lines[:_HEAD_LINES]):
        long_lines += len(line) >= _length(line)
        if long_lines == 2:
            return number
    return min(len(lines), _HEAD_LINES)


def _tail_start(lines: Sequence[str]) -> int:
    return max(1, len(lines) - max(_TAIL_LINES, len(lines) // 5))


def _length(line: str) -> int:
    """From how many characters on a line counts as running text: CJK needs half."""
    return _LONG // 2 if not line.isascii() and _DENSE.search(line, 0, 40) else _LONG


def _first_matched(line: str, places: Iterable[Where], language: str | None) -> str | None:
    """The name of the rule that `line` falls under at one of its places; rules of the text's language, of English and of all apply."""
    if len(line) > MAX_LINE_CHARS or (len(line) > MAX_LINE_CHARS // 2 and _length(line) != _LONG):
        return None
    text = line.removeprefix("- ").strip("|*_ ")
    bare = _SYMBOLS.sub("", text)
    forms = (text,) if bare == text else (text, bare)
    return next((name for where in places for form in forms if (name := _name_of(form, where, language))), None)


def _name_of(text: str, where: Where, language: str | None) -> str | None:
    first = text[:1].lower() if text[:1].isascii() and text[:1].isalpha() else ""
    own = _UNDER.get(language or "", language or "")
    patterns = (*_compiled(where, _ALL, first), *(_compiled(where, frozenset([own]), first) if own not in _ALL else ()))
    found = [match for pattern in patterns if (match := pattern.match(text))]
    return _NAMES[min(int((match.lastgroup or "")[1:]) for match in found)] if found else None


@cache
def _compiled(where: Where, languages: frozenset[str], first: str) -> tuple[re.Pattern[str], ...]:
    """The rules of some languages that lines beginning with an ASCII letter may fall under, in a few patterns whose group `_3` is the rule
    `_NAMES[3]`; `first` is "" for other lines.

    So a line is tried against patterns of few alternatives, and what applies to every text is compiled once; at most a few dozen
    languages are cached.
    """
    found: dict[int, list[str]] = {}
    for rule in FURNITURE:
        if rule.where is where and rule.language in languages:
            found.setdefault(_NAMES.index(rule.name), []).extend(rule.patterns)
    groups = {number: _groups(patterns, first) for number, patterns in sorted(found.items())}
    by_kind = (tuple((number, kinds[kind]) for number, kinds in groups.items() if kinds[kind]) for kind in range(2 if first else 1))
    return tuple(_joined(named) for named in by_kind if named)


def _groups(patterns: Sequence[str], first: str) -> tuple[tuple[str, ...], ...]:
    """Those that may match what begins with `first`: those that any line may begin as, the same for each letter, and the letter's own."""
    if not first:
        return (tuple(patterns),)
    begin = {pattern: first_letters(pattern) for pattern in patterns}
    shared = tuple(pattern for pattern in patterns if begin[pattern] is None)
    return shared, tuple(pattern for pattern in patterns if first in (begin[pattern] or ()))


@cache
def _joined(named: tuple[tuple[int, tuple[str, ...]], ...]) -> re.Pattern[str]:
    groups = (f"(?P<_{number}>{'|'.join(f'(?:{pattern})' for pattern in patterns)})" for number, patterns in named)
    return re.compile("|".join(groups), re.IGNORECASE)
