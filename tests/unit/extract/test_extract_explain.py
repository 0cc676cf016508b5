"""An extraction with its reasons says the same as the extraction, and names every text that did not make it into the body."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.extract.article import extract
from pipeline.extract.context import Context
from pipeline.extract.explain import explain
from pipeline.extract.explained import EXPLAINED, Explained
from pipeline.extract.limits import Limits
from pipeline.records import Article, Candidate, Outcome, Refused, Respect, Rights, SourceFacts

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
SOURCE = SourceFacts(source_id=1, slug="beacon", homepage="https://www.beacon.test/", language="en", timezone="UTC", respect=Respect.NONE)
URL = "https://www.beacon.test/pier"
PARAGRAPHS = (
    "The harbour council of Northmere voted to rebuild the old ferry pier, which storms had closed in March, and to begin in May.",
    "Work is to begin in May, and the first boats are expected before the end of the following summer, the engineer said on Monday.",
    "“We have waited for this day since the spring,” said Mara Ellingsen, who runs the only shop on the far shore of the bay.",
)
PAGE = f"""<!doctype html><html lang=en><head><title>Ferry pier to be rebuilt | The Beacon</title>
<meta property="article:published_time" content="2026-05-01T08:00:00Z"><meta name=author content="Ola Brandt"></head>
<body><nav><a href="/">Home</a> <a href="/harbour">Harbour</a></nav><article><h1>Ferry pier to be rebuilt</h1>
<p>{PARAGRAPHS[0]}</p><p>ADVERTISEMENT</p><p>{PARAGRAPHS[1]}</p>
<div class="newsletter-box"><p>Sign up for our harbour letter</p><input type=email></div>
<p>{PARAGRAPHS[2]}</p><p><a href="/bridge">The bridge that was never built over the sound</a></p></article>
<div>OUR SHOP</div><footer>© 2026 The Beacon, all rights reserved everywhere</footer></body></html>"""


def explained(page: str, facts: tuple[Candidate, ...] = (), limits: Limits | None = None) -> Explained:
    limits = limits or Limits()
    found = explain(page, Context(url=URL, source=SOURCE, facts=facts, rights=Rights(), now=NOW, limits=limits))
    assert found.result == extract(page, Context(url=URL, source=SOURCE, facts=facts, rights=Rights(), now=NOW, limits=limits))
    assert EXPLAINED.validate_json(EXPLAINED.dump_json(found)) == found
    return found


def test_every_text_of_the_page_is_in_the_body_or_has_a_reason() -> None:
    found = explained(PAGE)
    assert isinstance(found.result, Article)
    assert [line.text for line in found.lines if line.rule is None] == found.result.body.split("\n\n") == [*PARAGRAPHS]
    assert {line.rule: line.text for line in found.lines if line.rule} == {
        "headline": "Ferry pier to be rebuilt",
        "advertisement": "ADVERTISEMENT",
    }
    assert {item.rule: item.text for item in found.removed} == {
        "around-a-field": "Sign up for our harbour letter",
        "links-alone": "The bridge that was never built over the sound",
        "never-text: nav": "Home Harbour",
    }
    assert found.left == (
        "OUR SHOP",
        "© 2026 The Beacon, all rights reserved everywhere",
    )


def test_candidates_say_where_they_come_from_and_which_were_chosen() -> None:
    fed = (Candidate(url=URL, title="Pier: what the council said", authors=("Somebody Else",)),)
    found = explained(PAGE, fed)
    authors = {(claim.origin, claim.value): claim.chosen for claim in found.candidates if claim.field == "author"}
    assert authors == {("meta", "Ola Brandt"): True, ("feed", "Somebody Else"): False}
    assert ("feed", "Pier: what the council said", False) in {
        (claim.origin, claim.value, claim.chosen) for claim in found.candidates if claim.field == "title"
    }


def test_a_refused_page_is_explained_too() -> None:
    found = explained(PAGE, limits=Limits(min_words=500))
    assert isinstance(found.result, Refused) and found.result.outcome is Outcome.TOO_SHORT
    assert len(found.lines) == 5 and found.candidates
    unread = explained("<p>" * 10, limits=Limits(max_tags=5))
    assert isinstance(unread.result, Refused) and unread.result.outcome is Outcome.BAD_PAGE
    assert unread.lines == ()
