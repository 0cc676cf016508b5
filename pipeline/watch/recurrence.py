"""Which of the lines that return on an outlet's pages are its furniture (DESIGN 6). Pure.

Counted are stories, not articles: other versions of an article, and copies of it, count as one. A paragraph of background returns
too, in a story that runs for weeks; what tells it from furniture is that the headlines above it are about the same thing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from pipeline.records import RecurringBlock

MASKED_STORIES, MASKED_DAYS = 3, 2  # from so many on a line tells nothing when texts are compared
_HIDDEN_STORIES, _HIDDEN_DAYS, _HIDDEN_SPAN = 10, 5, timedelta(days=14)
_TOPIC_SHARE = 0.4  # of the headlines over a line that share a word: they are about one thing …
_TOPIC_TIMES = 3.0  # … if that word is so many times rarer in the outlet's other headlines
_WORD = re.compile(r"[^\W\d_]{3,}")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+")


def is_hidden(block: RecurringBlock, headlines: Sequence[str], outlet_headlines: Sequence[str]) -> bool:
    """Whether a line is left out of the outlet's texts.

    `headlines` stand over the articles that it was seen in, `outlet_headlines` over any of the outlet's.
    """
    lasting = block.stories >= _HIDDEN_STORIES and block.days >= _HIDDEN_DAYS and block.last_day - block.first_day >= _HIDDEN_SPAN
    return lasting and not is_one_topic(headlines, outlet_headlines)


def is_one_topic(headlines: Sequence[str], outlet_headlines: Sequence[str]) -> bool:
    """Whether headlines share a word that the outlet's others do not: "ferry" in half of them, in one of twenty elsewhere."""
    here, everywhere = _shares(headlines), _shares(outlet_headlines)
    return any(share >= _TOPIC_SHARE and share >= _TOPIC_TIMES * everywhere.get(word, 0.0) for word, share in here.items())


def _shares(headlines: Sequence[str]) -> dict[str, float]:
    """In which share of the headlines each word stands."""
    counts = Counter(word for headline in headlines for word in set(_words(headline)))
    return {word: count / len(headlines) for word, count in counts.items()}


def _words(headline: str) -> Iterable[str]:
    """Words of three letters and more; pairs of characters where there are no spaces."""
    folded = headline.casefold()
    for run in _CJK.findall(folded):
        yield from (run[at : at + 2] for at in range(len(run) - 1))
    yield from _WORD.findall(_CJK.sub(" ", folded))
