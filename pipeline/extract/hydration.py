"""The article out of the data that a page hands to its own scripts: all there is where they write the text into the page ("hydration").

It stands there as markup within a string, as a list of blocks, one a paragraph, or in JSON-LD; beside it stand other articles, comments,
menus. What is the article is told by what the page's headline and summary say. Where data stands in scripts is the matter of `statedata`,
what editors' formats look like that of `editorblocks`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import agreement, jsonld
from pipeline.extract.editorblocks import MOST_BLOCKS, Budget, blocks_of, is_record
from pipeline.extract.markup import line, parse, prose_length
from pipeline.extract.statedata import is_data, rows_of, values_of

LEAST_PROSE = 400  # characters, of an article
# Of what is stated, that an article holds: of 41 in data that were read well the least was .44; others and lists of teasers come to .5.
LEAST_SHARE = 0.43
LEAST_WORDS, _LEAST_SHARE_OF_FEW = 4, 0.6  # a headline alone is often no more
_LESS = 0.35  # than the share of the one that agrees best: another article on the same matter
_MOST_CHARS = 5_000_000  # of scripts that are read; of 651 pages the most is 870,000
_STRING_CHARS = 400  # as written, of a string that may hold an article
_MOST_FOUND = 200  # strings and lists of blocks that are looked at; of 651 pages the most is 51
_NESTED = 2  # levels of strings that hold JSON themselves
_DEEP = 40  # levels of lists and objects
_BLOCKS, _BLOCK_CHARS = 3, 60  # long ones from which on a list may be an article's

_STREAMED = "__next_f.push("  # Next.js: each call hands over another piece of React's stream
_PARAGRAPHS = re.compile(r"<p\b|</p>", re.IGNORECASE)
_BREAKS = re.compile(r"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:p|h[1-6]|ul|ol|blockquote|div|table|body)\b", re.IGNORECASE)
_BROKEN_OFF = re.compile(r"(?:…|\.\.\.)[\])]?\s*(?:read more)?$", re.IGNORECASE)
# keys under which other articles and readers' words stand
_OTHERS = re.compile(
    r"comment|repl(?:y|ies)|related|recommend|most_?(?:read|viewed|popular|shared)|popular|trending|latest|teaser|promo|sidebar|footer|(?:^|_)nav"
    r"|menu|outbrain|taboola|newsletter|breaking|ticker|more_?(?:from|stories|news)",
    re.IGNORECASE,
)
# what pages call the boxes of a paywall, and how their data says that a text is for those who pay or log in
_WITHHELD = re.compile(
    r"""(?:class|id)\s*=\s*["'][^"'<>]{0,200}(?:paywall|regwall|registration-?wall|premium|metered|piano-|poool|subscriber-only|locked-content)"""
    r"""|accessibleforfree\\{0,3}["']?\s*[:=]\s*\\{0,3}["']?(?:https?://schema\.org/)?(?:false|no\b)"""
    r"""|["'](?:is_?)?(?:premium|paid|paywall(?:ed)?|locked|members?_?only|subscribers?_?only|requires_?subscription)\\{0,3}["']\s*:\s*\\{0,3}["']?true"""
    r"""|access_?(?:type|level|tier)?\\{0,3}["']\s*:\s*\\{0,3}["'](?:premium|paid|subscri|metered|locked|member)"""
    r"""|content_tier["'][^<>]{0,60}(?:metered|locked|premium)""",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A text in a page's data."""

    share: float  # of what is stated
    prose: int
    markup: str


def is_withheld(page: str) -> bool:
    """Whether a page's markup or data says that its text is for those who pay or log in."""
    return _WITHHELD.search(page) is not None


def find_markup(tree: LexborHTMLParser, stated: frozenset[str]) -> str | None:
    """The article's HTML out of a page's scripts; None where none there is about what the page states: `agreement.stated_words`."""
    if len(stated) < LEAST_WORDS:
        return None
    least = LEAST_SHARE if len(stated) >= agreement.ENOUGH_WORDS else _LEAST_SHARE_OF_FEW
    about = []
    for markup in dict.fromkeys(islice(_candidates(tree), _MOST_FOUND)):
        page = parse(markup)
        if (prose := prose_length(page)) >= LEAST_PROSE and (share := agreement.share_of(stated, [line(page.body)])) >= least:
            about.append(_Found(share=share, prose=prose, markup=markup))
    best = max((found.share for found in about), default=0.0)
    near = [found for found in about if found.share >= best - _LESS]
    most = max((found.prose for found in near), default=0)
    whole = [found for found in near if 2 * found.prose >= most]
    return max(whole, key=lambda found: (found.share, found.prose)).markup if whole else None


def _candidates(tree: LexborHTMLParser) -> Iterator[str]:
    left, budget, stream = _MOST_CHARS, Budget(), list[str]()
    for script in tree.css("script"):
        text = script.text_lexbor()
        left -= len(text)
        if left < 0:
            break
        if "ld+json" in (script.attrs.get("type") or ""):
            yield from _article_bodies(text)
        elif _STREAMED in text:
            stream += [value[1] for value in values_of(text) if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)]
        elif len(text) >= _STRING_CHARS:
            yield from _of_values(values_of(text), budget, {})
    rows = rows_of("".join(stream))
    yield from (markup for row in rows.texts.values() if (markup := _paragraphed(row)))
    yield from _of_values(rows.values, budget, rows.texts)


