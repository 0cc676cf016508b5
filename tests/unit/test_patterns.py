"""No pattern of the pipeline can be made to run for long (FAULTS 13): each is tried, as its module uses it, on hostile text.

A pattern whose time grows with the square of the text's length takes four times as long on twice the text. So 8,000 characters tell: a
linear pattern takes a few milliseconds for them, a quadratic one a tenth of a second and more. `make chaos` tries 100,000 characters, for
which FAULTS 13 allows 50 ms: 22 times what a plain scan of them takes on the machine that it was measured on, and that is what is held,
so that a slow or busy machine condemns no pattern.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from types import ModuleType

import pytest

import pipeline

_SEEDS = (
    *("a", "A", "1", " ", "\n", "\t", "-", ".", ",", "<", "(", '"', "é", "漢", "Ã", "\u00a0"),
    *("by ", "a ", "a\n", "1.", "1 ", "- ", "a.", "a@", "<meta ", "http://", "1 May ", "and ", "a|", "&a;", "=a"),
)
# Patterns that only ever see texts which are cut at this length; those of the first table see lines whose white space is folded, besides.
FOLDED = {
    "pipeline.discover.entries._RSS_AUTHOR": 300,  # entries._NAME_CHARS
    **dict.fromkeys(  # evidence.MAX_VALUE_CHARS
        (
            "pipeline.extract.authors._BETWEEN",
            "pipeline.extract.authors._AFTER_NAME",
            "pipeline.extract.authors._JOB",
            "pipeline.extract.images._LABEL",
            "pipeline.extract.images._LABELLED",
            "pipeline.extract.images._LABEL_AT_END",
            "pipeline.extract.titles._SEPARATOR",
        ),
        1_000,
    ),
}
CUT = {
    "pipeline.dedupe.moving.MOVING": 400,  # segments._STAMP_CHARS
    "pipeline.discover.links._FILE": 8_192,  # the longest URL
    **dict.fromkeys(("pipeline.extract.authors._AGENCY", "pipeline.extract.authors._OF_PICTURES"), 400),  # authors._CREDIT_CHARS
    "pipeline.extract.charset._META": 8_192,  # charset._META_WITHIN
    "pipeline.extract.dates._DAY_MONTH": 1_000,  # evidence.MAX_VALUE_CHARS; most texts are cut at dates._MAX_CHARS
    "pipeline.extract.dates._MONTH_DAY": 1_000,
    **dict.fromkeys(  # editorblocks._KIND_CHARS
        [f"pipeline.extract.editorblocks.{name}" for name in ("_NO_TEXT", "_HEADING", "_QUOTE", "_LIST", "_ITEM", "_BREAK", "_INLINE")], 200
    ),
    "pipeline.extract.surroundings._CHANGED": 1_000,  # evidence.MAX_VALUE_CHARS
    **dict.fromkeys(("pipeline.notes._WAS_OTHER", "pipeline.notes._NAMES_ITSELF", "pipeline.notes._WAS_MENDED"), 400),  # notes._LOOKED_AT
    "pipeline.redaction._SECRET_NAME": 8_192,  # the longest URL
    "pipeline.extract.rules.NOTICES": 5_600,  # two titles and walls._TEXT_CHARS
    "pipeline.extract.rules.SIGNS": 5_600,
}
MOST_SCANS = 22


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


def _scan_seconds(length: int) -> float:
    """What looking at each of so many characters takes here; the least of some, so that a neighbour's work does not count."""
    plain, text = re.compile(r"\w0"), "a" * (10 * length)  # the clock of some machines ticks in milliseconds
    return min(_seconds(plain, "search", text) for _ in range(5)) / 10


def slow_patterns(length: int, seconds: float) -> list[str]:
    """The patterns that take more processor time than this for one of the texts, each with the text's seed."""
    texts = [(seed, (seed * length)[:length]) for seed in _SEEDS]
    texts += [(f"{seed}…!", text[:-1] + "!") for seed, text in texts]
    slow = []
    former = signal.signal(signal.SIGPROF, _stop)
    try:
        for name, (pattern, method) in _patterns().items():
            given = [(seed, _as_given(name, text)) for seed, text in texts]
            slow += [f"{name} ({method}) on {seed!r}" for seed, text in given if not _in_time(pattern, method, text, seconds)][:1]
    finally:
        signal.signal(signal.SIGPROF, former)
    return slow


def _as_given(name: str, text: str) -> str:
    """What a pattern's module hands it of such a text."""
    if name in FOLDED:
        return " ".join(text.split())[: FOLDED[name]]
    return text[: CUT.get(name.partition("[")[0], len(text))]


def _in_time(pattern: re.Pattern[str] | re.Pattern[bytes], method: str, text: str, seconds: float) -> bool:
    """Whether one of four tries is as quick as that."""
    return any(_seconds(pattern, method, text) <= seconds for _ in range(4))


def _seconds(pattern: re.Pattern[str] | re.Pattern[bytes], method: str, text: str) -> float:
    """Processor time of one call; what would take more than half a second is broken off."""
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, 0.5)
        getattr(pattern, method)(given)
    except _TooSlowError:
        return 1.0
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - began


def test_no_pattern_is_slow() -> None:
    assert slow_patterns(8_000, 0.06) == []


@pytest.mark.chaos
def test_no_pattern_is_slow_on_a_hundred_thousand_characters() -> None:
    assert slow_patterns(100_000, MOST_SCANS * _scan_seconds(100_000)) == []


def test_a_pattern_that_backtracks_is_found() -> None:
    former = signal.signal(signal.SIGPROF, _stop)
    try:
        assert not _in_time(re.compile(r"(?:a+)+b"), "match", "a" * 20_000, 0.1)
        assert not _in_time(re.compile(r"\w+@"), "search", "a" * 20_000, MOST_SCANS * _scan_seconds(20_000))
    finally:
        signal.signal(signal.SIGPROF, former)
