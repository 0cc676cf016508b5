"""The extraction's rules as data: TOML files beside this one, read once when the package is imported."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Where(StrEnum):
    """Where in a text a furniture rule applies."""

    ANYWHERE = "anywhere"
    HEAD = "head"  # before the text has begun
    TAIL = "tail"  # its last lines
    ONWARD = "onward"  # in the second half: the line and everything after it


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One kind of furniture line in one language (`*`: every language). A line it must remove, and one it must keep, stand beside it."""

    name: str
    language: str
    where: Where
    patterns: tuple[str, ...]
    removes: str
    keeps: str


_SYMBOLS = re.compile(r"\[(?:\\[][s-]|[^]\\\w])*\]\*")  # bullets and arrows that may stand first
_PLAIN_START = re.compile(r"[^\W_](?![?*{+|])")
_CHOICE = re.compile(r"\(\?:([\w |'’.-]+)\)(?![?*{+])")


@cache
def first_letters(pattern: str) -> frozenset[str] | None:
    """The letters, in lower case, one of which begins each line that falls under a furniture rule's pattern and begins with a letter.

    None where the pattern's beginning does not tell: any letter.
    """
    text = _SYMBOLS.sub("", pattern, count=1).removeprefix("(?:").removesuffix(")")
    if _has_choice(text):
        return None
    if choice := _CHOICE.match(text):
        words = choice[1].split("|")
        return frozenset(word[0].lower() for word in words) if all(map(_PLAIN_START.match, words)) else None
    return frozenset(text[0].lower()) if _PLAIN_START.match(text) else None


def _has_choice(pattern: str) -> bool:
    """Whether a pattern is one or the other of two from its beginning on."""
    depth = 0
    for before, char in zip("." + pattern, pattern, strict=False):
        if before != "\\":
            depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            return True
    return False


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _either(patterns: list[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        name=entry["name"],
        language=entry["language"],
        where=Where(entry["where"]),
        patterns=tuple(f"{entry.get('prefix', '')}(?:{pattern})" for pattern in entry["patterns"]),
        removes=entry["removes"],
        keeps=entry["keeps"],
    )


_LETTER = "A-Za-zÀ-ɏͰ-ϿЀ-ӿἀ-῿"


def _beginnings(words: list[str]) -> re.Pattern[str]:
    """Finds what begins with one of `words`, whole where a space ends it; in scripts that write no spaces, what holds one."""
    spaced = [
        re.escape(word.rstrip()) + (rf"(?![{_LETTER}])" if word.endswith(" ") else "")
        for word in words
        if word[0].isascii() or word[0].lower() != word[0].upper()
    ]
    others = [re.escape(word) for word in words if not (word[0].isascii() or word[0].lower() != word[0].upper())]
    patterns = [rf"(?<![{_LETTER}])(?:{'|'.join(spaced)})" if spaced else "", *others]
    return re.compile("|".join(pattern for pattern in patterns if pattern), re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class KindWords:
    """What tells one type of article: words that begin headlines, names of sections, parts of a URL's path (lower case)."""

    titles: tuple[str, ...]
    sections: frozenset[str]
    paths: frozenset[str]


_names = _read("names.toml")
_calendar = _read("calendar.toml")

FURNITURE: tuple[Rule, ...] = tuple(_rule(entry) for entry in _read("furniture.toml")["rule"])

# kind of notice (bot_check, cookie_wall, login, paywall, not_found) -> one pattern over all languages
NOTICES: dict[str, re.Pattern[str]] = {
    kind: re.compile("|".join(_either(patterns) for patterns in by_language.values()), re.IGNORECASE)
    for kind, by_language in _read("notices.toml").items()
}

_signs = _read("signs.toml")

# kind of notice -> its groups of words, each one pattern, and the combinations of groups that tell it
SIGNS: dict[str, tuple[dict[str, re.Pattern[str]], tuple[tuple[str, ...], ...]]] = {
    kind: (
        {name: _beginnings(words) for name, words in entry["words"].items()},
        tuple(tuple(combination) for combination in entry["combinations"]),
    )
    for kind, entry in _signs.items()
}
# kind of notice -> what tells it: names in the markup (lower case) of nothing but a service's own page, names in any page's, labels of
# hosts or parts of paths
BUILDS: dict[str, tuple[str, ...]] = {kind: tuple(entry["builds"]) for kind, entry in reversed(_signs.items()) if "builds" in entry}
MARKS: dict[str, tuple[str, ...]] = {kind: tuple(entry["marks"]) for kind, entry in _signs.items() if "marks" in entry}
ADDRESSES: dict[str, frozenset[str]] = {kind: frozenset(entry["addresses"]) for kind, entry in _signs.items() if "addresses" in entry}

BY: tuple[str, ...] = tuple(_names["by"])
PUBLISHED: frozenset[str] = frozenset(_names["published"])
AND: tuple[str, ...] = tuple(_names["and"])
CREDITS: tuple[str, ...] = tuple(_names["credit"])
# in the order in which they are asked
KINDS: dict[str, KindWords] = {
    kind: KindWords(titles=tuple(words["title"]), sections=frozenset(words["section"]), paths=frozenset(words["path"]))
    for kind, words in _read("kinds.toml").items()
}
CHANGED: tuple[str, ...] = tuple(_names["changed"])
ROLES: frozenset[str] = frozenset(_names["roles"])
PARTICLES: frozenset[str] = frozenset(_names["particles"])
NOT_A_PERSON: frozenset[str] = frozenset(_names["not_a_person"])
AGENCIES: dict[str, str] = dict(_names["agencies"])

MONTHS: dict[str, int] = {name: number for number, listed in enumerate(_calendar["months"], 1) for name in listed}
ZONES: dict[str, float] = dict(_calendar["zones"])
ZONE_PLACES: dict[str, str] = dict(_calendar["zone_places"])  # an IANA name to each
