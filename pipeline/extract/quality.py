"""Whether what was extracted is an article: a refusal with its name, or a score with flags.

A gate looks at short texts only, because an article may speak of cookies or subscriptions; the thresholds were set on 651 real pages,
of which at most one in a hundred may be refused wrongly (figures in `docs/decisions.md`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.extract import mojibake, ownwords, walls
from pipeline.extract.ownwords import OwnWords
from pipeline.records import Access, Outcome, QualityFlag, Refused
from pipeline.text import CJK, cjk_apart

_SHORT = 220  # words: a wall's text with its buttons and legal lines stays below
_TEASER = 160  # words: a longer text behind a paywall note is worth a row, flagged
_LONG_WALL = 700  # words: a choice between consent and subscription that spells out all its purposes stays below
_SURE = 0.8  # score of a notice that outweighs a text of some length
_TEASERS = 0.6  # of the page's text under linked headings: a list page; an article with related stories below stays under it
_HEADLINES = 6  # linked headlines, and no text besides: a list page
_LISTED = 0.25  # of the text in headlines of other pages, each with a line of its own
_OWN = 0.5  # of a text that is the page's own
_PROSE_CHARS = 60  # of a line with a sentence in it
_PARAGRAPH_CHARS, _PARAGRAPH_CJK = 100, 50  # of one that tells something
_LEAST_PARAGRAPHS, _TOLD_WORDS = 3, 60  # of such, and words in them: no notice says so much
_ABOUT_ERRORS = frozenset([walls.Wall.NOT_FOUND, walls.Wall.ERROR_PAGE])
_SHARED = 0.5  # of a line's words that are among the page's own
_ITEMS = 5  # boxes with a heading each, and little text besides
_ITEM_WORDS = 25  # in each, at most: a live blog's entries and a guide's steps hold more
_UNCOVERED = 12  # words outside of boxes that ask for consent
_LABELLED = 0.3  # of a text under a label that is headlines of other pages
_BARE_WORDS = 10  # in each: a headline and a date
_LONG_SENTENCE = 80  # characters: of an article, in a teaser too; offers are short
_HEADLINE_WORDS, _HEADLINE_CJK = 4, 8
_FEW_HEADLINES = 4  # below a heading that is none itself, and hardly any text
_LABEL_WORDS = 2
_LINKS = 12  # lines of links, and no text besides: a list page
# Indic vowel signs, which are no \w to Python, are parts of words; in Thai and its like the pieces between them are about as many as words.
_WORD = re.compile(r"(?:\w|[\u0900-\u0963\u0966-\u096f\u0971-\u0dff])+")
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
    own: OwnWords | None = None  # of a page with little prose: what names a page that has no text
    teaser_share: float = 0.0  # of the page's prose: stands beside headings that link to other pages
    is_video: bool = False  # the page's subject is a video
    link_lines: int = 0  # that were nothing but links to the site's own pages, and were cut
    mark: walls.Notice | None = None  # that a service's name in the markup of such a page tells


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A passed gate: 0..1, and what stood out."""

    score: float
    flags: tuple[QualityFlag, ...]


def judge(sample: Sample, min_words: int) -> Refused | Verdict:
    """The refusal of a page that is no article, or its score. `min_words` as in the settings; two CJK characters count as a word.

    The order: letters that can't be read say nothing else; where there is a text, a notice or a list in its place; where there is none,
    what is least mistaken first.
    """
    if broken := mojibake.find_garbled(sample.text):
        return Refused(outcome=Outcome.BAD_PAGE, detail=broken)
    words = count_words(sample.text)
    if words < min_words or _is_frame(sample, words, min_words) or _is_of_headlines(sample, words):
        return _in_its_place(sample, words, min_words)
    if refused := _wall(sample, words) or _listing(sample, words) or _bare_items(sample):
        return refused
    return Verdict(score=_score(sample, words), flags=tuple(_flags(sample, words)))


