"""The lead that a news page prints between its headline and the text's box is the text's first paragraph."""

from __future__ import annotations

import json

import pytest
from builders import page_context

from pipeline.extract.article import Draft, read

LEAD = "After nine years of talk the council gives the old stores to those who live beside them. The keys were handed over on Monday."
TEXT = "".join(
    f"<p>Report {number}: the engineers measured the tide gates again, and the neighbours carried the first of their tables in.</p>"
    for number in range(9)
)


def _draft(head: str, *, kind: str = "NewsArticle", stated: str = LEAD, body: str = TEXT) -> Draft:
    node = json.dumps({"@context": "https://schema.org", "@type": kind, "headline": "Stores opened at last", "description": stated})
    page = (
        f'<html><head><title>Stores opened at last</title><script type="application/ld+json">{node}</script></head><body>'
        f"<header><h1>Stores opened at last</h1>{head}</header><div class='article-body'>{body}</div></body></html>"
    )
    draft = read(page, page_context())
    assert isinstance(draft, Draft)
    return draft


def _first(head: str, **changes: str) -> str:
    return _draft(head, **changes).kept[0]


@pytest.mark.parametrize(
    "lead",
    [
        f"<p>{LEAD}</p>",
        f'<div class="intro__text">{LEAD}</div>',
        f"<p>City | Monday</p><section><div><p><b>{LEAD[:30]}</b>{LEAD[30:60]}<a href='/keys'>{LEAD[60:]}</a></p></div></section>",
    ],
    ids=["paragraph", "box", "with a link, below other lines"],
)
def test_a_lead_above_the_texts_box_is_its_first_paragraph(lead: str) -> None:
    draft = _draft(lead)
    assert draft.kept[0] == LEAD
    assert draft.body.startswith(f"{LEAD}\n\nReport 0") and draft.body.count(LEAD) == 1


@pytest.mark.parametrize(
    ("lead", "changes"),
    [
        (f"<p>{LEAD}</p>", {"kind": "BlogPosting"}),
        (f'<p class="article-dek">{LEAD}</p>', {}),
        (f'<div class="page-subtitle"><p>{LEAD}</p></div>', {}),
        (f"<aside><p>{LEAD}</p></aside>", {}),
        (f"<figure><figcaption>{LEAD}</figcaption></figure>", {}),
        (f"<p>{LEAD}</p>", {"stated": "Another summary, which no reader of this page is ever going to see on it."}),
        ("<p>The keys were handed over.</p>", {"stated": "The keys were handed over."}),
    ],
    ids=["not of a newsroom", "called a dek", "in a box for the subtitle", "beside the text", "a caption", "not what is stated", "short"],
)
def test_what_else_stands_under_a_headline_is_no_text(lead: str, changes: dict[str, str]) -> None:
    assert _first(lead, **changes).startswith("Report 0")


def test_a_lead_that_the_text_holds_is_not_told_twice() -> None:
    assert _draft(f"<p>{LEAD}</p>", body=f"<p>{LEAD}</p>{TEXT}").body.count(LEAD) == 1


def test_a_summary_printed_under_the_text_is_no_lead() -> None:
    assert LEAD not in _draft("", body=f"{TEXT}</div><div class='about'><p>{LEAD}</p>").body
