"""Links, titles and dates of real feeds beside feedparser's reading, and the speed of both.

    python bench/feeds.py [--feeds FOLDER] [--show]

Every entry that feedparser finds with a link is looked for among our candidates by that link, normalised; what differs is counted under
the reason that explains it, and what none explains as "unexplained". With --show each difference is printed. Speed is processor time, each
feed read five times. Prints one table and writes bench/results/feeds.json.
"""

from __future__ import annotations

import argparse
import calendar
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
from rich.console import Console
from rich.table import Table
from support.corpora import CORPORA, at_hand

from pipeline.discover.entries import usable_url
from pipeline.discover.feeds import read_feed
from pipeline.errors import DatelineError
from pipeline.records import Candidate, Precision, Reading
from pipeline.text import plain_line

_HERE = Path(__file__).resolve().parent
_RESULTS = _HERE / "results" / "feeds.json"
_URL = "https://feed.bench.test/feed"
_TIMES = 5
_TITLE_CHARS = 2000
_DAY = timedelta(days=1)
Difference = tuple[str, str, str]  # what, why, an example


def differences(body: bytes, ours: Reading, now: datetime) -> Iterator[Difference]:
    """What differs between our reading of a feed and feedparser's; "same" for what does not."""
    theirs = feedparser.parse(body, response_headers={"content-location": _URL}, sanitize_html=False)
    known = {candidate.url: candidate for candidate in ours.candidates}
    seen: set[str] = set()
    for entry in theirs.entries:
        link = usable_url(entry.get("link", ""), _URL) if entry.get("link") else None
        if link is None:
            yield ("link", "feedparser has no usable link", entry.get("link", "") or entry.get("id", ""))
            continue
        if link in seen:
            yield ("link", "a second entry with the same link", link)
            continue
        seen.add(link)
        yield from _of_entry(entry, link, known, now)
    for url in known.keys() - seen:
        yield ("link", "only we have it", url)


def _of_entry(entry: Any, link: str, known: dict[str, Candidate], now: datetime) -> Iterator[Difference]:
    candidate = known.get(link)
    if candidate is None:
        original = entry.get("feedburner_origlink", "")
        yield ("link", "we take feedburner:origLink" if usable_url(original or "", _URL) in known else "unexplained", link)
        return
    yield ("link", "same", link)
    title = plain_line(entry.get("title", ""), _TITLE_CHARS) or None
    yield ("title", "same" if title == candidate.title else "unexplained", f"{title!r} / {candidate.title!r}")
    yield (
        "date",
        _date(entry, candidate, now),
        f"{entry.get('published')} {entry.get('updated')} / {candidate.published} {candidate.updated}",
    )


def _date(entry: Any, candidate: Candidate, now: datetime) -> str:
    """How the dates of an entry compare."""
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    ours = candidate.published or candidate.updated
    if parsed is None or ours is None:
        return _one_sided(entry, parsed, ours is None, now)
    theirs = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    if theirs == ours.at:
        return "same"
    if ours.precision is Precision.DAY and theirs.date() == ours.at.date():
        return "a day without a time"
    return "unexplained"


def _one_sided(entry: Any, parsed: Any, ours_missing: bool, now: datetime) -> str:
    if parsed is None and ours_missing:
        return "same" if not (entry.get("published") or entry.get("updated")) else "neither reads what is printed"
    if parsed is None:
        return "only we read it"
    theirs = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    if theirs > now + _DAY or theirs.year < 1990:
        return "not plausible: before 1990 or in the future"
    return "unexplained"


def _seconds(read: Callable[[bytes], object], bodies: list[bytes]) -> float:
    """Processor time of one pass over all feeds."""
    start = time.process_time()
    for _ in range(_TIMES):
        for body in bodies:
            read(body)
    return (time.process_time() - start) / _TIMES


def _read(body: bytes, now: datetime) -> Reading | None:
    try:
        return read_feed(body, url=_URL, content_type=None, now=now)
    except DatelineError:
        return None


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=Path, default=CORPORA / "feeds", help="folder with *.xml.gz")
    parser.add_argument("--show", action="store_true", help="print every difference")
    options = parser.parse_args()
    files = sorted(at_hand(options.feeds, "--feeds").glob("*.gz"))
    if not files:
        sys.exit(f"bench/feeds.py: no feeds in {options.feeds}; name their folder with --feeds")
    now = datetime.now(UTC)
    bodies = [gzip.decompress(file.read_bytes()) for file in files]
    counted: Counter[tuple[str, str]] = Counter()
    for file, body in zip(files, bodies, strict=True):
        ours = _read(body, now)
        found = [("feed", "we can't read it", file.name)] if ours is None else differences(body, ours, now)
        for what, why, example in found:
            counted[what, why] += 1
            if options.show and why != "same":
                print(f"{file.name}: {what}, {why}: {example}")
    ours_speed = len(bodies) / _seconds(lambda body: _read(body, now), bodies)
    their_speed = len(bodies) / _seconds(feedparser.parse, bodies)
    title = f"{len(bodies)} feeds; {ours_speed:.0f} a second of processor time, feedparser {their_speed:.0f}"
    table = Table("what", "how", "entries", title=title)
    for (what, why), count in sorted(counted.items()):
        table.add_row(what, why, f"{count:,}")
    Console().print(table)
    _RESULTS.parent.mkdir(exist_ok=True)
    rows = [{"what": what, "how": why, "entries": count} for (what, why), count in sorted(counted.items())]
    _RESULTS.write_text(
        json.dumps({"feeds_a_cpu_second": {"ours": ours_speed, "feedparser": their_speed}, "entries": rows}, indent=2) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
