"""The whole extraction of one page: markup to an article and its facts, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract import (
    agreement,
    authors,
    bodytext,
    boilerplate,
    datelines,
    dates,
    languages,
    markup,
    metadata,
    mojibake,
    othertexts,
    ownwords,
    quality,
    recurring,
    sitepage,
    structure,
    titles,
    trimming,
    walls,
)
from pipeline.extract.context import Context
from pipeline.extract.limits import name_extractor
from pipeline.extract.metadata import Facts
from pipeline.records import Article, Evidence, Outcome, QualityFlag, Refused
from pipeline.text import clean_text
from pipeline.urls import acceptable_canonical

MAX_BODY_CHARS = 2_000_000
_LITTLE_PROSE = 1_500  # characters in paragraphs
# What dates an article also where a notice stands in its place.
_CREDITS = ("attribution", "copyright")  # rules for lines that say whose a text is
_ELSEWHERE = frozenset({"feed", "news_sitemap", "sitemap", "url", "header"})


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What was read of a page, before anything is said about whether it is an article."""

    url: str
    facts: Facts
    lines: tuple[str, ...]  # as extracted
    kept: tuple[str, ...]  # without furniture
    cuts: tuple[boilerplate.Cut, ...]
    furniture: tuple[str, ...]  # the lines that return on the outlet's other pages, cut for that reason
    body: str
    body_markdown: str | None  # None: as `body`
    language: str | None
    language_confidence: float | None
    own: ownwords.OwnWords | None  # of a page with little prose
    mark: walls.Notice | None  # of a service that guards pages, where there is little prose
    teaser_share: float  # as of `trimming.teaser_share`
    link_lines: int  # cut by `trimming.trim`
    site_flags: tuple[QualityFlag, ...]  # of the site's rule, that letters were mended, that the text stood in the page's scripts


def extract(html: str, context: Context) -> Article | Refused:
    """The article of a page; `html` is the decoded page."""
    draft = read(html, context)
    return draft if isinstance(draft, Refused) else conclude(draft, context)


def conclude(draft: Draft, context: Context) -> Article | Refused:
    """The article that was read, where the quality gate lets it pass."""
    verdict = quality.judge(_sample(draft), context.limits.min_words)
    if isinstance(verdict, Refused):
        return verdict
    if not draft.facts.title:
        return Refused(outcome=Outcome.NON_ARTICLE, detail="the page has no title")
    article = Article(
        claimed_url=next(
            (accepted for claim in draft.facts.canonical_claims if (accepted := acceptable_canonical(draft.url, claim))), None
        ),
        title=clean_text(draft.facts.title),
        body=draft.body,
        body_markdown=draft.body_markdown,
        language=draft.language,
        language_confidence=draft.language_confidence,
        quality=verdict.score,
        quality_flags=(*verdict.flags, *draft.site_flags),
        rights=context.rights,
        extractor=name_extractor(context.limits, context.source),
    )
    left_out = tuple(Evidence(field="furniture", value=line, origin="text") for line in draft.furniture)
    article = _with_facts(article, draft.facts, draft.kept, left_out)
    return article if article.agency else replace(article, agency=_agency_of_credits(draft, context.source.slug))


def _agency_of_credits(draft: Draft, slug: str) -> str | None:
    """The agency named in the lines that were cut because they only say whose the text is; attributions first."""
    outlets = titles.outlet_names(draft.facts.claims, draft.url, slug)
    credits_ = (cut.line for rule in _CREDITS for cut in draft.cuts if cut.rule == rule)
    return authors.agency_credited(credits_, outlets)


def read(html: str, context: Context, watch: markup.Watch | None = None) -> Draft | Refused:
    """The text and facts of a page; refused only where the page is too large a tree to be read.

    A page whose letters went through a wrong charset is read as it was meant, where that is sure, and flagged. `watch` is told what is
    taken out of the page before its text is read.
    """
    html = mojibake.mend_controls(html)
    draft = _read_as_it_is(html, context, watch)
    if isinstance(draft, Draft) and _looks_garbled(draft) and (mended := mojibake.mend(html)):
        again = _read_as_it_is(mended, context, watch)
        return replace(again, site_flags=(*again.site_flags, QualityFlag.MOJIBAKE_MENDED)) if isinstance(again, Draft) else again
    return draft


def _looks_garbled(draft: Draft) -> bool:
    return mojibake.is_suspect(draft.facts.title or "") or mojibake.is_suspect(draft.body)


