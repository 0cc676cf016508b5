"""Articles of the simulated press: plausible news prose from a seed, and real edits of it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsroom.grammar import Writer, load_language
from newsroom.records import Block, BulletList, Outlet, Paragraph, PressArticle, Quote, Subheading, Table, block_texts

_WORDS = (170, 540)  # the least and the most words of a body, before its last paragraph
_KINDS = ("fact", "fact", "figure", "quotation", "quotation", "background", "outlook")
_WEEKDAYS = "weekdays"
_FIGURE = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?![\d.,])")
_UNSPACED = frozenset({"ja", "zh"})
_FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ñ": "n", "œ": "oe", "æ": "ae"})


# -- writing ---------------------------------------------------------------------------


def write_article(*, seed: int, outlet: Outlet, published_at: datetime) -> PressArticle:
    """The article that `seed` (≥ 0) makes for `outlet`.

    Out: 6 to about 20 paragraphs, 150–700 words (Japanese: half a character counts as a word). Equal arguments give equal articles;
    `published_at` (aware) sets the dates and the weekday that the text names, nothing else.
    The dateline is not part of the first paragraph's text. FileNotFoundError for a language without phrases.
    """
    rng = random.Random(f"article:{seed}")
    section = rng.choice(outlet.sections)
    writer = _writer(seed, outlet.language, section.slug, published_at.astimezone(ZoneInfo(outlet.timezone)))
    title = writer.sentence("title")
    lead = Paragraph(text=writer.sentence("lead"))
    return PressArticle(
        article_id=f"{seed:x}",
        slug=slug_of(title),
        outlet=outlet.slug,
        language=outlet.language,
        title=title,
        subtitle=writer.sentence("subtitle") if rng.random() < 0.6 else None,
        paragraphs=(lead, *_body(writer, rng)),
        authors=tuple(dict.fromkeys(writer.write("byline") for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 2, 3))))),
        section=section,
        dateline=_dateline(writer, rng),
        agency=_agency(writer, rng, outlet),
        published_at=published_at,
        tags=tuple(dict.fromkeys(writer.write("tag") for _ in range(rng.randint(0, 5)))),
        image_url=f"/media/{seed:x}.jpg" if rng.random() < 0.8 else None,
        image_caption=writer.sentence("caption") + "." * (outlet.language not in _UNSPACED),
    )


def _writer(seed: int, language: str, section: str, local: datetime) -> Writer:
    """A writer with the article's topic, place and people settled, the same whenever it is made for one seed."""
    phrases = load_language(language)
    rng = random.Random(f"facts:{seed}")
    topic = section if section in phrases.topics else rng.choice(sorted(phrases.topics))
    writer = Writer(language=phrases, topic=topic, rng=rng)
    weekdays = phrases.rules[_WEEKDAYS]
    writer.memory["weekday"] = "".join(str(part) for part in weekdays[local.weekday()])
    for rule in sorted(phrases.sticky):
        writer.write(rule)
    return writer


def _body(writer: Writer, rng: random.Random) -> tuple[Block, ...]:
    """The blocks behind the lead: paragraphs, and between them headings, set-apart quotations, a list, a table."""
    wanted = rng.randint(6, 19)
    extras = _extras(writer, rng)
    blocks: list[Block] = []
    words, paragraphs = 0, 1
    while words < _WORDS[0] or (paragraphs < wanted and words < _WORDS[1]):
        paragraph = _paragraph(writer, rng)
        blocks.append(paragraph)
        words += word_count(paragraph.text, writer.language.code)
        paragraphs += 1
        if paragraphs in extras:
            blocks.extend(extras[paragraphs])
    return (*blocks, _paragraph(writer, rng)) if isinstance(blocks[-1], Subheading) else tuple(blocks)


def _extras(writer: Writer, rng: random.Random) -> dict[int, tuple[Block, ...]]:
    """Which blocks follow which paragraph (by its number)."""
    extras: dict[int, tuple[Block, ...]] = {}
    if rng.random() < 0.45:
        extras |= {at: (Subheading(text=writer.sentence("subheading")),) for at in range(rng.randint(3, 5), 20, rng.randint(3, 5))}
    if rng.random() < 0.2:
        extras[2] = (Quote(text=writer.sentence("claim"), speaker=writer.write("p1")),)
    if rng.random() < 0.25:
        bullets = tuple(writer.sentence("bullet") for _ in range(rng.randint(3, 6)))
        extras[7] = (Paragraph(text=writer.sentence("listlead")), BulletList(items=bullets))
    if rng.random() < 0.15:
        extras[6] = (Table(rows=_rows(writer, rng)),)
    return extras


