"""robots.txt (RFC 9309): Protego matches the rules, behind a normaliser that selects the group as Google's parser does.

Protego alone agrees with 238 of the 251 decisions in Google's and the specification's test suites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from protego import Protego

from pipeline.text import clean_line

_READ_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB are parsed; the rest is ignored
_CACHED_FILES, _CACHED_CHARS = 256, 32_768  # some 30 MB at the most; a robots.txt has 2 KB as a rule
_BOMS = ("\ufeff", "\ufffd", "ï»¿")  # a byte order mark, whole or broken, or read as Latin-1
_AGENT = re.compile(r"[ \t]*user[ -]?agent[ \t]*[: \t][ \t]*(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")  # RFC 9309, 2.2.1: a product token
_RULE = re.compile(r"[ \t]*(?:dis{1,2}al{1,2}ow|diasllow|disallaw|allow)\b", re.IGNORECASE)
_CRAWL_DELAY = re.compile(r"[ \t]*crawl[ -]delay[ \t]*:[ \t]*([0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})[ \t]*(?:#|$)", re.IGNORECASE)
_SITEMAP = re.compile(r"[ \t]*(?:sitemaps?|site-map)[ \t]*:", re.IGNORECASE)
_SHOWN, _KEPT, _DETAIL_CHARS = 3, 50, 300  # lines of a change in its sentence, in its evidence; characters of the sentence
_EVERYBODY, _US = "*", "us"


class RobotsRules:
    """What one robots.txt says; made from status and body, which are what is stored."""

    def __init__(self, text: str, *, unreachable: bool) -> None:
        self.unreachable = unreachable  # nothing may be fetched until it can be read (RFC 9309, 2.3.1.4)
        self._lines = text.splitlines()
        self._read: dict[str, Protego] = {}
        self._named: frozenset[str] | None = None  # product tokens, lower case; None: not looked for yet

    @classmethod
    def parse(cls, status: int | None, body: str) -> RobotsRules:
        """Rules of an answer: 2xx are read, other 3xx and 4xx allow everything, 429, 5xx and no answer (None) are unreachable.

        The last ones that were read are kept: a host is visited again and again in the day that its file is good for.
        """
        if status is None or status == 429 or status >= 500:
            return cls("", unreachable=True)
        if not 200 <= status < 300:
            return cls("", unreachable=False)
        return _rules_of(body) if len(body) <= _CACHED_CHARS else cls(_readable(body), unreachable=False)

    def allows(self, url: str, token: str) -> bool:
        """Whether the robot with this product token may fetch the URL. An unreachable robots.txt allows nothing."""
        return not self.unreachable and self._for(token).can_fetch(url, _US)

    def crawl_delay(self, token: str) -> float | None:
        """Seconds between requests that the file asks of this robot, None when it states none. Not in the RFC, but meant.

        It belongs to the user-agent lines above it, and does not end their group for the rules (RFC 9309, 2.2.1).
        """
        delays = _crawl_delays(self._lines, token)
        return delays.get(_US if _US in delays else _EVERYBODY)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps it names, in order, as written."""
        return tuple(dict.fromkeys(self._for("").sitemaps))

    def named(self, tokens: Iterable[str]) -> tuple[str, ...]:
        """Of these product tokens those that a user-agent line names, in the order of `tokens`."""
        if self._named is None:
            values = (agent[1] for line in self._lines if (agent := _AGENT.match(line.partition("#")[0])))
            self._named = frozenset(product[0].lower() for value in values if (product := _TOKEN.match(value.strip())))
        return tuple(token for token in tokens if token.lower() in self._named)

    def rules_for(self, token: str) -> tuple[str, ...]:
        """The lines on which it depends what this robot is allowed, each once, in order; without comments."""
        lines = (line.partition("#")[0].strip() for line in _group_lines(self._lines, token) if not _SITEMAP.match(line))
        return tuple(dict.fromkeys(line for line in lines if line))

    def _for(self, token: str) -> Protego:
        if token not in self._read:
            self._read[token] = Protego.parse("\n".join(_group_lines(self._lines, token)))
        return self._read[token]


@dataclass(frozen=True, kw_only=True)
class RobotsChange:
    """How a robots.txt differs from the one before, for one robot."""

    added: tuple[str, ...]  # lines
    removed: tuple[str, ...]

    @property
    def detail(self) -> str:
        """One sentence: "robots.txt: Disallow: /news/ is new"."""
        parts = [f"{'; '.join(lines[:_SHOWN])} {word}" for lines, word in ((self.added, "new"), (self.removed, "gone")) if lines]
        return clean_line(f"robots.txt has changed for us: {', '.join(parts)}", _DETAIL_CHARS)


def change_of(before: RobotsRules, after: RobotsRules, token: str) -> RobotsChange | None:
    """What changed for a robot; None: nothing, or one of both could not be read. Comments and other robots' rules are no change."""
    if before.unreachable or after.unreachable:
        return None
    old, new = before.rules_for(token), after.rules_for(token)
    added = tuple(line for line in new if line not in set(old))
    removed = tuple(line for line in old if line not in set(new))
    return RobotsChange(added=added[:_KEPT], removed=removed[:_KEPT]) if added or removed else None


@lru_cache(maxsize=_CACHED_FILES)
def _rules_of(body: str) -> RobotsRules:
    return RobotsRules(_readable(body), unreachable=False)


def _readable(body: str) -> str:
    text = body.encode("utf-8", "replace")[:_READ_BYTES].decode("utf-8", "ignore")
    while text.startswith(_BOMS):
        text = text.removeprefix("\ufeff").removeprefix("\ufffd").removeprefix("ï»¿")
    return text


def _group_lines(lines: list[str], token: str) -> list[str]:
    """The lines that matter to one robot: groups for others are dropped, and with them all work that a hostile file could make of them.

    A group's user-agent lines may have unknown lines, and lines that are no rules, between them (RFC 9309, 2.2.1).
    """
    kept: list[str] = []
    agents: list[str] = []
    in_agents = False
    for line in lines:
        named = _agents(line, token)
        if named is not None:
            agents = list(dict.fromkeys([*agents, *named])) if in_agents else named
            in_agents = True
            kept += [f"User-agent: {name}" for name in agents] if named else []
        elif _RULE.match(line):
            in_agents = False
            kept += [line] if agents else []
        elif _SITEMAP.match(line):
            kept.append(line)
    return kept


def _crawl_delays(lines: list[str], token: str) -> dict[str, float | None]:
    """The first crawl-delay for our robot and for everybody; a robot that is named without one has None."""
    found: dict[str, float | None] = {}
    agents: list[str] = []
    in_agents = False
    for line in lines:
        named = _agents(line, token)
        if named is not None:
            agents = list(dict.fromkeys([*agents, *named])) if in_agents else named
            in_agents = True
            found.update({name: found.get(name) for name in named})
            continue
        stated = _CRAWL_DELAY.match(line)
        if stated is not None:
            found.update({name: float(stated[1]) for name in agents if found[name] is None})
        in_agents = in_agents and stated is None and not _RULE.match(line)
    return found


def _agents(line: str, token: str) -> list[str] | None:
    """Of a user-agent line those of "us" and "*" that it names; None when it is no such line."""
    agent = _AGENT.match(line.partition("#")[0])
    if agent is None:
        return None
    value = agent[1].strip()
    if value == "*" or value.startswith(("* ", "*\t")):
        return [_EVERYBODY]
    product = _TOKEN.match(value)
    return [_US] if product and product[0].lower() == token.lower() else []