def _article_bodies(block: str) -> Iterator[str]:
    """What a page tells search engines (schema.org's articleBody); not where it breaks off, nor of a live blog's single entries."""
    if "liveblogupdate" in block.lower():
        return
    for node in jsonld.read_blocks([block]):
        body = jsonld.text_of(node.get("articleBody")).strip()
        body = html.unescape(body) if "&lt;p" in body else body
        if body and not _BROKEN_OFF.search(html.unescape(body)):
            yield (_paragraphed(body) or body) if _BLOCK_TAG.search(body) or _BREAKS.search(body) else _of_lines(body)


def _of_lines(text: str) -> str:
    return "".join(f"<p>{html.escape(html.unescape(line), quote=False)}</p>" for line in text.splitlines() if line.strip())


def _paragraphed(text: str) -> str | None:
    """A string's markup with its text in paragraphs; None where it holds none, or ends within a tag."""
    if text.rfind("<") > text.rfind(">"):
        return None
    if _PARAGRAPHS.search(text):
        return text
    return f"<p>{_BREAKS.sub('</p><p>', text)}</p>" if _BREAKS.search(text) else None


def _of_values(values: Iterable[Any], budget: Budget, texts: Mapping[str, str]) -> Iterator[str]:
    for value in values:
        yield from _of_value(value, budget, texts, deep=_DEEP, nested=_NESTED)


def _of_value(value: Any, budget: Budget, texts: Mapping[str, str], *, deep: int, nested: int) -> Iterator[str]:
    """The texts within a value: strings of markup, lists of blocks, and what strings that are JSON hold."""
    if not deep or budget.is_spent:
        return
    if isinstance(value, str):
        yield from _of_string(value, budget, texts, nested=nested)
        return
    if isinstance(value, list) and (joined := _of_blocks(value, budget, texts)):
        yield joined
    for inner in _members(value):
        yield from _of_value(inner, budget, texts, deep=deep - 1, nested=nested)


def _of_string(text: str, budget: Budget, texts: Mapping[str, str], *, nested: int) -> Iterator[str]:
    if len(text) < _STRING_CHARS:
        return
    if not is_data(text):
        if markup := _paragraphed(text):
            yield markup
    elif nested:
        for inner in values_of(text):
            yield from _of_value(inner, budget, texts, deep=_DEEP, nested=nested - 1)


def _of_blocks(items: list[Any], budget: Budget, texts: Mapping[str, str]) -> str | None:
    if not _BLOCKS <= len(items) <= MOST_BLOCKS or any(map(is_record, items)):
        return None
    blocks = blocks_of(items, budget, texts)
    return "".join(blocks) if sum(len(block) >= _BLOCK_CHARS for block in blocks) >= _BLOCKS else None


def _members(value: Any) -> Iterator[Any]:
    """What a value holds, but for what stands under other articles' keys."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from (inner for key, inner in value.items() if not _OTHERS.search(key))