def _rows(writer: Writer, rng: random.Random) -> tuple[tuple[str, ...], ...]:
    columns = rng.randint(2, 4)
    head = (writer.sentence("rowhead"), *(writer.sentence("tablehead") for _ in range(columns - 1)))
    body = (
        (writer.sentence("rowname"), *(writer.write("cell") for _ in range(columns - 1)))
        for _ in range(rng.randint(3, 7))
    )  # fmt: skip
    return (head, *body)


def _paragraph(writer: Writer, rng: random.Random) -> Paragraph:
    sentences = (writer.sentence(rng.choice(_KINDS)) for _ in range(rng.choice((1, 1, 2, 2, 2, 3))))
    return Paragraph(text=writer.language.joiner.join(sentences))


def _dateline(writer: Writer, rng: random.Random) -> str | None:
    if rng.random() < 0.55:
        return None
    city = writer.write("city")
    shown = city.upper() if rng.random() < 0.5 else city
    return f"{shown}, {writer.write('country')}" if rng.random() < 0.3 else shown


def _agency(writer: Writer, rng: random.Random, outlet: Outlet) -> str | None:
    if outlet.media_type == "agency":
        return outlet.name
    return writer.write("agency") if rng.random() < 0.2 else None


# -- editing ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Edit:
    """The parts of an article that an edit may change."""

    title: str
    paragraphs: tuple[Block, ...]


def edit_article(article: PressArticle, *, seed: int, edited_at: datetime | None = None) -> PressArticle:
    """A later version of `article` with one change of substance: another figure, a paragraph more, or a new title.

    Two edits of three tell of it in `modified_at`: `edited_at` (aware), by default some hours after the version before.
    Id, slug and URL stay.
    """
    rng = random.Random(f"edit:{article.article_id}:{article.version}:{seed}")
    writer = _writer(int(article.article_id, 16), article.language, article.section.slug, article.published_at)
    writer.rng = rng
    change = rng.choice((_other_figure, _more_text, _new_title))(article, writer, rng)
    at = edited_at or (article.modified_at or article.published_at) + timedelta(minutes=rng.randint(15, 400))
    return replace(
        article,
        title=change.title,
        paragraphs=change.paragraphs,
        modified_at=at if rng.random() < 2 / 3 else article.modified_at,
        version=article.version + 1,
    )


def _other_figure(article: PressArticle, writer: Writer, rng: random.Random) -> _Edit:
    """Changes one whole number of a paragraph; an article without one gets a paragraph more."""
    places = tuple(_figures(article.paragraphs))
    if not places:
        return _more_text(article, writer, rng)
    index, match = rng.choice(places)
    other = str(int(match.group()) + rng.randint(1, 9))
    text = match.string[: match.start()] + other + match.string[match.end() :]
    return _Edit(title=article.title, paragraphs=_swapped(article.paragraphs, index, Paragraph(text=text)))


def _figures(blocks: tuple[Block, ...]) -> Iterator[tuple[int, re.Match[str]]]:
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            yield from ((index, match) for match in _FIGURE.finditer(block.text))


def _swapped(blocks: tuple[Block, ...], index: int, block: Block) -> tuple[Block, ...]:
    return (*blocks[:index], block, *blocks[index + 1 :])


def _more_text(article: PressArticle, writer: Writer, rng: random.Random) -> _Edit:
    text = writer.language.joiner.join((writer.sentence("addition"), writer.sentence("quotation")))
    spots = [index for index, block in enumerate(article.paragraphs) if isinstance(block, Paragraph)]
    at = rng.choice(spots[1:]) + 1
    return _Edit(title=article.title, paragraphs=(*article.paragraphs[:at], Paragraph(text=text), *article.paragraphs[at:]))


def _new_title(article: PressArticle, writer: Writer, _rng: random.Random) -> _Edit:
    title = writer.sentence("title")
    while title == article.title:
        title = writer.sentence("title")
    return _Edit(title=title, paragraphs=article.paragraphs)


# -- measures --------------------------------------------------------------------------


def word_count(text: str, language: str) -> int:
    """Words of `text`; in a script without spaces two characters count as one."""
    return len(text) // 2 if language in _UNSPACED else len(text.split())


def article_words(article: PressArticle) -> int:
    """Words of an article's body."""
    return sum(word_count(line, article.language) for block in article.paragraphs for line in block_texts(block))


def slug_of(title: str) -> str:
    """A path segment from a title: Latin letters without accents, other scripts as they are, at most 70 characters."""
    folded = unicodedata.normalize("NFKC", title).casefold().translate(_FOLDS)
    latin = "".join(_plain(char) for char in folded)
    return "-".join(re.findall(r"\w+", latin))[:70].strip("-")


def _plain(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() else char
