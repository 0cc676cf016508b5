"""Texts as editors' formats keep them, a list of blocks, put into HTML: Arc, Portable Text, Contentful, Editor.js, ProseMirror, the BBC's
models, React's elements. What a format does not tell us apart is read as they all mean it: the first member that holds words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.extract.markup import parse

MOST_BLOCKS = 5_000  # of an article; what is longer is none
_DEEP = 8  # within a block
_MOST_CHARS = 10_000_000  # that are put out for a page, those of lists within lists counted again
_MOST_VALUES = 500_000
_KIND_CHARS = 200  # of what a block is called

_WORDS_IN = ("text", "content", "value", "html", "children", "model", "data", "blocks", "body", "paragraph", "paragraphs", "items", "spans")
_KIND_IN = ("type", "_type", "nodeType", "kind", "__typename", "blockType", "component", "name", "style", "tag", "listItem")
_NO_TEXT = re.compile(
    r"image|photo|picture|video|audio|embed|gallery|advert|^ad$|related|recommend|newsletter|iframe|social|tweet|caption|promo|divider|author"
    r"|byline|link_?list|subscri|interstitial|teaser|figure|slide|media|raw_?html|script|comment|most_?read|popular|trending|outbrain|taboola"
    r"|sidebar|footer|menu",
    re.IGNORECASE,
)
_HEADING = re.compile(r"head(?:er|ing|line)?(?:[-_ ]?\d)?$|^h[1-6]$|^subtitle$|^subhead", re.IGNORECASE)
_QUOTE = re.compile(r"quote", re.IGNORECASE)
_LIST = re.compile(r"(?:^|[-_ ])(?:un)?(?:ordered)?[-_ ]?list$|^[uo]l$|^bulletlist$", re.IGNORECASE)
_ITEM = re.compile(r"list[-_ ]?item$|^li$", re.IGNORECASE)
_BREAK = re.compile(r"^(?:hard[-_]?break|line[-_]?break|br)$", re.IGNORECASE)
_INLINE = re.compile(r"^(?:span|text|fragment|link|hyperlink|a|strong|b|em|i|u|code|mark|sub|sup)$", re.IGNORECASE)
_FORMAT = re.compile(
    r"<(?=[/a-z])/?(?:p|a|b|i|u|em|strong|br|span|h[1-6]|ul|ol|li|blockquote|sub|sup|cite|q|s|small|mark|div|table|tr|td|th)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(?:script|style|iframe|template|object|embed|img|video|audio|svg|noscript|form|input|!--)", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:p|h[1-6]|ul|ol|li|blockquote|div|table)\b", re.IGNORECASE)
_ADDRESS_IN, _TITLE_IN = (
    frozenset(["url", "slug", "link", "permalink", "canonical", "canonical_url", "href", "path"]),
    frozenset(["title", "headline", "headlines"]),
)
_ELEMENT = 4  # React's: ["$", tag, key, props]


@dataclass
class Budget:
    """How much may still be read and put out for a page."""

    chars: int = _MOST_CHARS
    values: int = _MOST_VALUES

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is read."""
        return self.chars < 0 or self.values < 0


def is_record(item: Any) -> bool:
    """Whether an item of a list is an article of its own, by its title and its address: no block of another one."""
    return isinstance(item, Mapping) and not _TITLE_IN.isdisjoint(item) and not _ADDRESS_IN.isdisjoint(item)


def blocks_of(items: Sequence[Any], budget: Budget, texts: Mapping[str, str]) -> list[str]:
    """Each item as HTML, closed in itself; empty for a picture, a teaser, a number. `texts` are those that strings refer to."""
    return [_closed(_block(item, _Words(budget=budget, texts=texts))) for item in items]


def _closed(block: str) -> str:
    """A block whose every tag is closed, so that it swallows none that follows."""
    if "<" not in block:
        return block
    body = parse(block).body
    return (body.inner_html or "") if body is not None else ""


