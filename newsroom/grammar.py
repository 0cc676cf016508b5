"""A small phrase grammar: rules of alternatives with `{slots}`, expanded from a seed.

A rule is a text of alternatives, one on a line or parted by ` | `. A slot is `{rule}`, or `{#10-90}` for a whole number in that range.
The rules of a language lie in `phrases/<language>.toml`.
"""

from __future__ import annotations

import math
import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType

_SLOT = re.compile(r"\{([^{}]+)\}")
_SENTENCE_START = re.compile(r"(?:^|[.!?] |: (?=[“«„]))[“«„]?\s?\w")
_SEPARATOR = re.compile(r"\s*(?:\n| \| )\s*")


@dataclass(frozen=True)
class Slot:
    """A reference to another rule."""

    rule: str


@dataclass(frozen=True)
class Number:
    """A whole number between two bounds, both included."""

    low: int
    high: int


Part = str | Slot | Number
Alternative = tuple[Part, ...]
Rules = Mapping[str, tuple[Alternative, ...]]


@dataclass(frozen=True, kw_only=True)
class Language:
    """The phrases of one language: the common rules and, for each topic, the rules that stand in their place."""

    code: str
    joiner: str  # between the sentences of a paragraph
    thousands: str  # between groups of three digits
    repairs: tuple[tuple[re.Pattern[str], str], ...]  # what meets at the seams of slots: "a old" → "an old"
    sticky: frozenset[str]  # rules that keep their first expansion for the whole article
    rules: Rules
    topics: Mapping[str, Rules]


def _part(token: str) -> Part:
    if token.startswith("#"):
        low, high = token[1:].split("-")
        return Number(int(low), int(high))
    return Slot(token)


def _alternative(text: str) -> Alternative:
    pieces = _SLOT.split(text)
    return tuple(_part(piece) if index % 2 else piece for index, piece in enumerate(pieces) if piece)


def _rules(table: Mapping[str, str]) -> Rules:
    return MappingProxyType(
        {name: tuple(_alternative(text) for text in _SEPARATOR.split(body.strip()) if text) for name, body in table.items()}
    )


@cache
def load_language(code: str) -> Language:
    """The phrases of `code` (BCP 47); FileNotFoundError where the press doesn't write that language."""
    source = resources.files("newsroom").joinpath("phrases", f"{code}.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    return Language(
        code=code,
        joiner=data["joiner"],
        thousands=data["thousands"],
        repairs=tuple((re.compile(pattern), put) for pattern, put in data["repairs"].items()),
        sticky=frozenset(data["sticky"].split()),
        rules=_rules(data["rules"]),
        topics=MappingProxyType({name: _rules(table) for name, table in data["topics"].items()}),
    )


@dataclass
class Writer:
    """Expands rules for one article: sticky rules once, the others round their alternatives before any comes again."""

    language: Language
    topic: str
    rng: random.Random
    memory: dict[str, str] = field(default_factory=dict)  # sticky rule → its text
    _turn: dict[str, tuple[int, int]] = field(default_factory=dict)  # rule → (next index, step)

    def write(self, rule: str) -> str:
        """The text of one expansion of `rule`; KeyError for a rule that neither the topic nor the language has."""
        if rule not in self.language.sticky:
            return self._expand(rule)
        if rule not in self.memory:
            self.memory[rule] = self._expand(rule)
        return self.memory[rule]

    def sentence(self, rule: str) -> str:
        """One expansion as it is printed: seams repaired, a capital at the start of each sentence."""
        text = self.write(rule)
        for pattern, put in self.language.repairs:
            text = pattern.sub(put, text)
        return _SENTENCE_START.sub(_capital, text)

    def _expand(self, rule: str) -> str:
        alternatives = self.language.topics[self.topic].get(rule) or self.language.rules[rule]
        return "".join([self._text(part) for part in alternatives[self._next(rule, len(alternatives))]])

    def _text(self, part: Part) -> str:
        match part:
            case str():
                return part
            case Slot(rule=rule):
                return self.write(rule)
            case Number(low=low, high=high):
                return f"{self.rng.randint(low, high):,}".replace(",", self.language.thousands)

    def _next(self, rule: str, count: int) -> int:
        """An index below `count`: a walk with a step coprime to `count` visits every alternative before it repeats one."""
        if rule not in self._turn:
            self._turn[rule] = (self.rng.randrange(count), _coprime(self.rng, count))
        index, step = self._turn[rule]
        self._turn[rule] = ((index + step) % count, step)
        return index


def _capital(match: re.Match[str]) -> str:
    return match.group()[:-1] + match.group()[-1].upper()


def _coprime(rng: random.Random, count: int) -> int:
    return rng.choice(_coprimes(count))


@cache
def _coprimes(count: int) -> tuple[int, ...]:
    return tuple(step for step in range(1, count + 1) if math.gcd(step, count) == 1)
