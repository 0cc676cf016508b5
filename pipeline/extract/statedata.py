"""The JSON that scripts of a page hold: all of a script, what it assigns or hands to a function, Nuxt's pools, React's stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

_MOST_FAILED = 500  # places of a script that look like JSON and are none
_MOST_REVIVED = 100_000  # values of a pool, those that are named twice counted twice
_MOST_CHARS = 10_000_000  # of a pool's strings, counted so
_DEEP = 40

_DATA = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_VALUE = re.compile(r"[=(]\s*+(?=[{\[\"'])")  # where JSON begins in a script: assigned, or handed to a function
_QUOTED = re.compile(r"'((?:[^'\\]++|\\(?:.|\Z))*+)'", re.DOTALL)  # JSON.parse('…')
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_ROW = re.compile(rb"([0-9a-f]{0,8}):(?:T([0-9a-f]{1,8}),|[A-Z]{1,2}(?=[\[{\"]))?")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """React's stream of server components: its JSON rows, and its texts by the names that strings refer to them by ("$2b")."""

    values: tuple[Any, ...]
    texts: Mapping[str, str]


def is_data(text: str) -> bool:
    """Whether a string begins as JSON; "[The council]" and "{sic}" do not."""
    return _DATA.match(text) is not None


def values_of(script: str) -> Iterator[Any]:
    """The JSON values of a script, pools put together."""
    reader, at, failed, left = json.JSONDecoder(strict=False), 0, 0, 2 * len(script)
    starts = [len(script) - len(script.lstrip())] if is_data(script) else []
    starts += [match.end() for match in _VALUE.finditer(script)]
    for start in starts:
        if start < at:
            continue
        if failed > _MOST_FAILED or left < 0:
            return  # a hostile script is not read from each of its brackets
        try:
            if script[start] == "'":
                value, at = _single_quoted(script, start)
            else:
                value, at = reader.raw_decode(script, start)
        except ValueError as error:  # also for a number of thousands of digits
            failed, left = failed + 1, left - (getattr(error, "pos", len(script)) - start)
        except RecursionError:
            return
        else:
            yield _revived(value)


def _single_quoted(script: str, start: int) -> tuple[str, int]:
    match = _QUOTED.match(script, start)
    if match is None:
        raise ValueError("never ends")
    return _ESCAPED.sub(lambda found: _unescaped(found[1]), match[1]), match.end()


def _unescaped(escape: str) -> str:
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _ESCAPES.get(escape, escape)


def rows_of(stream: str) -> Rows:
    """The rows of a stream: JSON up to a line's end, texts by their number of bytes."""
    values, texts, at = list[Any](), dict[str, str](), 0
    raw = stream.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    while (head := _ROW.match(raw, at)) is not None:
        end = head.end() + int(head[2], 16) if head[2] else raw.find(b"\n", head.end())
        end = len(raw) if end < 0 else end
        row = raw[head.end() : end].decode("utf-8", "replace")
        at = end if head[2] else end + 1
        if head[2]:
            texts[f"${head[1].decode()}"] = row
        elif is_data(row):
            values += islice(values_of(row), 1)
    return Rows(values=tuple(values), texts=texts)


def _revived(value: Any) -> Any:
    """A pool of values that name each other by their places in it, put together again (devalue, Nuxt 3's format); others as they are."""
    if not isinstance(value, list) or not _is_pool(value):
        return value
    pool: list[Any] = value
    left, chars, within = _MOST_REVIVED, _MOST_CHARS, set[int]()

    def at(place: Any, deep: int) -> Any:
        nonlocal left, chars
        left -= 1
        if type(place) is not int or not 0 <= place < len(pool) or not deep or left < 0 or chars < 0 or place in within:
            return None
        held = pool[place]
        if isinstance(held, str):
            chars -= len(held)
        if not isinstance(held, dict | list):
            return held
        within.add(place)
        try:
            if isinstance(held, dict):
                return {key: at(inner, deep - 1) for key, inner in held.items()}
            return at(held[1], deep - 1) if _is_tagged(held) else [at(inner, deep - 1) for inner in held[: max(0, left)]]
        finally:
            within.discard(place)

    return at(0, _DEEP)


def _is_pool(values: list[Any]) -> bool:
    if len(values) < 2:
        return False
    first, places = values[0], range(-10, len(values))
    if _is_tagged(first):
        return True
    named = list(first.values()) if isinstance(first, dict) else first if isinstance(first, list) else []
    return bool(named) and all(type(place) is int and place in places for place in named) and len(values) > len(named)


def _is_tagged(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int