def _is_frame(sample: Sample, words: int, min_words: int) -> bool:
    """Whether a text of some words is the site's frame: it is not among what the page says itself, without menus and teasers."""
    if sample.own is None or words >= _SHORT or len(sample.own.text) >= ownwords.CHARS:
        return False
    lines = sample.text.split("\n")
    if sample.is_video:  # beside the player only prose tells: what else stands there are other videos, and an app to download
        among = set(_WORD.findall(sample.own.text))
        own = sum(count_words(line) for line in lines if _is_prose(line) and _is_shared(line, among))
    else:
        own = sum(count_words(line) for line in lines if _is_prose(line) or " ".join(line.split()) in sample.own.text)
    return own < min(min_words, _OWN * words)


def _is_prose(line: str) -> bool:
    return len(line) >= _PROSE_CHARS and _SENTENCE_END.search(line) is not None


def _is_shared(line: str, among: set[str]) -> bool:
    """Whether a line is the page's own: its links are not among the words of that, a footer's are not at all."""
    words = _WORD.findall(line)
    return sum(word in among for word in words) >= _SHARED * len(words)


def _told(sample: Sample) -> frozenset[walls.Wall]:
    """The notices that a page tells about in paragraphs of its own: an article may be called what it is about, an error or a missing page;
    one on passwords has no field for them, one on consent nothing to press.
    """
    told = [
        line
        for line in sample.text.split("\n")
        if (len(line) >= _PARAGRAPH_CHARS or len(CJK.findall(line)) >= _PARAGRAPH_CJK)
        and _SENTENCE_END.search(line)
        and (sample.own is None or len(sample.own.text) >= ownwords.CHARS or " ".join(line.split()) in sample.own.text)
    ]
    if sum(map(count_words, told)) < _TOLD_WORDS:
        return frozenset()
    own, about = sample.own or OwnWords(has_controls=True), set[walls.Wall]()
    if len(told) >= _LEAST_PARAGRAPHS:
        about |= _ABOUT_ERRORS | ({walls.Wall.COOKIE_WALL} if not own.has_controls else set())
    if len(told) >= _LEAST_PARAGRAPHS - 1 and not (own.asks_password or own.asks_address):
        about.add(walls.Wall.LOGIN)
    return frozenset(about)


def count_words(text: str) -> int:
    """Words of a text; CJK characters count half a word each."""
    words, rest = cjk_apart(text)
    return words + len(_WORD.findall(rest))


def _wall(sample: Sample, words: int) -> Refused | None:
    """The notice that a page gives in an article's place; where nothing marks it as an article, also by what its words are about."""
    little = words < _TEASER
    marked = sample.article_markup or sample.dates_itself
    if sample.mark and sample.mark.score == walls.OWN_PAGE and words < _SHORT and not marked and sample.mark.wall not in _told(sample):
        return _refusal(sample.mark)
    if words < _LONG_WALL and (covered := _covered(sample)):
        return _refusal(covered)
    about = None if marked or words >= _LONG_WALL else _by_signs(sample, little=little)
    told = _told(sample) if words < _SHORT else frozenset()
    if about and about.wall in told:
        about = None
    if about and about.wall is walls.Wall.COOKIE_WALL:
        return _refusal(about)  # it may offer a subscription, or a log-in
    notice = None
    if words < _SHORT:
        if sample.own and sample.own.is_missing and not marked and not told & _ABOUT_ERRORS:
            return Refused(outcome=Outcome.NON_ARTICLE, detail="soft 404: the site calls it a missing page (score 0.90)")
        notice = walls.find_notice(
            f"{_heading(sample)}\n{sample.own.heading if sample.own else ''}",
            walls.without_quotes(sample.raw_text),
            little=little,
            marked=sample.article_markup,
            article=sample.article_markup and sample.dated,
            told=told,
        )
        if notice and notice.wall is walls.Wall.PAYWALL and sample.access is Access.FREE:
            notice = None  # a plea below a text that all may read
    if notice is None and little:
        notice = _offer(sample)
    notice = notice or about
    return _refusal(notice) if notice else None


def _covered(sample: Sample) -> walls.Notice | None:
    """The cookie wall of a page that is marked as an article and holds none: all its words are in boxes that ask for consent."""
    own = sample.own
    if own is None or count_words(own.uncovered) > _UNCOVERED:
        return None
    return walls.find_long(_heading(sample), walls.without_quotes(own.text))


