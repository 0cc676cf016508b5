"""The article out of the data that a page hands to its own scripts: all there is where they write the text into the page ("hydration").

It stands there as markup within a string, as a list of blocks, one a paragraph, or in JSON-LD; beside it stand other articles, menus,
labels. What is the article is told by what the page's headline and summary say. Of 651 labelled pages 109 hold it or parts of it so, 86
as a whole (F1 over .9), one of them nowhere else (`docs/decisions.md`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import agreement, jsonld
from pipeline.extract.markup import line, parse, prose_length

LEAST_PROSE = 400  # characters, of an article
# Of what is stated, that an article holds: of 41 in data that were read well the least was .44; others and lists of teasers come to .5.
LEAST_SHARE = 0.43
_MOST_CHARS = 5_000_000  # of scripts that are read; of 651 pages the most is 870,000
_STRING_CHARS = 400  # as written, of a string that may hold an article
_MOST_FOUND = 200  # strings and lists of blocks that are looked at; of 651 pages the most is 51
_MOST_FAILED = 500  # places of a script that look like JSON and are none
_NESTED = 2  # levels of strings that hold JSON themselves
_DEEP = 40  # levels of lists and objects
_MOST_REVIVED = 200_000  # values of a pool, those that are named twice counted twice
_BLOCK_DEEP = 8  # within a block
_BLOCKS, _BLOCK_CHARS = 3, 60  # long ones from which on a list may be an article's
_KIND_CHARS = 200  # of what a block is called
_MOST_BLOCKS = 5_000  # of an article; what is longer is none

# matched without a way back, and to the end where it never ends, so that no text is gone through from each of its quotes
_STRING = re.compile(r'"((?:[^"\\]++|\\(?:.|\Z))*+)(?:"|\Z)', re.DOTALL)
_VALUE = re.compile(r'[=(]\s*+(?=[{\["])')  # where JSON begins in a script: assigned, or handed to a function
_STREAMED = "__next_f.push("  # Next.js: each call hands over another piece of the stream
_ROW = re.compile(rb"[0-9a-f]{0,8}:(?:T([0-9a-f]{1,8}),|[A-Z]{1,2}(?=[\[{\"]))?")
_MARKUP = re.compile(r"</p>|<br\b|<p\b", re.IGNORECASE)
_TAG_OR_ENTITY = re.compile(r"</?[a-z]|&#?\w+;", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:p|h[1-6]|ul|ol|blockquote|div|table)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?。！？…:][\"'”’»)\]]*\s*$")
# where editors' formats keep a block's words (Arc, Portable Text, Contentful, Editor.js, ProseMirror, the BBC's), first found first read
_WORDS_IN = ("text", "content", "value", "html", "children", "model", "data", "blocks", "body", "paragraph", "paragraphs", "items", "spans")
_KIND_IN = ("type", "_type", "nodeType", "kind", "__typename", "blockType", "name", "style")
_NO_TEXT = re.compile(
    r"image|photo|picture|video|audio|embed|gallery|advert|^ad$|related|recommend|newsletter|iframe|social|tweet|caption|promo|divider|author"
    r"|byline|link.?list|subscri",
    re.IGNORECASE,
)
_HEADING = re.compile(r"head|^h[1-6]$|^subtitle$", re.IGNORECASE)


def find_markup(tree: LexborHTMLParser, stated: frozenset[str]) -> str | None:
    """The article's HTML out of a page's scripts; None where none there is about what the page states: `agreement.stated_words`."""
    if not stated:
        return None
    about: list[tuple[float, int, str]] = []
    for found in dict.fromkeys(islice(_candidates(tree), _MOST_FOUND)):
        page = parse(found)
        if (prose := prose_length(page)) >= LEAST_PROSE and (share := agreement.share_of(stated, [line(page.body)])) >= LEAST_SHARE:
            about.append((share, prose, found))
    most = max((prose for _, prose, _ in about), default=0)
    return max((found for found in about if 2 * found[1] >= most), default=(0, 0, None))[2]


def _candidates(tree: LexborHTMLParser) -> Iterator[str]:
    left, stream = _MOST_CHARS, []
    for script in tree.css("script"):
        text = script.text_lexbor()
        left -= len(text)
        if left < 0:
            break
        if "ld+json" in (script.attrs.get("type") or ""):
            yield from _article_bodies(text)
        elif _STREAMED in text:
            stream += [value[1] for value in _values(text) if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)]
        elif len(text) >= _STRING_CHARS:
            yield from _texts_with_markup(text, _NESTED)
            yield from _lists_of_blocks(text)
    for row in _rows("".join(stream).encode("utf-8", "replace")):
        if _is_data(row):
            yield from _texts_with_markup(row, _NESTED - 1)
            yield from _lists_of_blocks(row)
        elif _MARKUP.search(row):
            yield row


def _rows(stream: bytes) -> Iterator[str]:
    """The rows of React's stream of server components, which a page hands over in pieces: JSON up to a line's end, texts by their bytes."""
    at = 0
    while (head := _ROW.match(stream, at)) is not None:
        end = head.end() + int(head[1], 16) if head[1] else stream.find(b"\n", head.end())
        end = len(stream) if end < 0 else end
        yield stream[head.end() : end].decode("utf-8", "replace")
        at = end if head[1] else end + 1


def _article_bodies(block: str) -> Iterator[str]:
    """What a page tells search engines (schema.org's articleBody); not where it breaks off."""
    for body in (jsonld.text_of(node.get("articleBody")).strip() for node in jsonld.read_blocks([block])):
        if body and not body.endswith(("…", "...")):
            yield body if _BLOCK_TAG.search(body) else "".join(f"<p>{_words(text, 1)}</p>" for text in body.splitlines() if text.strip())


def _texts_with_markup(script: str, nested: int) -> Iterator[str]:
    """Strings of a script that hold paragraphs, as the script would read them; a string may be JSON with such strings again."""
    for match in _STRING.finditer(script):
        if len(match[1]) < _STRING_CHARS:
            continue
        try:
            text: str = json.loads(match[0], strict=False)
        except ValueError:
            continue  # it only looked like one
        if not _is_data(text) and _MARKUP.search(text):
            yield text
        elif nested and '"' in text:
            yield from _texts_with_markup(text, nested - 1)


def _is_data(text: str) -> bool:
    return text.lstrip()[:1] in {"{", "["}


def _lists_of_blocks(script: str) -> Iterator[str]:
    for value in _values(script):
        for found in _lists(_revived(value), _DEEP):
            blocks = [_block(item) for item in found]
            if sum(len(block) >= _BLOCK_CHARS for block in blocks) >= _BLOCKS:
                yield "".join(blocks)


def _values(script: str) -> Iterator[Any]:
    """The JSON values of a script: all of it, or what it assigns to variables and hands to functions."""
    reader, at, failed, left = json.JSONDecoder(strict=False), 0, 0, 2 * len(script)
    starts = [0] if _is_data(script) else []
    starts += [match.end() for match in _VALUE.finditer(script)]
    for start in starts:
        if start < at:
            continue
        if failed > _MOST_FAILED or left < 0:
            return  # a hostile script is not read from each of its brackets
        begins = len(script) - len(script[start:].lstrip()) if start == 0 else start
        try:
            value, at = reader.raw_decode(script, begins)
        except ValueError as error:  # also for a number of thousands of digits
            failed, left = failed + 1, left - (getattr(error, "pos", len(script)) - begins)
        except RecursionError:
            return
        else:
            yield value


def _revived(value: Any) -> Any:
    """A pool of values that name each other by their places in it, put together again (devalue, Nuxt 3's format); others as they are."""
    if not isinstance(value, list) or not _is_pool(value):
        return value
    pool: list[Any] = value
    left = _MOST_REVIVED

    def at(place: Any, deep: int) -> Any:
        nonlocal left
        left -= 1
        if not isinstance(place, int) or not 0 <= place < len(pool) or not deep or left < 0:
            return None
        held = pool[place]
        if isinstance(held, dict):
            return {key: at(inner, deep - 1) for key, inner in held.items()}
        if isinstance(held, list):
            return at(held[1], deep - 1) if _is_tagged(held) else [at(inner, deep - 1) for inner in held[: max(0, min(left, _MOST_BLOCKS))]]
        return held

    return at(0, _DEEP)


def _is_pool(values: list[Any]) -> bool:
    return len(values) > _BLOCKS and (
        _is_tagged(values[0]) or (isinstance(values[0], dict) and all(type(place) is int for place in values[0].values()))
    )


def _is_tagged(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int


def _lists(value: Any, deep: int) -> Iterator[Sequence[Any]]:
    if not deep or not isinstance(value, list | dict):
        return
    if isinstance(value, list) and _BLOCKS <= len(value) <= _MOST_BLOCKS:
        yield value
    for inner in value if isinstance(value, list) else value.values():
        yield from _lists(inner, deep - 1)


def _block(item: Any) -> str:
    """A block as HTML; empty for a picture, a teaser, a number."""
    words = _words(item, _BLOCK_DEEP).strip()
    if not words or _BLOCK_TAG.search(words):
        return words
    tag = "h2" if isinstance(item, dict) and _HEADING.search(_kind_of(item)) else "p"
    return f"<{tag}>{words}</{tag}>"


def _words(value: Any, deep: int) -> str:
    """What a block says, as HTML: of an object what the first of its members says that holds words."""
    if isinstance(value, str):
        if _is_data(value):
            return ""
        return value if _TAG_OR_ENTITY.search(value) else html.escape(value, quote=False)
    if not deep:
        return ""
    if isinstance(value, list):
        parts = [_words(part, deep - 1) for part in value[:_MOST_BLOCKS]]
        return "".join(f"<p>{part}</p>" for part in parts if part) if sum(map(_is_paragraph, parts)) > 1 else "".join(parts)
    if isinstance(value, Mapping) and not _NO_TEXT.search(_kind_of(value)):
        return next((words for key in _WORDS_IN if (words := _words(value.get(key), deep - 1))), "")
    return ""


def _is_paragraph(words: str) -> bool:
    return len(words) >= _BLOCK_CHARS and _SENTENCE_END.search(words) is not None


def _kind_of(block: Mapping[str, Any]) -> str:
    return next((kind[:_KIND_CHARS] for key in _KIND_IN if isinstance(kind := block.get(key), str)), "")