def _read_as_it_is(html: str, context: Context, watch: markup.Watch | None) -> Draft | Refused:
    url, source, now, limits = context.url, context.source, context.now, context.limits
    tags = html.count("<")
    if tags > limits.max_tags:
        return Refused(outcome=Outcome.BAD_PAGE, detail=f"{tags} tags, at most {limits.max_tags} are read")
    site = sitepage.apply(html, limits.rule)
    tree = markup.parse(site.html)
    stated = metadata.read_claims(tree, url, context.facts, context.headers, dates.zone_of(source.timezone))
    found = (*site.missed, *site.claims, *stated)
    chosen = metadata.choose(found, url=url, source=source, now=now)
    if site.claims:
        chosen = sitepage.prefer(chosen, metadata.choose(sitepage.trusted(site.claims), url=url, source=source, now=now))
    little = markup.prose_length(tree) < _LITTLE_PROSE
    own = ownwords.read(tree) if little else None
    mark = walls.find_mark(html) if little else None
    teaser_share = trimming.teaser_share(tree, url)
    if site.body is not None:
        tree = markup.parse(site.body)
    link_lines = trimming.trim(tree, url, watch) if site.prune else 0
    markup.slim(tree, watch)
    text = bodytext.find_text(tree)
    flags = site.flags
    if site.body is None:
        text, share = othertexts.of_what_is_stated(text, chosen, site.html)
        text = othertexts.with_lead(text, tree, chosen)
        is_text = sum(map(len, text.lines)) >= bodytext.UNRELIABLE and share >= agreement.LEAST_SHARE
        if not is_text and (handed := othertexts.handed_to_scripts(text, own, chosen, site.html, context)):
            # the page is its site's frame: its own words say nothing about the text
            text, own, mark, flags = handed, None, None, (*flags, QualityFlag.HYDRATED)
    language, confidence = languages.choose_language(found, "\n".join(text.lines), source.language)
    cleaned, cuts = boilerplate.clean_lines(text.lines, known(chosen, language))
    kept, returning = recurring.without_recurring(cleaned, text.structure, limits.furniture)
    body = clean_text("\n\n".join(kept), limit=MAX_BODY_CHARS)
    return Draft(
        url=url,
        facts=chosen,
        lines=text.lines,
        kept=kept,
        cuts=(*cuts, *returning),
        furniture=tuple(clean_text(cut.line) for cut in returning),
        body=body,
        body_markdown=_markdown(kept, text.structure, body),
        language=language,
        language_confidence=confidence,
        own=own,
        mark=mark,
        teaser_share=teaser_share,
        link_lines=link_lines,
        site_flags=flags,
    )


def _markdown(kept: Sequence[str], of: structure.Structure, body: str) -> str | None:
    markdown = clean_text(structure.to_markdown(kept, of), limit=MAX_BODY_CHARS)
    return markdown if markdown != body else None


def known(facts: Facts, language: str | None) -> boilerplate.Known:
    """What the body need not repeat, out of the facts."""
    return boilerplate.Known(
        title=facts.title or "",
        other_titles=tuple(dict.fromkeys(claim.value for claim in facts.claims if claim.field in {"title", "page_title"})),
        subtitles=(facts.subtitle,) if facts.subtitle else (),
        authors=facts.authors,
        byline=facts.byline,
        section=facts.section,
        image_caption=next((claim.value for claim in facts.claims if claim.field == "image_caption"), None),  # as printed, with its credit
        language=language,
    )


def _sample(draft: Draft) -> quality.Sample:
    facts = draft.facts
    return quality.Sample(
        url=draft.url,
        title=facts.title or "",
        page_title=next((claim.value for claim in facts.claims if claim.field == "page_title"), ""),
        text=draft.body,
        raw_text="\n".join(draft.lines),
        access=facts.access,
        dated=facts.published is not None,
        dates_itself=any(claim.field == "published" and claim.origin not in _ELSEWHERE for claim in facts.claims),
        article_markup=facts.is_marked_as_article,
        own=draft.own,
        teaser_share=draft.teaser_share,
        is_video=facts.article_type == "video",
        link_lines=draft.link_lines,
        mark=draft.mark,
    )


def _with_facts(article: Article, facts: Facts, lines: Sequence[str], left_out: Sequence[Evidence]) -> Article:
    edges = (*lines[:1], *lines[-1:], *(claim.value for claim in left_out))
    dateline = _clean(next((claim.value for claim in facts.claims if claim.field == "dateline"), None) or _dateline(lines))
    return replace(
        article,
        published=facts.published,
        modified_at=facts.modified.at if facts.modified else None,
        modified_precision=facts.modified.precision if facts.modified else None,
        subtitle=_clean(facts.subtitle),
        authors=tuple(clean_text(name) for name in facts.authors),
        byline=_clean(facts.byline),
        agency=facts.agency or authors.choose_agency((), edges),
        dateline=dateline,
        place=datelines.place_of(dateline) if dateline else None,
        section=_clean(facts.section),
        tags=tuple(clean_text(tag) for tag in facts.tags),
        article_type=facts.article_type,
        image_url=_clean(facts.image_url),
        image_caption=_clean(facts.image_caption),
        image_credit=_clean(facts.image_credit),
        access=facts.access,
        evidence=(*map(_clean_claim, metadata.evidence(facts)), *left_out),
    )


def _clean_claim(claim: Evidence) -> Evidence:
    cleaned = clean_text(claim.value)
    return claim if cleaned == claim.value else replace(claim, value=cleaned)


def _dateline(lines: Sequence[str]) -> str | None:
    return next((place for line in lines[:2] if (place := datelines.find_dateline(line))), None)


def _clean(text: str | None) -> str | None:
    return (clean_text(text) or None) if text else None
