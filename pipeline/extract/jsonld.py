"""schema.org JSON-LD: every object of every block, and the one that describes this page's article.

Real blocks are arrays, graphs, nested, HTML-commented, with raw line breaks in strings, trailing or missing commas, comments, strings in
single quotes, quotes inside strings, or cut off: what can be read is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]

MAX_BLOCK_CHARS = 1_000_000
MAX_NODES = 400
MAX_DEPTH = 12

_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r'([}\]"])(\s*\n\s*)("[\w@]+"\s*:)')
# a string, kept; a comment; a string in single quotes where a value or key may stand
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"|(?P<comment>//[^\n]*|/\*.*?\*/)|(?<=[\[{:,\s])\'(?P<single>(?:[^\'\\\n]++|\\.|\'(?=\w)){0,300}+)\'(?=\s*[,:}\]])',
    re.DOTALL,
)
_SALVAGED_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"(?:https?://schema\.org/)?(\w{3,40})"')
_SALVAGED_FACT = re.compile(
    r'"(headline|alternativeHeadline|description|datePublished|dateModified|dateCreated|articleSection|inLanguage|keywords)"\s*:\s*"'
    r'(.{1,600}?)"\s*(?=,\s*"|,?\s*[}\n])'
)
_SALVAGED_AUTHOR = re.compile(r'"author"\s*:\s*\[?\s*\{[^{}]{0,300}?"name"\s*:\s*"([^"{}]{2,100})"')
ARTICLE_TYPES = frozenset(
    [
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "backgroundnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "askpublicnewsarticle",
        "advertisercontentarticle",
        "satiricalarticle",
        "liveblogposting",
        "blogposting",
        "socialmediaposting",
        "discussionforumposting",
        "techarticle",
        "scholarlyarticle",
        "report",
        "review",
        "criticreview",
        "medicalscholarlyarticle",
        "howto",
        "recipe",
        "claimreview",
    ]
)
_PAGE_TYPES = frozenset(["webpage", "itempage", "medicalwebpage", "aboutpage", "videoobject", "imagegallery", "mediagallery"])
_LIST_KEYS = frozenset(["itemlistelement", "review", "comment", "breadcrumb", "ispartof", "publisher", "author", "creator"])


def read_blocks(blocks: Iterable[str]) -> tuple[Node, ...]:
    """Every object in `blocks` (texts of ld+json scripts), outer before inner, at most MAX_NODES; of broken blocks what a repair gives."""
    nodes: list[Node] = []
    for block in blocks:
        for node in _walk(_load(block), 0):
            nodes.append(node)
            if len(nodes) >= MAX_NODES:
                return tuple(nodes)
    return tuple(nodes)


def types_of(node: Node) -> frozenset[str]:
    """The node's types, lower case, without the schema.org prefix."""
    return frozenset(str(kind).rsplit("/", 1)[-1].lower() for kind in _as_list(node.get("@type")))


def article_node(nodes: tuple[Node, ...], titles: Iterable[str]) -> Node | None:
    """The node of this page's article: of an article type, best with a headline among `titles` (the page's own), else the first."""
    wanted = {letters for title in titles if (letters := _letters(title))}
    articles = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    for node in articles:
        if _letters(text_of(node.get("headline")) or text_of(node.get("name"))) in wanted:
            return node
    with_facts = [node for node in articles if node.get("headline") or node.get("datePublished")]
    return next(iter(with_facts or articles), None)


def page_node(nodes: tuple[Node, ...]) -> Node | None:
    """The WebPage (or video, gallery) node, which may hold dates where no article node is."""
    return next((node for node in nodes if types_of(node) & _PAGE_TYPES), None)


def text_of(value: object) -> str:
    """A string out of a value that should be one: the first of a list, the name or @value of an object."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, Mapping):
            value = value.get("@value") or value.get("name") or value.get("url") or value.get("@id") or ""
    return value if isinstance(value, str) else ""


def texts_of(value: object) -> tuple[str, ...]:
    """Every string of a list-like value, in order."""
    return tuple(text for part in _as_list(value) if (text := text_of(part).strip()))


def linked(value: object, nodes: tuple[Node, ...]) -> tuple[object, ...]:
    """The parts of a list-like value, references ({"@id": …}) replaced by the node they point to."""
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    return tuple(
        by_id.get(part["@id"], part) if isinstance(part, Mapping) and isinstance(part.get("@id"), str) and "name" not in part else part
        for part in _as_list(value)
    )


def _as_list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _load(block: str) -> object:
    """One block's value; None where it can't be read even after repairs."""
    if len(block) > MAX_BLOCK_CHARS:
        return None
    for repair in (_as_it_is, _unwrapped, _commas_mended, _respelt):
        try:
            return json.loads(repair(block), strict=False)
        except (ValueError, RecursionError):
            continue
    return _salvaged(block)


def _as_it_is(block: str) -> str:
    return block


def _unwrapped(block: str) -> str:
    return _WRAPPING.sub("", _WRAPPING.sub("", block)).strip().rstrip(";")


def _commas_mended(block: str) -> str:
    return _MISSING_COMMA.sub(r"\1,\2\3", _TRAILING_COMMA.sub(r"\1", _unwrapped(block)))


def _respelt(block: str) -> str:
    """Without comments, with strings in single quotes in double ones, and commas mended."""
    return _commas_mended(_TOKEN.sub(_respell, _unwrapped(block)))


def _respell(token: re.Match[str]) -> str:
    if token["comment"]:
        return ""
    if token["single"] is not None:
        return json.dumps(token["single"].replace("\\'", "'"), ensure_ascii=False)
    return token[0]


def _salvaged(block: str) -> dict[str, Any] | None:
    """An article out of a block that is no JSON at all: the facts that stand in it on their own; None where it is of another type."""
    kind = next((match[1] for match in _SALVAGED_TYPE.finditer(block) if match[1].lower() in ARTICLE_TYPES), None)
    if kind is None:
        return None
    found: dict[str, Any] = {"@type": kind}
    for match in _SALVAGED_FACT.finditer(block[block.index(kind) :]):
        found.setdefault(match[1], match[2].replace('\\"', '"').replace("\\/", "/"))
    author = _SALVAGED_AUTHOR.search(block)
    return {**found, "author": [{"@type": "Person", "name": author[1]}]} if author else found


def _walk(value: object, depth: int) -> Iterator[Node]:
    """Objects in `value`, outer first; does not look into lists of other pages, people and publishers."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for part in value[:MAX_NODES]:
            yield from _walk(part, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key, part in value.items():
            if isinstance(part, (list, Mapping)) and str(key).lower() not in _LIST_KEYS:
                yield from _walk(part, depth + 1)
