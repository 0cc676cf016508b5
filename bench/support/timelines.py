"""What happens to articles after they came out, at the rates that GDELT published, with texts of the simulated press.

GDELT looked again at a day's articles after 24 hours and after 7 days: of the bodies 15.1 % and 17.85 % had changed, of the titles 5.1 %
and 6.1 %, and .7 % and 1.5 % were gone. When within these spans is not told, so there are three guesses (`SHAPES`). Outlets differ as six
Flemish ones did (Timmerman, Future of Journalism 2023: from 20 to 60 % of their articles were edited), with GDELT's rates as their mean.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from newsroom.outlets import host_names, load_outlets, with_origins
from newsroom.prose import edit_article, write_article
from newsroom.records import Block, BulletList, Outlet, Paragraph, PressArticle, Subheading, Table
from newsroom.render import judging_names, template_names

DAY, WEEK = 24.0, 168.0
_BODY, _TITLE, _DELETED = (0.151, 0.1785), (0.051, 0.061), (0.007, 0.015)
_AGAIN = 0.3  # of edited articles are edited once more, and so on
_LEAST, _MOST = 20.0, 60.0  # per cent of an outlet's articles that are edited
_DEALT = 26  # outlets: steps between the two
_LONG = 40  # characters of a paragraph: a shorter one is a label
_WORD = re.compile(r"\w+")
_START = datetime(2026, 3, 2, 6, tzinfo=UTC)
_NAME = re.compile(r"(?<=[a-zа-яё,] )[A-ZÄÖÜÉÁА-Я][a-zäöüßéáñа-яё]{3,}")
Shape = Callable[[random.Random], float]  # hours within the first day


def _early(chance: random.Random) -> float:
    """Most in the first hours: exponential with a mean of four hours, cut off at a day."""
    while (hours := chance.expovariate(1 / 4)) >= DAY:
        pass
    return hours


SHAPES: Mapping[str, Shape] = {
    "early": _early,
    "even": lambda chance: chance.uniform(0, DAY),
    "logarithmic": lambda chance: 0.1 * (DAY / 0.1) ** chance.random(),  # as many in each doubling of the age, from six minutes on
}
BY_OUTLET = "by outlet"  # each outlet in one of these ways: that they differ in it as in how often is likely, and told by nobody


@dataclass(frozen=True, kw_only=True)
class Version:
    """What an article says from `since` on."""

    since: float  # hours after publication
    article: PressArticle


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One article's life."""

    outlet: Outlet
    published: float  # hours after the start of the simulation
    versions: tuple[Version, ...]
    deleted: float | None  # hours after publication

    def version_at(self, age: float) -> int:
        """The number of the version that stands at this age, from 0."""
        return sum(version.since <= age for version in self.versions) - 1


def outlets(*, judging: bool = False) -> tuple[Outlet, ...]:
    """The press's outlets; `judging`: in the templates that rules are not written by."""
    dealt = load_outlets(judging_names() if judging else template_names())
    ports = {name: 8000 + number for number, name in enumerate(host_names(dealt))}
    return tuple(with_origins(outlet, ports) for outlet in dealt)


@dataclass(frozen=True, kw_only=True)
class Ages:
    """When things happen to an article, in hours since it came out; nothing of its text."""

    body: tuple[float, ...]
    title: tuple[float, ...]
    deleted: float | None

    @property
    def edits(self) -> list[float]:
        """All edits in order."""
        return sorted((*self.body, *self.title))


def ages_of(seed: int, number: int, shape: str) -> Ages:
    """What happens to the article of this number; it is of outlet `number % 26`."""
    chance, edited = random.Random(f"{seed}:{number}"), _editing(number)
    way = SHAPES[(*SHAPES,)[number % _DEALT % len(SHAPES)] if shape == BY_OUTLET else shape]
    moments = [tuple(_moments(chance, rates, way, edited)) for rates in (_BODY, _TITLE)]
    deleted = next(_moments(chance, _DELETED, way, 1.0, again=0.0), None)
    return Ages(body=moments[0], title=moments[1], deleted=deleted)


def _editing(number: int) -> float:
    """How often the article's outlet edits, as a multiple of the mean; the steps between outlets are alike, their order is mixed."""
    place = number % _DEALT * 7 % _DEALT / (_DEALT - 1)
    spread = _MOST / _LEAST
    return float(spread**place * math.log(spread) / (spread - 1))


def timelines(seed: int, *, count: int, shape: str, days: float = 7.0) -> list[Timeline]:
    """`count` articles of all outlets in turn, published evenly over `days`."""
    press = outlets()
    return [_timeline(seed, number, press[number % len(press)], shape, days * 24 * number / count) for number in range(count)]


