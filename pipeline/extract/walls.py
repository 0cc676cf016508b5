"""Which notice stands in an article's place: by the sentences that sites use (`notices.toml`), else by what it is about, by what its
service leaves in the markup, or by its address (`signs.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pipeline.extract.rules import ADDRESSES, BUILDS, MARKS, NOTICES, SIGNS
from pipeline.records import Access, Outcome

OWN_PAGE = 1.0  # the score of a mark that nothing but a service's own page has
_TRACE = "error_trace"  # what a program that broke off prints
_HEAD_CHARS, _TEXT_CHARS = 400, 4_000
_LOGIN_HEADING = 6  # words
_SENTENCE = 3  # different words of its kind that a known sentence weighs as much as
_LEAST_WEIGHT = 2  # of a notice, in such words
_MOST_OF_A_GROUP = 4  # words of one group that are counted
# in a notice; an article about consent has a sign in 20 words, one about works on the water mains in 10
_WORDS_A_SIGN, _WORDS_A_LONG_SIGN, _WORDS_A_SIGN_BELOW = 12, 12, 8
_WORDS_A_COOKIE_SIGN = 18  # walls have one in 5 to 16 words (26 pages); a banner left above an article one in 55
_WORDS_A_WEIGHT = 30  # in all that a page says which holds a notice and no article
_LABEL = 4  # words
_PART = re.compile(r"[/.]")
_PARTS = re.compile(r"\s[-|–—·»•]\s")  # of a page's title: what it is about, its section, its site
_FILLED = 0.35  # of a part of a heading that is the notice's own words
_WORD = re.compile(r"\w")
_QUOTED = re.compile(
    r"«[^«»]{1,200}»|“[^“”]{1,200}”|„[^„“”]{1,200}[“”]|「[^「」]{1,200}」|\"[^\"]{1,200}\"|‘[^‘’]{1,200}’(?!\w)|(?<!\w)'[^']{1,200}'(?!\w)"
)


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


_BRIEF = frozenset([Wall.NOT_FOUND, Wall.ERROR_PAGE])  # say little besides; an article on maintenance or a missing page does


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice that was recognised."""

    wall: Wall
    words: str  # by which
    score: float  # 0..1, how surely


def find_notice(heading: str, text: str, *, little: bool, marked: bool, article: bool, told: Set[Wall]) -> Notice | None:
    """The notice that a short page gives in so many words; None where it gives none.

    `heading`: title and <title>. `little`: the page has hardly more text than a notice. `marked`: it is marked as an article, so that what
    its heading quotes is none of its own words. `article`: it is dated as one besides, so that only what stands in its heading, a bot check
    or a paywall counts. `told`: of what notices it tells in paragraphs, so that they are what it is about.
    """
    text = text[:_TEXT_CHARS]
    says = _own_words(heading) if marked or told & _BRIEF else heading
    sought: list[tuple[str, str]] = [(Wall.NOT_FOUND, _filled(says)), (Wall.BOT_CHECK, f"{says}\n{text}" if little else says)]
    if little:
        sought.append((Wall.PAYWALL, text))
    if not article:
        sought += [
            (Wall.ERROR_PAGE, heading),
            (_TRACE, text),
            (Wall.NOT_FOUND, text[:_HEAD_CHARS] if addresses_reader(text) else ""),
            (Wall.COOKIE_WALL, text),
            (Wall.LOGIN, f"{heading}\n{text}"),
        ]
    for kind, where in sought:
        if (Wall.ERROR_PAGE if kind == _TRACE else kind) in told:
            continue
        if match := NOTICES[kind].search(where):
            score = 0.7 + 0.1 * little + 0.1 * (not article) + 0.1 * (match.start() < len(says) and where.startswith(says))
            return Notice(
                wall=Wall.ERROR_PAGE if kind == _TRACE else Wall(kind), words=" ".join(match[0].split())[:80], score=round(score, 2)
            )
    return None


def _filled(heading: str) -> str:
    """The parts of a heading of which the notice of a missing page is the most: “Page not found: a novel” says something else."""
    parts = [part for line in heading.split("\n") for part in _PARTS.split(line)]
    return "\n".join(
        part for part in parts if any(len(match[0]) >= _FILLED * len(part) for match in NOTICES[Wall.NOT_FOUND].finditer(part))
    )


def _own_words(heading: str) -> str:
    """A heading without what it quotes before or after words of its own: “Page not found”, a novel about a lost archive."""
    return "\n".join(_QUOTED.sub("", line) if _WORD.search(_QUOTED.sub("", line)) else line for line in heading.split("\n"))


def without_quotes(text: str) -> str:
    """A text without what it quotes, in which an article may say anything."""
    return _QUOTED.sub(" ", text[: 2 * _TEXT_CHARS])


def find_offer(text: str, access: Access) -> Notice | None:
    """The offer by which a paywall ends a text: to subscribe, to read the rest. One that asks for support of a free text is none.

    `access` is what the page states about it.
    """
    text = without_quotes(text)
    groups, _ = SIGNS[Wall.PAYWALL]
    found = {name: match for name, pattern in groups.items() if (match := pattern.search(text))}
    said = None if access is Access.FREE else NOTICES[Wall.PAYWALL].search(text)
    withheld = "subscriber" in found and ("rest" in found or "only" in found)
    if not (said or withheld or (access is Access.PAID and "price" in found and len(found) > 1)):
        return None
    words = said[0] if said else " + ".join(match[0].strip() for match in found.values())
    return Notice(wall=Wall.PAYWALL, words=" ".join(words.split())[:80], score=round(0.6 + 0.1 * len(found), 2))


def addresses_reader(text: str) -> bool:
    """Whether a text speaks to its reader, as notices do and reports do not."""
    groups, _ = SIGNS["reader"]
    return groups["address"].search(text[:_TEXT_CHARS]) is not None