def _block(item: Any, words: _Words) -> str:
    said = words.of(item, _DEEP).strip()
    if not said or _BLOCK_TAG.search(said):
        return said
    kinds = _kinds_of(item) if isinstance(item, Mapping) else []
    if any(map(_HEADING.search, kinds)):
        return f"<h2>{said}</h2>"
    if any(map(_ITEM.search, kinds)) or (isinstance(item, Mapping) and item.get("listItem")):
        return f"<ul><li>{said}</li></ul>"
    return f"<blockquote><p>{said}</p></blockquote>" if any(map(_QUOTE.search, kinds)) else f"<p>{said}</p>"


@dataclass(frozen=True, kw_only=True)
class _Words:
    budget: Budget
    texts: Mapping[str, str]

    def of(self, value: Any, deep: int, *, plain: bool = False) -> str:
        """What a value says, as HTML."""
        self.budget.values -= 1
        if not deep or self.budget.is_spent:
            return ""
        if isinstance(value, str):
            said = _string(self._referred(value), plain=plain)
            self.budget.chars -= len(said)
            return said
        if isinstance(value, list):
            return self._of_element(value, deep) if _is_element(value) else self._of_list(value, deep)
        return self._of_object(value, deep) if isinstance(value, Mapping) else ""

    def _referred(self, text: str) -> str:
        if text.startswith("$"):
            return (
                text[1:]
                if text.startswith("$$")
                else self.texts.get(text, "" if len(text) < 6 and text[1:].isalnum() and self.texts else text)
            )
        return text

    def _of_element(self, element: list[Any], deep: int) -> str:
        tag, props = element[1], element[3]
        said = self.of(props.get("children"), deep - 1) if isinstance(props, dict) else ""
        return f"<{tag}>{said}</{tag}>" if said and isinstance(tag, str) and _BLOCK_TAG.match(f"<{tag}>") else said

    def _of_list(self, values: list[Any], deep: int) -> str:
        parts = [self.of(part, deep - 1) for part in values[:MOST_BLOCKS]]
        inline = any(isinstance(part, str) or (isinstance(part, Mapping) and any(map(_INLINE.search, _kinds_of(part)))) for part in values)
        if inline or not any(isinstance(part, Mapping) for part in values):
            return "".join(parts)
        return "".join(part if _BLOCK_TAG.search(part) else f"<p>{part}</p>" for part in parts if part)

    def _of_object(self, block: Mapping[str, Any], deep: int) -> str:
        kinds = _kinds_of(block)
        if any(map(_BREAK.search, kinds)):
            return "<br>"
        if any(map(_NO_TEXT.search, kinds)):
            return ""
        if any(map(_LIST.search, kinds)):
            return self._of_items(block, deep)
        plain = "marks" in block or "span" in kinds or block.get("nodeType") == "text"
        return next((said for key in _WORDS_IN if (said := self.of(block.get(key), deep - 1, plain=plain))), "")

    def _of_items(self, block: Mapping[str, Any], deep: int) -> str:
        held = block.get("data")
        held = held if isinstance(held, Mapping) else block
        items: list[Any] = next((held[key] for key in ("items", *_WORDS_IN) if isinstance(held.get(key), list)), [])
        said = [self.of(item, deep - 1) for item in items[:MOST_BLOCKS]]
        return f"<ul>{''.join(f'<li>{item}</li>' for item in said if item)}</ul>" if any(said) else ""


def _string(text: str, *, plain: bool) -> str:
    if plain:
        return html.escape(text, quote=False)
    if _FORMAT.search(text):
        return text
    if _ANY_TAG.search(text):
        return ""  # an embed
    return text if _ENTITY.search(text) and "<" not in text else html.escape(text, quote=False)


def _is_element(value: list[Any]) -> bool:
    return len(value) == _ELEMENT and value[0] == "$"


def _kinds_of(block: Mapping[str, Any]) -> list[str]:
    return [kind[:_KIND_CHARS] for key in _KIND_IN if isinstance(kind := block.get(key), str)]