def _timeline(seed: int, number: int, outlet: Outlet, shape: str, published: float) -> Timeline:
    chance, ages = random.Random(f"text:{seed}:{number}"), ages_of(seed, number, shape)
    changes = [*((at, _edit_body) for at in ages.body), *((at, _edit_title) for at in ages.title)]
    first = write_article(seed=seed * 1_000_000 + number, outlet=outlet, published_at=_START)
    versions = [Version(since=0.0, article=first)]
    for at, change in sorted(changes, key=lambda item: item[0]):
        edited = change(versions[-1].article, chance)
        versions.append(Version(since=at, article=replace(edited, version=versions[-1].article.version + 1)))
    return Timeline(outlet=outlet, published=published, versions=tuple(versions), deleted=ages.deleted)


def _moments(chance: random.Random, rates: tuple[float, float], shape: Shape, edited: float, *, again: float = _AGAIN) -> Iterator[float]:
    """The ages at which something happens to an article: nothing, once, or more often."""
    first_day, week = (rate * edited for rate in rates)
    draw = chance.random()
    if draw >= week:
        return
    yield shape(chance) if draw < first_day else chance.uniform(DAY, WEEK)
    while chance.random() < again:
        yield shape(chance) if chance.random() < first_day / week else chance.uniform(DAY, WEEK)


# -- edits ----------------------------------------------------------------------------------


def _edit_title(article: PressArticle, chance: random.Random) -> PressArticle:
    return next(edited for edited in _edits(article, chance) if edited.title != article.title)


def _edit_body(article: PressArticle, chance: random.Random) -> PressArticle:
    """One of what newsrooms do: a figure or a paragraph more (by the press), a name put right, a sentence out, a correction told, another
    subheading, another row of a list or table."""
    change = chance.choice((_by_press, _by_press, _name_put_right, _sentence_out, _correction, _correction, _subheading, _row))
    edited = change(article, chance)
    return edited if edited.paragraphs != article.paragraphs else _by_press(article, chance)


def _by_press(article: PressArticle, chance: random.Random) -> PressArticle:
    return next(edited for edited in _edits(article, chance) if edited.paragraphs != article.paragraphs)


def _edits(article: PressArticle, chance: random.Random) -> Iterator[PressArticle]:
    while True:
        yield edit_article(article, seed=chance.randrange(10**9))


def _name_put_right(article: PressArticle, chance: random.Random) -> PressArticle:
    return _change_paragraph(article, chance, _with_other_name)


def _with_other_name(text: str, chance: random.Random) -> str:
    names = list(_NAME.finditer(text))
    if not names:
        return text
    name = chance.choice(names)
    letter = chance.randrange(1, len(name[0]))
    return text[: name.start() + letter] + chance.choice("aeioun") + text[name.start() + letter + 1 :]


def _sentence_out(article: PressArticle, chance: random.Random) -> PressArticle:
    return _change_paragraph(article, chance, _without_last_sentence)


def _without_last_sentence(text: str, _chance: random.Random) -> str:
    stop = "。" if "。" in text else ". "
    head, found, _ = text.rstrip("。. ").rpartition(stop)
    return f"{head}{stop.strip()}" if found and len(head) > 40 else text


_NOTES = {  # half of them name what was wrong, half are worded alike wherever they stand
    "en": (
        "Correction: an earlier version of this article misspelled the name {name}.",
        "An earlier version of this report gave the wrong age for {name}.",
        "This article was amended after publication.",
        "This story has been corrected.",
    ),
    "de": (
        "In einer früheren Fassung war der Name „{name}“ falsch geschrieben. Wir haben das korrigiert.",
        "Korrektur: Zunächst war hier von {name} die Rede.",
        "Dieser Artikel wurde nachträglich berichtigt.",
        "In einer ersten Version dieses Textes war uns ein Fehler unterlaufen.",
    ),
    "es": (
        "Una versión anterior de este artículo citaba mal el nombre {name}.",
        "Corrección: {name} figuraba con otra edad.",
        "Este texto ha sido corregido tras su publicación.",
        "Esta información fue modificada para subsanar un dato.",
    ),
    "fr": (
        "Une première version de cet article écorchait le nom {name}.",
        "Rectificatif : {name} avait été mal orthographié.",
        "Cet article a été corrigé après sa publication.",
        "Une erreur s’était glissée dans cet article. Nous présentons nos excuses à nos lecteurs.",
    ),
    "ru": (
        "В первой версии текста имя «{name}» было написано с ошибкой.",
        "Уточнение: речь идёт о {name}.",
        "Материал был исправлен после публикации.",
        "В тексте исправлена неточность.",
    ),
    "ja": (
        "当初の記事で「{name}」の表記に誤りがあったため、訂正しました。",
        "【訂正】「{name}」の表記を改めました。",
        "記事の一部を訂正しました。",
        "初出時、内容に誤りがありました。おわびして訂正します。",
    ),
}