def _offer(sample: Sample) -> walls.Notice | None:
    """The paywall's note below the first lines of an article, which the text extractor leaves out."""
    if sample.own is None:
        return None
    rest = sample.own.text
    for sentence in _SENTENCE_END.split(sample.text):
        if len(sentence) >= _LONG_SENTENCE:
            rest = rest.replace(sentence.strip(), " ")
    return walls.find_offer(rest, sample.access)


def _by_signs(sample: Sample, *, little: bool) -> walls.Notice | None:
    """What a page is about that speaks to its reader, where that is sure: by many signs, or by its service's mark too."""
    text = walls.without_quotes(sample.own.text if sample.own else sample.raw_text)
    if not walls.addresses_reader(text):
        return None
    found = walls.find_signs(_heading(sample), text) if little else walls.find_long(_heading(sample), text)
    if found is None or (found.wall is walls.Wall.PAYWALL and _offer(sample) is None):
        return None  # what its paragraphs are about, which is no offer to read on
    if found.score >= _SURE:
        return found
    return found if sample.mark and sample.mark.wall is found.wall else None


def _in_its_place(sample: Sample, words: int, min_words: int) -> Refused:
    """What stands where an article should: by a service's mark, by what the page says itself, by what is on it, by its address.

    What lies over the page is asked last: a cookie banner stands over videos and paywalls too.
    """
    own = sample.own or OwnWords(text=sample.raw_text, uncovered=sample.raw_text)
    if sample.mark:
        return _refusal(sample.mark)
    if named := _said(sample, own, words):
        return named
    if path := _listing_path(sample):
        return path
    if sample.access is Access.PAID:
        return Refused(outcome=Outcome.PAYWALLED, detail=f"paid, and {words} words are served")
    listing = _headlines_only(sample, own, words) or _listing(sample, words)
    return listing or Refused(outcome=Outcome.TOO_SHORT, detail=f"{words} words of text, at least {min_words} wanted")


def _said(sample: Sample, own: OwnWords, words: int) -> Refused | None:
    """The notice that a page without a text gives, or that it holds a video or a form to log in."""
    heading = f"{sample.page_title}\n{own.heading or sample.title}"
    if broken := mojibake.find_garbled(own.text):
        return Refused(outcome=Outcome.BAD_PAGE, detail=broken)
    notice = walls.weigh(heading, own.uncovered, asks_to_enter=own.asks_password, asks_address=own.asks_address)
    if notice:
        return _refusal(notice)
    if sample.is_video or (own.plays and len(own.headlines) < _LINKS):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"video only: {words} words beside it")
    notice = walls.weigh(heading, own.text, asks_to_enter=own.asks_password, asks_address=own.asks_address)
    notice = notice or walls.find_address(sample.url)
    if notice:
        return _refusal(notice)
    if own.asks_password:
        return Refused(outcome=Outcome.NON_ARTICLE, detail="login: the page asks for a password and holds no text")
    marked = sample.article_markup or sample.dates_itself
    if own.is_missing and not marked:
        return Refused(outcome=Outcome.NON_ARTICLE, detail="soft 404: the site calls it a missing page (score 0.80)")
    if own.asks_for_proof and not marked:
        return Refused(outcome=Outcome.BLOCKED, detail="bot check: the page asks for proof of a human and holds no text (score 0.80)")
    return None


def _headlines_only(sample: Sample, own: OwnWords, words: int) -> Refused | None:
    """A page of headlines and links, whose own heading is no headline."""
    if sample.article_markup:
        return None
    if _is_of_headlines(sample, words):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {len(own.headlines)} headlines of other pages are its text")
    heading = own.heading or sample.title
    if _is_of_items(sample, own):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {own.items} headings with a line each")
    says_more = count_words(own.text) > count_words(heading) + _LABEL_WORDS
    if _says_what_happened(heading) and len(own.headlines) < _LINKS and says_more:
        return None
    if len(own.headlines) >= _FEW_HEADLINES:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {len(own.headlines)} headlines and {words} words")
    if sample.link_lines >= _LINKS:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {sample.link_lines} links and {words} words")
    return None


