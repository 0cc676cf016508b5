"""What the files of a site reserve for one of its pages: /.well-known/tdmrep.json, /ai.txt, and names of AI's robots in robots.txt. Pure.

A file that is absent, out of reach or unreadable says nothing: that is unknown, and no consent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from pipeline.fetch.airobots import TOKENS
from pipeline.fetch.robots import RobotsRules
from pipeline.records import SiteRights
from pipeline.text import clean_line

RIGHTS_FILE_CAP = 256 * 1024  # bytes, decoded; 1,000 rules are some 100 KB
_MAX_RULES = 1000
_PATTERN_CHARS = 2000
_POLICY_CHARS = 500
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PAGE = re.compile(r"\.x?html?$", re.IGNORECASE)


class RightsFile(StrEnum):
    """A file in which a site reserves rights: the `kind` of a rights_file row."""

    TDMREP = "tdmrep"
    AI_TXT = "ai_txt"

    @property
    def path(self) -> str:
        """Where it lies."""
        return {RightsFile.TDMREP: "/.well-known/tdmrep.json", RightsFile.AI_TXT: "/ai.txt"}[self]


@dataclass(frozen=True, kw_only=True)
class TdmRule:
    """One rule of a tdmrep.json."""

    location: str  # pattern of paths, percent-encoding in one form
    reserved: bool | None  # None: a value that is neither 0 nor 1, which counts as unset
    policy: str | None


def site_rights(url: str, bodies: Mapping[RightsFile, str], *, robots: RobotsRules, robots_token: str) -> SiteRights:
    """What a site reserves for a URL of it (normalised). `bodies` are the texts of its files; one that could not be had is not there."""
    rule = _rule_for(url, parse_tdmrep(bodies.get(RightsFile.TDMREP, "")))
    return SiteRights(
        tdm_reservation=rule.reserved if rule else None,
        tdm_policy=rule.policy if rule else None,
        ai_txt=_reserved_by_ai_txt(url, bodies.get(RightsFile.AI_TXT, ""), robots_token),
        ai_robots=tuple(token for token in robots.named(TOKENS) if not robots.allows(url, token)),
    )


# -- tdmrep.json: W3C community group, final report of 10 May 2024 ---------------------------


def parse_tdmrep(body: str) -> tuple[TdmRule, ...]:
    """The rules in order; none where the text is not the JSON array that the report asks for."""
    try:
        entries = json.loads(body) if body else []
    except (ValueError, RecursionError):
        return ()
    return tuple(_rule(entry) for entry in entries[:_MAX_RULES] if _is_rule(entry)) if isinstance(entries, list) else ()


def _is_rule(entry: object) -> bool:
    location = entry.get("location") if isinstance(entry, dict) and "tdm-reservation" in entry else None
    return isinstance(location, str) and len(location) <= _PATTERN_CHARS


def _rule(entry: Mapping[str, object]) -> TdmRule:
    policy = entry.get("tdm-policy")
    said = str(entry["tdm-reservation"])
    return TdmRule(
        location=_in_one_form(str(entry["location"])),
        reserved=said == "1" if said in ("0", "1") else None,
        policy=clean_line(policy, _POLICY_CHARS) if isinstance(policy, str) and policy else None,
    )


def _rule_for(url: str, rules: tuple[TdmRule, ...]) -> TdmRule | None:
    """The first rule in sequence that matches: the report calls it the most specific one."""
    if not rules:
        return None
    parts = urlsplit(url)
    path = _in_one_form((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    return next((rule for rule in rules if matches(rule.location, path)), None)


def matches(pattern: str, path: str) -> bool:
    """Whether a path begins as the pattern says: `*` stands for any characters, a `$` at the end for the path's end. Linear in the path."""
    ends = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = others.pop() if ends and others else None
    for part in others:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= at
    return not ends or at == len(path)


def _in_one_form(path: str) -> str:
    """Percent-encoding as RFC 3986, 6.2.2 has it: unreserved characters plain, all others encoded in capitals."""
    encoded = quote(path, safe="%!$&'()*+,;=:@/?[]#~")
    return _ESCAPED.sub(lambda match: char if (char := chr(int(match[1], 16))) in _UNRESERVED else match[0].upper(), encoded)


# -- ai.txt: Spawning ------------------------------------------------------------------------


def _reserved_by_ai_txt(url: str, body: str, robots_token: str) -> bool | None:
    """Whether ai.txt keeps AI from a page. It speaks robots.txt's language of file types: a page is one of *.html, whatever its name."""
    rules = RobotsRules.parse(200, body)
    if not any(line.lower().startswith(("allow", "disallow")) for line in rules.rules_for(robots_token)):
        return None
    parts = urlsplit(url)
    page = parts.path if _PAGE.search(parts.path) else f"{parts.path}.html"
    return not rules.allows(f"{parts.scheme}://{parts.netloc}{page}", robots_token)
