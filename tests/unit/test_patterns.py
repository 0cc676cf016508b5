"""No pattern of the pipeline can be made to run for long (FAULTS 13): each is tried, as its module uses it, on hostile text.

A pattern whose time grows with the square of the text's length takes four times as long on twice the text. So 8,000 characters tell: a
linear pattern takes a few milliseconds for them, a quadratic one a tenth of a second and more.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import signal
from collections.abc import Iterator
from types import ModuleType

import pipeline

_SEEDS = (
    *("a", "A", "1", " ", "\n", "\t", "-", ".", ",", "<", "(", '"', "é", "漢", "Ã", "\u00a0"),
    *("by ", "a ", "a\n", "1.", "1 ", "- ", "a.", "a@", "<meta ", "http://", "1 May ", "and ", "a|", "&a;", "=a"),
)
# Patterns that only ever see lines whose white space is folded and which are cut at this length.
BOUNDED = {
    "pipeline.discover.entries._RSS_AUTHOR": 300,  # entries._NAME_CHARS
    **dict.fromkeys(  # claims.MAX_VALUE_CHARS
        (
            "pipeline.extract.authors._BETWEEN",
            "pipeline.extract.authors._AFTER_NAME",
            "pipeline.extract.images._LABEL_AT_END",
            "pipeline.extract.titles._SEPARATOR",
        ),
        1_000,
    ),
}


def _named(value: object, name: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, dict) and depth < 3:
        for key, item in value.items():
            yield from _named(item, f"{name}[{key}]", depth + 1)
    elif isinstance(value, list | tuple) and depth < 3:
        for number, item in enumerate(value):
            yield from _named(item, f"{name}[{number}]", depth + 1)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        yield importlib.import_module(found.name)


def _patterns() -> dict[str, tuple[re.Pattern[str] | re.Pattern[bytes], str]]:
    """Every compiled pattern by its name, with the method that its module calls: match and fullmatch begin at the text's start only."""
    patterns: dict[str, tuple[re.Pattern[str] | re.Pattern[bytes], str]] = {}
    seen: set[int] = set()
    for module in _modules():
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            for path, pattern in _named(value, f"{module.__name__}.{name}"):
                if id(pattern) not in seen:
                    seen.add(id(pattern))
                    called = set(re.findall(rf"\b{re.escape(name)}\.(\w+)\(", source))
                    patterns[path] = (pattern, called.pop() if called in ({"match"}, {"fullmatch"}) else "search")
    return patterns


class _TooSlowError(Exception):
    """A pattern took longer than it may"""


def _stop(*_: object) -> None:
    raise _TooSlowError


def slow_patterns(length: int, seconds: float) -> list[str]:
    """The patterns that take more processor time than this for one of the texts, each with the text's seed."""
    texts = [(seed, (seed * length)[:length]) for seed in _SEEDS]
    texts += [(f"{seed}…!", text[:-1] + "!") for seed, text in texts]
    slow = []
    former = signal.signal(signal.SIGPROF, _stop)
    try:
        for name, (pattern, method) in _patterns().items():
            given = texts if name not in BOUNDED else [(seed, " ".join(text.split())[: BOUNDED[name]]) for seed, text in texts]
            slow += [f"{name} ({method}) on {seed!r}" for seed, text in given if not _in_time(pattern, method, text, seconds)][:1]
    finally:
        signal.signal(signal.SIGPROF, former)
    return slow


def _in_time(pattern: re.Pattern[str] | re.Pattern[bytes], method: str, text: str, seconds: float) -> bool:
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        getattr(pattern, method)(given)
    except _TooSlowError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return True


def test_no_pattern_is_slow() -> None:
    assert slow_patterns(8_000, 0.06) == []


def test_a_pattern_that_backtracks_is_found() -> None:
    signal.signal(signal.SIGPROF, _stop)
    try:
        assert not _in_time(re.compile(r"(?:a+)+b"), "match", "a" * 20_000, 0.1)
        assert not _in_time(re.compile(r"\w+@"), "search", "a" * 20_000, 0.05)
    finally:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
