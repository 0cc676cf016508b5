"""How well the pages of the simulated press are read: floors that may only rise, on pages rendered in process.

The floors of the default templates are the scorecard's own. No rule is chosen by looking at the judging templates: their floors say how
the rules do on designs they were not written by. Seeds other than the demo's, so that no text of the demo is measured again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from bench.support.press_pages import Reader, mean_f1, press_of, truth_articles
from newsroom.scorecard import score


@dataclass(frozen=True, kw_only=True)
class Floors:
    """Shares of right fields, and the most findings of each other sort."""

    title: float
    body: float
    authors: float
    published: float
    words: float  # F1 of the bodies' words, mean: unlike `body`, a line left over does not make it nothing
    refusals: int  # under another name
    unexpected: int  # no article, and loaded


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("seed", "judging", "floors"),
    [
        (23, False, Floors(title=0.99, body=0.97, authors=0.97, published=0.99, words=0.996, refusals=0, unexpected=0)),
        (29, True, Floors(title=0.99, body=0.009, authors=0.96, published=0.99, words=0.965, refusals=1, unexpected=0)),
    ],
    ids=["default templates", "judging templates"],
)
def test_pages_of_the_press_are_read_as_well_as_before(seed: int, judging: bool, floors: Floors) -> None:
    press = press_of(seed, judging=judging, articles=5)
    truth = truth_articles(press)
    rows = list(Reader(press).rows())
    card = score(truth, rows, [])
    counts = Counter(finding.what for finding in card.findings)
    measured = (card.accuracy, counts, card.findings[:10])
    assert card.loaded > 80, measured
    for name in ("title", "body", "authors", "published"):
        assert card.accuracy[name] >= getattr(floors, name), (name, measured)
    assert mean_f1(truth, rows) >= floors.words, measured
    assert counts["refusal"] <= floors.refusals, measured
    assert counts["unexpected"] <= floors.unexpected, measured
    assert counts["missing"] == 0 and counts["doubled"] == 0, measured
