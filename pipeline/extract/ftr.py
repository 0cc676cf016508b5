"""Reads rule files of ftr-site-config: `name: value` lines, XPath selectors, one file a host. Pure.

`example.org.txt` is for example.org and www.example.org, `.example.org.txt` for its subdomains as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.errors import SiteRuleError
from pipeline.extract.siterules import SELECTING, SiteRule, check_rule

_LINE = re.compile(r"([a-z_]+)(?:\((.*?)\))?\s*:(.*)")
_LISTS = (*SELECTING, "strip", "strip_id_or_class")
_UNUSED = frozenset(  # they have no meaning here, or none that a rule of one page can have
    ["test_url", "test_contains", "test_content", "tidy", "autodetect_on_failure", "parser", "strip_comments", "convert_double_br_tags"]
)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What was made of one file."""

    rule: SiteRule
    ignored: tuple[str, ...]  # directives that ask for what is not done here: further pages, headers, logins; in order, each once


def parse_ftr(file_name: str, text: str) -> Imported:
    """The rule of a file. Raises SiteRuleError where a selector is no XPath, or the file says nothing of a page."""
    entry: dict[str, object] = {"host": file_name.removesuffix(".txt"), "note": f"from {file_name} of ftr-site-config"}
    lists: dict[str, list[str]] = {}
    finds: list[str] = []
    replaces: list[tuple[str, str]] = []
    ignored: dict[str, None] = {}
    for line in text.splitlines():
        found = _LINE.match(line.strip())
        if found is None:
            continue
        name, argument, value = found[1], found[2], found[3].strip()
        if name in _LISTS and value:
            lists.setdefault(name, []).append(value.strip("'\"") if name == "strip_id_or_class" else value)
        elif name == "strip_image_src" and value:
            lists.setdefault("strip", []).append(_image_with(value.strip("'\"")))
        elif name == "find_string":
            finds.append(value)
        elif name == "replace_string" and argument:
            replaces.append((argument, value))
        elif name == "replace_string" and finds:
            replaces.append((finds.pop(0), value))
        elif name == "prune":
            entry["prune"] = value != "no"
        elif name not in _UNUSED:
            ignored.setdefault(name)
    if not lists:
        raise SiteRuleError(f"{file_name}: it selects nothing")
    rule = check_rule({**entry, **lists, "replace": [pair for pair in replaces if pair[0]]})
    return Imported(rule=rule, ignored=tuple(ignored))


def _image_with(words: str) -> str:
    quote = '"' if "'" in words else "'"
    return f"//img[contains(@src, {quote}{words.replace(quote, '')}{quote})]"
