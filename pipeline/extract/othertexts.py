"""Where else on a page its text is, when the first reading is not it: in another reading, in data for its scripts, in a lead apart."""

from __future__ import annotations

from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import agreement, bodytext, hydration, leads, markup, ownwords, trimming, walls
from pipeline.extract.context import Context
from pipeline.extract.metadata import Facts
from pipeline.records import Access

_HELD = 0.8  # of the text that a page shows: is found again in what it hands to its scripts


def of_what_is_stated(text: bodytext.Text, facts: Facts, html: str) -> tuple[bodytext.Text, float]:
    """The text, or another reading of the page, untouched, where that is by far more about what headline and summary say; and how much."""
    stated = agreement.stated_words(_statements(facts))
    share = agreement.share_of(stated, text.lines)
    if share >= agreement.LEAST_SHARE:
        return text, share
    tree = markup.parse(html)
    markup.slim(tree)
    other = bodytext.find_text_anywhere(tree)
    is_text = sum(map(len, other.lines)) >= bodytext.UNRELIABLE and agreement.held_share(text.lines, other.lines) < agreement.ELSEWHERE
    better = agreement.share_of(stated, other.lines) if is_text else 0.0
    return (other, better) if better >= share + agreement.BETTER_BY else (text, share)


def handed_to_scripts(
    text: bodytext.Text, own: ownwords.OwnWords | None, facts: Facts, html: str, context: Context
) -> bodytext.Text | None:
    """The text that an article's page hands to its scripts to show, where its markup holds none or another; nothing withheld."""
    if (facts.published is None and not facts.is_marked_as_article) or facts.access is Access.PAID:
        return None
    own = own or ownwords.read(markup.parse(html))
    if walls.find_offer(own.text, facts.access) or (facts.access is not Access.FREE and hydration.is_withheld(html)):
        return None
    stated = agreement.stated_words(_statements(facts), least=hydration.LEAST_WORDS)
    found = hydration.find_markup(markup.parse(html), stated)
    if found is None or found.count("<") > context.limits.max_tags:
        return None
    tree = markup.parse(bodytext.alone(found))
    trimming.trim(tree, context.url)
    markup.slim(tree)
    handed = bodytext.find_text(tree)
    is_another = agreement.share_of(stated, text.lines) < agreement.LEAST_SHARE
    is_more = agreement.held_share(text.lines, handed.lines) >= _HELD  # a short article that the page shows is no beginning of another one
    return handed if handed.lines and (is_another or is_more) else None


def with_lead(text: bodytext.Text, tree: LexborHTMLParser, facts: Facts) -> bodytext.Text:
    """The text below the lead that the page prints apart from it, where it does."""
    lead = leads.find_lead(tree, facts.title or "", facts.claims, text.lines) if text.lines else None
    return replace(text, lines=(lead, *text.lines)) if lead else text


def _statements(facts: Facts) -> list[str]:
    return [facts.title or "", *[claim.value for claim in facts.claims if claim.field == "description"][:2]]