def find_signs(heading: str, text: str) -> Notice | None:
    """The notice that a text of some words is about from its first to its last, where the wording is not known."""
    weighed = [(wall, found) for wall in _BY_SIGNS if (found := _signs_of(wall, f"{heading}\n{text[:_TEXT_CHARS]}"))]
    best = max(weighed, key=lambda one: one[1].weight, default=None)
    if best is None or not _is_dense(best[0], text, _words_a_sign(best[0], heading)):
        return None
    return _of_signs(*best)


def _words_a_sign(wall: Wall, heading: str) -> int:
    if wall in _BRIEF:
        return _WORDS_A_SIGN if _is_label(heading) else _WORDS_A_SIGN_BELOW
    return _WORDS_A_COOKIE_SIGN if wall is Wall.COOKIE_WALL else _TEXT_CHARS


def weigh(heading: str, text: str, *, asks_to_enter: bool, asks_address: bool) -> Notice | None:
    """The notice that outweighs the others in a page that holds none but its own words and too few for an article.

    A sentence that sites use weighs as much as three words of what a notice is about, and one more in a heading; so does a form that asks
    for a password weigh for a log-in, and one that asks for an address at least not against it. Of equals the more exact comes first: a
    cookie wall offers a subscription, a paywall a log-in.
    """
    text, best = text[:_TEXT_CHARS], None
    most = max(_LEAST_WEIGHT, len(text.split()) // _WORDS_A_WEIGHT)
    for wall in _BY_SIGNS:
        signs = _signs_of(wall, f"{heading}\n{text}")
        said = _sentence(wall, heading, text)
        weight = (signs.weight if signs else 0) + (said[1] if said else 0)
        if wall is Wall.LOGIN and _heads_login(heading, text):
            weight += _SENTENCE
        if wall is Wall.LOGIN and weight:
            weight += _SENTENCE if asks_to_enter else 0 if asks_address else -1
        if weight > most or (best is None and weight == most):
            most = weight
            words = said[0] if said else signs.words if signs else ""
            best = Notice(wall=wall, words=" ".join(words.split())[:80], score=round(min(1.0, 0.5 + 0.1 * weight), 2))
    return best


def _heads_login(heading: str, text: str) -> bool:
    """Whether a page is called "Log in", and says so again."""
    enter = SIGNS[Wall.LOGIN][0]["enter"]
    called = any(enter.match(line) and len(line.split()) <= _LOGIN_HEADING for line in heading.split("\n"))
    return called and len(set(enter.findall(text.lower()))) >= 2


def _sentence(wall: Wall, heading: str, text: str) -> tuple[str, int] | None:
    """What a page says in the very words of a notice, and how much that weighs."""
    if match := NOTICES[wall].search(heading):
        return match[0], _SENTENCE + 1
    match = NOTICES[_TRACE if wall is Wall.ERROR_PAGE else wall].search(text)
    return (match[0], _SENTENCE) if match else None


@dataclass(frozen=True, kw_only=True)
class _Signs:
    weight: int  # how many different words of the kind there are
    groups: int
    words: str


def _signs_of(wall: Wall, words: str) -> _Signs | None:
    """The words of one kind of notice, where one of its combinations is whole."""
    groups, combinations = SIGNS[wall]
    found = {name: list(dict.fromkeys(pattern.findall(words.lower()))) for name, pattern in groups.items()}
    found = {name: matches for name, matches in found.items() if matches}
    whole = [combination for combination in combinations if found.keys() >= set(combination)]
    if not whole:
        return None
    named = " + ".join(found[name][0].strip() for name in max(whole, key=len))
    return _Signs(weight=sum(min(_MOST_OF_A_GROUP, len(matches)) for matches in found.values()), groups=len(found), words=named)


def _of_signs(wall: Wall, signs: _Signs) -> Notice:
    return Notice(wall=wall, words=signs.words[:80], score=round(0.5 + 0.1 * min(4, signs.groups), 2))


def find_long(heading: str, text: str) -> Notice | None:
    """A cookie wall that spells out what it asks consent to: about nothing else, from its first word to its last."""
    notice = find_signs(heading, text)
    if notice is None or notice.wall is not Wall.COOKIE_WALL:
        return None
    return notice if _is_dense(notice.wall, text, _WORDS_A_LONG_SIGN) else None


def _is_label(heading: str) -> bool:
    """Whether a heading only names its page: what happened takes more words."""
    return min(len(line.split()) for line in heading.split("\n")) <= _LABEL


def _is_dense(wall: Wall, text: str, words_a_sign: int) -> bool:
    shown = text[:_TEXT_CHARS]
    groups, _ = SIGNS[wall]
    return sum(len(pattern.findall(shown)) for pattern in groups.values()) * words_a_sign >= len(shown.split())


def find_mark(html: str) -> Notice | None:
    """The notice whose service left its name in the markup of a page without a text; its score is OWN_PAGE where nothing else has it."""
    lowered = html.lower()
    for score, known in ((OWN_PAGE, BUILDS), (0.9, MARKS)):
        for kind, marks in known.items():
            if mark := next((mark for mark in marks if mark in lowered), None):
                return Notice(wall=Wall(kind), words=mark, score=score)
    return None


def find_address(url: str) -> Notice | None:
    """The notice that a URL names, by a label of its host or a part of its path; for pages that hold no text to speak of."""
    address = urlsplit(url)
    parts = {*(address.hostname or "").split(".")[:-1], *_PART.split(address.path.lower())}
    for kind, known in ADDRESSES.items():
        if named := sorted(parts & known):
            return Notice(wall=Wall(kind), words=named[0], score=0.6)
    return None
