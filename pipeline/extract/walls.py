"""Which notice stands in an article's place: by the sentences that sites use (`notices.toml`), else by what it is about, by what its
service leaves in the markup, or by its address (`signs.toml`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pipeline.extract.rules import ADDRESSES, MARKS, NOTICES, SIGNS
from pipeline.records import Outcome

_TRACE = "error_trace"  # what a program that broke off prints
_HEAD_CHARS, _TEXT_CHARS = 400, 4_000
_WORDS_A_SIGN = 12  # in a wall; an article about consent has a sign in 20 words
_PART = re.compile(r"[/.]")
_WORD = re.compile(r"\w")
_QUOTED = re.compile(r"«[^«»]{1,200}»|“[^“”]{1,200}”|„[^„“”]{1,200}[“”]|「[^「」]{1,200}」|\"[^\"]{1,200}\"")


class Wall(StrEnum):
    """Kinds of notices, as their rules are called."""

    NOT_FOUND = "not_found"
    BOT_CHECK = "bot_check"
    ERROR_PAGE = "error_page"
    COOKIE_WALL = "cookie_wall"
    LOGIN = "login"
    PAYWALL = "paywall"


NAMES = {
    Wall.NOT_FOUND: (Outcome.NON_ARTICLE, "soft 404"),
    Wall.BOT_CHECK: (Outcome.BLOCKED, "bot check"),
    Wall.ERROR_PAGE: (Outcome.NON_ARTICLE, "error page"),
    Wall.COOKIE_WALL: (Outcome.NON_ARTICLE, "cookie wall"),
    Wall.LOGIN: (Outcome.NON_ARTICLE, "login"),
    Wall.PAYWALL: (Outcome.PAYWALLED, "teaser"),
}
# the more exact first: a cookie wall offers a subscription, a paywall a log-in
_BY_SIGNS = (Wall.BOT_CHECK, Wall.NOT_FOUND, Wall.ERROR_PAGE, Wall.COOKIE_WALL, Wall.LOGIN, Wall.PAYWALL)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice that was recognised."""

    wall: Wall
    words: str  # by which
    score: float  # 0..1, how surely


def find_notice(heading: str, text: str, *, little: bool, marked: bool, article: bool) -> Notice | None:
    """The notice that a short page gives in so many words; None where it gives none.

    `heading`: title and <title>. `little`: the page has hardly more text than a notice. `marked`: it is marked as an article, so that what
    its heading quotes is none of its own words. `article`: it is dated as one besides, so that only what stands in its heading, a bot check
    or a paywall counts.
    """
    text = text[:_TEXT_CHARS]
    says = _own_words(heading) if marked else heading
    sought: list[tuple[str, str]] = [(Wall.NOT_FOUND, says), (Wall.BOT_CHECK, f"{heading}\n{text}" if little else heading)]
    if little:
        sought.append((Wall.PAYWALL, text))
    if not article:
        sought += [
            (Wall.ERROR_PAGE, heading),
            (_TRACE, text),
            (Wall.NOT_FOUND, text[:_HEAD_CHARS]),
            (Wall.COOKIE_WALL, text),
            (Wall.LOGIN, f"{heading}\n{text}"),
        ]
    for kind, where in sought:
        if match := NOTICES[kind].search(where):
            score = 0.7 + 0.1 * little + 0.1 * (not article) + 0.1 * (match.start() < len(heading) and where.startswith(heading))
            return Notice(
                wall=Wall.ERROR_PAGE if kind == _TRACE else Wall(kind), words=" ".join(match[0].split())[:80], score=round(score, 2)
            )
    return None


def _own_words(heading: str) -> str:
    """A heading without what it quotes before or after words of its own: “Page not found”, a novel about a lost archive."""
    return "\n".join(_QUOTED.sub("", line) if _WORD.search(_QUOTED.sub("", line)) else line for line in heading.split("\n"))


def addresses_reader(text: str) -> bool:
    """Whether a text speaks to its reader, as notices do and reports do not."""
    groups, _ = SIGNS["reader"]
    return groups["address"].search(text[:_TEXT_CHARS]) is not None


def find_signs(heading: str, text: str) -> Notice | None:
    """The notice that a page's words are about; for pages with too little text for an article, where the wording is not known."""
    words = f"{heading}\n{text[:_TEXT_CHARS]}"
    best: Notice | None = None
    for wall in _BY_SIGNS:
        groups, combinations = SIGNS[wall]
        found = {name: match[0] for name, pattern in groups.items() if (match := pattern.search(words))}
        whole = [combination for combination in combinations if found.keys() >= set(combination)]
        if whole:
            score = round(0.5 + 0.1 * min(4, len(found)), 2)
            if best is None or score > best.score + 0.1:
                named = " + ".join(found[name].strip() for name in max(whole, key=len))
                best = Notice(wall=wall, words=named[:80], score=score)
    return best


def find_long(heading: str, text: str) -> Notice | None:
    """A cookie wall that spells out what it asks consent to: about nothing else, from its first word to its last."""
    notice = find_signs(heading, text)
    if notice is None or notice.wall is not Wall.COOKIE_WALL:
        return None
    groups, _ = SIGNS[Wall.COOKIE_WALL]
    shown = text[:_TEXT_CHARS]
    signs = sum(len(pattern.findall(shown)) for pattern in groups.values())
    return notice if signs * _WORDS_A_SIGN >= len(shown.split()) else None


def find_mark(html: str) -> Notice | None:
    """The notice whose service left its name in the markup of a page that holds no text to speak of."""
    lowered = html.lower()
    for kind, marks in MARKS.items():
        if mark := next((mark for mark in marks if mark in lowered), None):
            return Notice(wall=Wall(kind), words=mark, score=0.9)
    return None


def find_address(url: str) -> Notice | None:
    """The notice that a URL names, by a label of its host or a part of its path; for pages that hold no text to speak of."""
    address = urlsplit(url)
    parts = {*(address.hostname or "").split(".")[:-1], *_PART.split(address.path.lower())}
    for kind, known in ADDRESSES.items():
        if named := sorted(parts & known):
            return Notice(wall=Wall(kind), words=named[0], score=0.6)
    return None
