"""Rules for single sites, for the few whose pages the general way misreads: XPath selectors in TOML, trusted until a date.

    [[site]]
    host = "example.org"              # www.example.org too; ".example.org": all its subdomains as well
    body = ["//div[@class='story']"]  # the first expression that matches counts; of several elements all, in order
    title = ["//h1"]                  # author, date: likewise; an expression may give text: "substring-after(//p[1], 'By ')"
    strip = ["//aside"]               # out of the page, before its text is read
    strip_id_or_class = ["promo"]     # elements whose id or class contains this
    valid_until = 2027-06-30          # pages fetched later are read the general way

The meaning is that of ftr-site-config (https://github.com/fivefilters/ftr-site-config), whose files `pipeline/extract/ftr.py` reads. Pure.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlsplit

from lxml import etree
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.errors import SiteRuleError

SELECTING = ("title", "author", "date", "body")
_MOST = 50  # expressions of one kind


def _compiles(expression: str) -> str:
    try:
        etree.XPath(expression)
    except etree.XPathSyntaxError as error:
        raise ValueError(f"{expression!r} is no XPath expression: {error}") from None
    return expression


def _bare(host: str) -> str:
    return host.strip().lower().removeprefix("www.")


XPaths = Annotated[tuple[Annotated[str, AfterValidator(_compiles)], ...], Field(max_length=_MOST)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(max_length=_MOST)]


@dataclass(frozen=True, kw_only=True)
class SiteRule:
    """How the pages of one site are read."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    host: Annotated[str, AfterValidator(_bare), Field(min_length=3)]  # without www.; with a dot before it: its subdomains too
    title: XPaths = ()
    author: XPaths = ()
    date: XPaths = ()
    body: XPaths = ()
    strip: XPaths = ()
    strip_id_or_class: Words = ()
    replace: tuple[tuple[Annotated[str, Field(min_length=1)], str], ...] = ()  # in the markup, before anything else
    prune: bool = True  # cut furniture by its build inside the body too
    valid_until: dt.date | None = None  # pages fetched later are read without it; None: for ever
    note: str = ""

    @property
    def mark(self) -> str:
        """What its result depends on, as eight hexadecimal digits."""
        decides = replace(self, host="", valid_until=None, note="")
        return hashlib.sha256(repr(decides).encode()).hexdigest()[:8]


@dataclass(frozen=True, kw_only=True)
class SiteRules:
    """The rules by host."""

    by_host: Mapping[str, SiteRule]

    def find(self, url: str, *, on: dt.date) -> SiteRule | None:
        """The rule for a page that was fetched on this day: its host's own, else that of the nearest domain above that has one."""
        host = _bare(urlsplit(url).hostname or "")
        labels = host.split(".")
        names = [host, *("." + ".".join(labels[start:]) for start in range(len(labels)))]
        rule = next((self.by_host[name] for name in names if name in self.by_host), None)
        return rule if rule is not None and (rule.valid_until is None or on <= rule.valid_until) else None

    def expired(self, on: dt.date) -> list[SiteRule]:
        """Those that are applied no more."""
        return [rule for rule in self.by_host.values() if rule.valid_until is not None and rule.valid_until < on]


RULE = TypeAdapter(SiteRule)


def parse_rules(text: str) -> list[SiteRule]:
    """The rules of a TOML file. Raises SiteRuleError, which names the entry and the field."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteRuleError(str(error)) from None
    entries = document.get("site")
    if not isinstance(entries, list) or len(document) != 1:
        raise SiteRuleError("entries begin with [[site]], and nothing else is known")
    return [check_rule(entry) for entry in entries]


def check_rule(entry: Any) -> SiteRule:
    """An entry as a rule. Raises SiteRuleError."""
    try:
        return RULE.validate_python(entry)
    except ValidationError as error:
        first = error.errors()[0]
        host = entry.get("host", "without host") if isinstance(entry, dict) else "?"
        raise SiteRuleError(f"{host}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def to_toml(rules: Sequence[SiteRule]) -> str:
    """The rules as a TOML file that `parse_rules` reads."""
    return "\n\n".join(_entry(rule) for rule in rules) + "\n"


def _entry(rule: SiteRule) -> str:
    lines = ["[[site]]", f"host = {_quoted(rule.host)}"]
    for name in (*SELECTING, "strip", "strip_id_or_class"):
        values: tuple[str, ...] = getattr(rule, name)
        if values:
            lines.append(f"{name} = [{', '.join(map(_quoted, values))}]")
    if rule.replace:
        pairs = ", ".join(f"[{_quoted(old)}, {_quoted(new)}]" for old, new in rule.replace)
        lines.append(f"replace = [{pairs}]")
    lines += [] if rule.prune else ["prune = false"]
    lines += [f"valid_until = {rule.valid_until.isoformat()}"] if rule.valid_until else []
    lines += [f"note = {_quoted(rule.note)}"] if rule.note else []
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}" for char in escaped) + '"'