def _correction(article: PressArticle, chance: random.Random) -> PressArticle:
    """A note over the text, under it, or behind its last paragraph."""
    text = next(block.text for block in article.paragraphs if isinstance(block, Paragraph))
    note = chance.choice(_NOTES[article.language]).format(name=chance.choice(_NAME.findall(text) or [text[:4]]))
    told, last = Paragraph(text=note), article.paragraphs[-1]
    place = chance.choice(("over", "under", "in"))
    if place == "over":
        return replace(article, paragraphs=(told, *article.paragraphs))
    if place == "in" and isinstance(last, Paragraph):
        gap = "" if article.language == "ja" else " "
        return replace(article, paragraphs=(*article.paragraphs[:-1], Paragraph(text=f"{last.text}{gap}{note}")))
    return replace(article, paragraphs=(*article.paragraphs, told))


def _subheading(article: PressArticle, chance: random.Random) -> PressArticle:
    """A subheading more between two paragraphs; or one that is there is taken out, or worded otherwise."""
    blocks = article.paragraphs
    there = [place for place, block in enumerate(blocks) if isinstance(block, Subheading)]
    gaps = [place for place in range(1, len(blocks)) if isinstance(blocks[place - 1], Paragraph) and isinstance(blocks[place], Paragraph)]
    if there and chance.random() < 0.5:
        place = chance.choice(there)
        other = () if chance.random() < 0.3 else (_heading(blocks, place + 1, chance),)
        return replace(article, paragraphs=(*blocks[:place], *other, *blocks[place + 1 :]))
    if not gaps:
        return article
    place = chance.choice(gaps)
    return replace(article, paragraphs=(*blocks[:place], _heading(blocks, place, chance), *blocks[place:]))


def _heading(blocks: tuple[Block, ...], place: int, chance: random.Random) -> Subheading:
    """Some words of the paragraph at that place, or of another one."""
    told = [block for block in blocks[place:] if isinstance(block, Paragraph)] or [
        block for block in blocks if isinstance(block, Paragraph)
    ]
    text = told[0].text.replace("。", "").replace("、", "")
    if " " not in text:
        start = chance.randrange(max(1, len(text) - 10))
        return Subheading(text=text[start : start + chance.randint(6, 10)])
    words = _WORD.findall(text)
    start = chance.randrange(max(1, len(words) - 5))
    return Subheading(text=" ".join(words[start : start + chance.randint(3, 5)]).capitalize())


def _row(article: PressArticle, chance: random.Random) -> PressArticle:
    """An item of a list more or less, or the figures of a table's row put right."""
    places = [(place, block) for place, block in enumerate(article.paragraphs) if isinstance(block, BulletList | Table)]
    if not places:
        return article
    place, block = chance.choice(places)
    other: Block = _other_table(block, chance) if isinstance(block, Table) else _other_list(block, article, chance)
    return replace(article, paragraphs=(*article.paragraphs[:place], other, *article.paragraphs[place + 1 :]))


def _other_table(table: Table, chance: random.Random) -> Table:
    number = chance.randrange(1, len(table.rows))
    first, *cells = table.rows[number]
    return replace(table, rows=(*table.rows[:number], (first, *(f"{chance.randint(11, 98)}" for _ in cells)), *table.rows[number + 1 :]))


def _other_list(listed: BulletList, article: PressArticle, chance: random.Random) -> BulletList:
    place = chance.randrange(len(listed.items))
    if chance.random() < 0.5 and len(listed.items) > 2:
        return replace(listed, items=(*listed.items[:place], *listed.items[place + 1 :]))
    more = _heading(article.paragraphs, 0, chance).text
    return replace(listed, items=(*listed.items[: place + 1], more, *listed.items[place + 1 :]))


def _change_paragraph(article: PressArticle, chance: random.Random, change: Callable[[str, random.Random], str]) -> PressArticle:
    places = [place for place, block in enumerate(article.paragraphs) if isinstance(block, Paragraph)]
    chance.shuffle(places)
    for place in places:
        block = article.paragraphs[place]
        text = change(block.text, chance) if isinstance(block, Paragraph) else ""
        if isinstance(block, Paragraph) and _WORD.findall(text) != _WORD.findall(block.text):
            return replace(article, paragraphs=(*article.paragraphs[:place], Paragraph(text=text), *article.paragraphs[place + 1 :]))
    return article
