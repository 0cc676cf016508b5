"""Whether what was extracted is an article: a refusal with its name, or a score with flags.

A gate looks at short texts only, because an article may speak of cookies or subscriptions; the thresholds were set on 651 real pages,
of which at most one in a hundred may be refused wrongly (figures in `docs/decisions.md`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipeline.extract.rules import NOTICES
from pipeline.records import Access, Outcome, Refused

_SHORT = 220  # words: a wall's text with its buttons and legal lines stays below
_TEASER = 160  # words: a longer text behind a paywall note is worth a row, flagged
_TEASERS = 0.6  # of the page's text under linked headings: a list page; an article with related stories below stays under it
_LOST_LETTERS = 100  # more than one character in so many that no charset explains: binary data, or a charset we have not
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
    page_text: str = ""  # start of all that the page shows, where it shows little: what names a page that has no text
    asks_password: bool = False  # a field for one is on the page
    teaser_share: float = 0.0  # of the page's prose: stands beside headings that link to other pages
    link_lines: int = 0  # that were nothing but links to the site's own pages, and were cut


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A passed gate: 0..1, and what stood out."""

    score: float
    flags: tuple[str, ...]


def judge(sample: Sample, min_words: int) -> Refused | Verdict:
    """The refusal of a page that is no article, or its score. `min_words` as in the settings; two CJK characters count as a word."""
    lost = sample.text.count("\ufffd")
    if lost * _LOST_LETTERS > len(sample.text):
        return Refused(outcome=Outcome.BAD_PAGE, detail=f"{lost} of {len(sample.text)} characters can't be decoded")
    words = count_words(sample.text)
    short = words < _SHORT
    refused = (_wall(sample) if short else None) or _listing(sample, words, min_words)
    if refused:
        return refused
    if words < min_words:
        if sample.page_text and (named := _wall(replace(sample, raw_text=sample.page_text))):
            return named
        if sample.asks_password:
            return Refused(outcome=Outcome.NON_ARTICLE, detail="login: the page asks for a password and holds no text")
        if sample.access is Access.PAID:
            return Refused(outcome=Outcome.PAYWALLED, detail=f"paid, and {words} words are served")
        return Refused(outcome=Outcome.TOO_SHORT, detail=f"{words} words of text, at least {min_words} wanted")
    return Verdict(score=_score(sample, words), flags=tuple(_flags(sample, words)))


def count_words(text: str) -> int:
    """Words of a text; CJK characters count half a word each."""
    cjk = len(_CJK.findall(text))
    return len(_WORD.findall(_CJK.sub(" ", text))) + cjk // 2


def _wall(sample: Sample) -> Refused | None:
    """The first notice whose words stand in a short page, in an order in which the more certain comes first."""
    heading, text = f"{sample.title}\n{sample.page_title}", sample.raw_text[:4_000]
    little = count_words(sample.text) < _TEASER
    if found := _found("not_found", heading):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"soft 404: {found}")
    if found := _found("bot_check", f"{heading}\n{text}" if little else heading):
        return Refused(outcome=Outcome.BLOCKED, detail=f"bot check: {found}")
    if little and (found := _found("paywall", text)):
        return Refused(outcome=Outcome.PAYWALLED, detail=f"teaser: {found}")
    if sample.article_markup and sample.dated:
        return None
    if found := _found("not_found", text[:400]):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"soft 404: {found}")
    if found := _found("cookie_wall", text):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"cookie wall: {found}")
    if found := _found("login", f"{heading}\n{text}"):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"login: {found}")
    return None


def _listing(sample: Sample, words: int, min_words: int) -> Refused | None:
    """A home, section or search page: its path says so, or its text is many short lines without sentences."""
    path = urlsplit(sample.url).path
    if sample.article_markup and sample.dated:
        return None
    if _LISTING_PATH.match(path) and not sample.article_markup and not (path == "/" and sample.dated):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {path[:80]}")
    if sample.teaser_share >= _TEASERS:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {sample.teaser_share:.0%} of its text are teasers")
    if words < min_words and sample.link_lines >= _LINKS:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {sample.link_lines} links and {words} words")
    lines = [line for line in sample.text.split("\n") if line.strip()]
    sentences = len(_SENTENCE_END.findall(sample.text))
    if len(lines) >= 12 and words / len(lines) < 10 and sentences < len(lines) / 10:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {len(lines)} lines, {sentences} sentences")
    return None


def _score(sample: Sample, words: int) -> float:
    """1 for a long dated text with article markup; less for each sign that is missing."""
    score = 1.0 - 0.3 * max(0.0, 1 - words / 150)
    score -= 0.0 if sample.dated else 0.1
    score -= 0.0 if sample.article_markup else 0.1
    score -= 0.2 if _broken_letters(sample.text) else 0.0
    return round(max(0.0, score), 2)


def _flags(sample: Sample, words: int) -> list[str]:
    flags = [
        ("short", words < 150),
        ("undated", not sample.dated),
        ("mojibake", _broken_letters(sample.text)),
        ("no_article_markup", not sample.article_markup),
    ]
    flags.append(("teaser", sample.access is Access.PAID and words < _SHORT))
    return [name for name, holds in flags if holds]


_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï»¿|\ufffd|Ð[\u0080-\u00bf°±²³´µ¶·¸¹º»¼½¾¿]")


def _broken_letters(text: str) -> bool:
    """Whether a text shows the marks of a wrong charset: more than one in two hundred characters."""
    sample = text[:5_000]
    return len(_MOJIBAKE.findall(sample)) * 200 > len(sample)


def _found(kind: str, text: str) -> str | None:
    """The words by which `text` gives such a notice, None where it gives none."""
    match = NOTICES[kind].search(text)
    return " ".join(match[0].split())[:80] if match else None