def _is_of_items(sample: Sample, own: OwnWords) -> bool:
    """Whether a page under a label is boxes of a heading and a line each, linked or not."""
    if sample.article_markup or own.items < _ITEMS or own.item_words > _ITEM_WORDS * own.items:
        return False
    return own.item_words >= _TEASERS * len(own.text.split()) and not _says_what_happened(own.heading or sample.title)


def _bare_items(sample: Sample) -> Refused | None:
    """A list under a heading that is no mere label: boxes of a headline and a date, and no text besides."""
    own = sample.own
    if own is None or sample.article_markup or sample.dates_itself or own.items < _ITEMS:
        return None
    if own.item_words > _BARE_WORDS * own.items or own.item_words < _TEASERS * len(own.text.split()):
        return None
    return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {own.items} headings and hardly a word besides")


def _says_what_happened(heading: str) -> bool:
    """Whether a heading does: a section's, a topic's or an author's name is shorter."""
    return (
        sum(word.isalpha() for word in re.split(r"[\s:,.!?–—-]+", heading)) >= _HEADLINE_WORDS or len(CJK.findall(heading)) >= _HEADLINE_CJK
    )


def _refusal(notice: walls.Notice) -> Refused:
    outcome, name = walls.NAMES[notice.wall]
    return Refused(outcome=outcome, detail=f"{name}: {notice.words} (score {notice.score:.2f})")


def _heading(sample: Sample) -> str:
    return f"{sample.title}\n{sample.page_title}"


def _listing_path(sample: Sample) -> Refused | None:
    path = urlsplit(sample.url).path
    if not _LISTING_PATH.match(path) or sample.article_markup or (path == "/" and sample.dated):
        return None
    return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {path[:80]}")


def _listing(sample: Sample, words: int) -> Refused | None:
    """A home, section or search page: its path says so, or its text is many short lines without sentences."""
    if sample.article_markup and sample.dated:
        return None
    if named := _listing_path(sample):
        return named
    if sample.own and not sample.dates_itself and _is_of_items(sample, sample.own):
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {sample.own.items} headings with a line each")
    if sample.teaser_share >= _TEASERS:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {sample.teaser_share:.0%} of its text are teasers")
    lines = [line for line in sample.text.split("\n") if line.strip()]
    sentences = len(_SENTENCE_END.findall(sample.text))
    if len(lines) >= 12 and words / len(lines) < 10 and sentences < len(lines) / 10:
        return Refused(outcome=Outcome.NON_ARTICLE, detail=f"list page: {len(lines)} lines, {sentences} sentences")
    return None


def _is_of_headlines(sample: Sample, words: int) -> bool:
    """Whether the text is the headlines of other pages, and little else; of a page that does not date itself, with a line to each."""
    if sample.article_markup:
        return False
    listed = [headline for headline in sample.own.headlines if headline in sample.text] if sample.own else []
    least = _TEASERS if sample.dates_itself else _LISTED
    share = sum(map(count_words, listed)) / max(words, 1)
    if sample.own and len(listed) >= _FEW_HEADLINES and not sample.dates_itself and share >= _LABELLED:
        return not _says_what_happened(sample.own.heading or sample.title)
    return len(listed) >= _HEADLINES and share >= least


def _score(sample: Sample, words: int) -> float:
    """1 for a long dated text with article markup; less for each sign that is missing."""
    score = 1.0 - 0.3 * max(0.0, 1 - words / 150)
    score -= 0.0 if sample.dated else 0.1
    score -= 0.0 if sample.article_markup else 0.1
    score -= 0.2 if mojibake.is_suspect(sample.text) else 0.0
    return round(max(0.0, score), 2)


def _flags(sample: Sample, words: int) -> list[QualityFlag]:
    flags = [
        (QualityFlag.SHORT, words < 150),
        (QualityFlag.UNDATED, not sample.dated),
        (QualityFlag.MOJIBAKE, mojibake.is_suspect(sample.text)),
        (QualityFlag.NO_ARTICLE_MARKUP, not sample.article_markup),
        (QualityFlag.TEASER, sample.access is Access.PAID and words < _SHORT),
    ]
    return [flag for flag, holds in flags if holds]
