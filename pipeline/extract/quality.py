"""Whether what was extracted is an article: a refusal with its name, or a score with flags.

A gate looks at short texts only, because an article may speak of cookies or subscriptions; the thresholds were set on 651 real pages,
of which at most one in a hundred may be refused wrongly (figures in `docs/decisions.md`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.extract import mojibake, walls
from pipeline.records import Access, Outcome, Refused

_SHORT = 220  # words: a wall's text with its buttons and legal lines stays below
_TEASER = 160  # words: a longer text behind a paywall note is worth a row, flagged
_LONG_WALL = 700  # words: a choice between consent and subscription that spells out all its purposes stays below
_SURE = 0.8  # score of a notice that outweighs a text of some length
_TEASERS = 0.6  # of the page's text under linked headings: a list page; an article with related stories below stays under it
_HEADLINES = 6  # linked headlines, and no text besides: a list page
_LINKS = 12  # lines of links, and no text besides: a list page
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?。！？…](?:[\"'”’»)\]]|\s|$)")
_LISTING_PATH = re.compile(
    r"^/(?:(?:tag|tags|topic|topics|category|categories|section|author|authors|search|rubrik|thema|themen|etiqueta|categoria|archive)s?(?:/[^/]+)?/?)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What the gate looks at."""

    url: str
    title: str
    page_title: str  # of <title>: a soft 404 names itself there
    text: str  # cleaned body
    raw_text: str  # before cleaning: the walls' own words are furniture
    access: Access
    dated: bool
    article_markup: bool  # an article type in JSON-LD or og:type=article
    dates_itself: bool = False  # the page does, not only its URL or the feed that listed it
    page_text: str = ""  # start of all that the page shows, where it shows little: what names a page that has no text
    asks_password: bool = False  # a field for one is on the page
    teaser_share: float = 0.0  # of the page's prose: stands beside headings that link to other pages
    headline_links: tuple[str, ...] = ()  # of a page with little text: texts of links that read like headlines
    is_video: bool = False  # the page's subject is a video
    link_lines: int = 0  # that were nothing but links to the site's own pages, and were cut
    mark: walls.Notice | None = None  # that a service's name in the markup of such a page tells


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A passed gate: 0..1, and what stood out."""

    score: float
    flags: tuple[str, ...]


def judge(sample: Sample, min_words: int) -> Refused | Verdict:
    """The refusal of a page that is no article, or its score. `min_words` as in the settings; two CJK characters count as a word."""
    if broken := mojibake.find_garbled(sample.text):
        return Refused(outcome=Outcome.BAD_PAGE, detail=broken)
    words = count_words(sample.text)
    refused = _wall(sample, words) or _listing(sample, words, min_words)
    if refused:
        return refused
    if words < min_words:
        if named := _nothing_else(sample):
            return named
        if sample.is_video:
            return Refused(outcome=Outcome.NON_ARTICLE, detail=f"video only: {words} words beside it")
        if sample.asks_password:
            return Refused(outcome=Outcome.NON_ARTICLE, detail="login: the page asks for a password and holds no text")
        if len(sample.headline_links) >= _HEADLINES and not sample.article_markup:
            return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {len(sample.headline_links)} headlines and {words} words")
        if sample.access is Access.PAID:
            return Refused(outcome=Outcome.PAYWALLED, detail=f"paid, and {words} words are served")
        return Refused(outcome=Outcome.TOO_SHORT, detail=f"{words} words of text, at least {min_words} wanted")
    return Verdict(score=_score(sample, words), flags=tuple(_flags(sample, words)))


def count_words(text: str) -> int:
    """Words of a text; CJK characters count half a word each."""
    cjk = 0 if text.isascii() else len(_CJK.findall(text))
    if not cjk:
        return len(_WORD.findall(text))
    return len(_WORD.findall(_CJK.sub(" ", text))) + cjk // 2


def _wall(sample: Sample, words: int) -> Refused | None:
    """The notice that a page gives in an article's place; where nothing marks it as an article, also by what its words are about."""
    little = words < _TEASER
    notice = None
    if words < _SHORT:
        notice = walls.find_notice(
            _heading(sample), sample.raw_text, little=little, marked=sample.article_markup, article=sample.article_markup and sample.dated
        )
    if notice is None and words < _LONG_WALL and not (sample.article_markup or sample.dates_itself):
        notice = _by_signs(sample, little=little)
    return _refusal(notice) if notice else None


def _by_signs(sample: Sample, *, little: bool) -> walls.Notice | None:
    """What a page is about that speaks to its reader, where that is sure: by many signs, or by its service's mark too."""
    if not walls.addresses_reader(sample.raw_text):
        return None
    found = walls.find_signs(_heading(sample), sample.raw_text) if little else walls.find_long(_heading(sample), sample.raw_text)
    if found is None or found.score >= _SURE:
        return found
    return found if sample.mark and sample.mark.wall is found.wall else None


def _nothing_else(sample: Sample) -> Refused | None:
    """The notice that a page gives which holds no text to speak of.

    By its service's mark, in known sentences, by what its words are about, by its address: what can be least mistaken comes first.
    """
    if sample.mark:
        return _refusal(sample.mark)
    shown = "\n".join((sample.raw_text, sample.page_text))
    bare = walls.find_notice(
        _heading(sample), shown, little=True, marked=sample.article_markup, article=sample.article_markup and sample.dated
    )
    notice = bare or walls.find_signs(_heading(sample), shown) or walls.find_address(sample.url)
    if sample.asks_password and notice and notice.wall is walls.Wall.COOKIE_WALL:
        return None  # the small print of a log-in
    return _refusal(notice) if notice else None


def _refusal(notice: walls.Notice) -> Refused:
    outcome, name = walls.NAMES[notice.wall]
    return Refused(outcome=outcome, detail=f"{name}: {notice.words} (score {notice.score:.2f})")


def _heading(sample: Sample) -> str:
    return f"{sample.title}\n{sample.page_title}"


def _listing(sample: Sample, words: int, min_words: int) -> Refused | None:
    """A home, section or search page: its path says so, or its text is many short lines without sentences."""
    path = urlsplit(sample.url).path
    if sample.article_markup and sample.dated:
        return None
    if _LISTING_PATH.match(path) and not sample.article_markup and not (path == "/" and sample.dated):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {path[:80]}")
    if sample.teaser_share >= _TEASERS:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {sample.teaser_share:.0%} of its text are teasers")
    if not sample.article_markup and _is_of_headlines(sample, words):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {len(sample.headline_links)} headlines are its text")
    if words < min_words and sample.link_lines >= _LINKS:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {sample.link_lines} links and {words} words")
    lines = [line for line in sample.text.split("\n") if line.strip()]
    sentences = len(_SENTENCE_END.findall(sample.text))
    if len(lines) >= 12 and words / len(lines) < 10 and sentences < len(lines) / 10:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {len(lines)} lines, {sentences} sentences")
    return None


def _is_of_headlines(sample: Sample, words: int) -> bool:
    """Whether the text is the headlines of other pages, and little else."""
    listed = [headline for headline in sample.headline_links if headline in sample.text]
    return len(listed) >= _HEADLINES and sum(map(count_words, listed)) >= _TEASERS * words


def _score(sample: Sample, words: int) -> float:
    """1 for a long dated text with article markup; less for each sign that is missing."""
    score = 1.0 - 0.3 * max(0.0, 1 - words / 150)
    score -= 0.0 if sample.dated else 0.1
    score -= 0.0 if sample.article_markup else 0.1
    score -= 0.2 if mojibake.is_suspect(sample.text) else 0.0
    return round(max(0.0, score), 2)


def _flags(sample: Sample, words: int) -> list[str]:
    flags = [
        ("short", words < 150),
        ("undated", not sample.dated),
        ("mojibake", mojibake.is_suspect(sample.text)),
        ("no_article_markup", not sample.article_markup),
    ]
    flags.append(("teaser", sample.access is Access.PAID and words < _SHORT))
    return [name for name, holds in flags if holds]
