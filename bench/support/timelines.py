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
from newsroom.records import Outlet, Paragraph, PressArticle
from newsroom.render import judging_names, template_names

DAY, WEEK = 24.0, 168.0
_BODY, _TITLE, _DELETED = (0.151, 0.1785), (0.051, 0.061), (0.007, 0.015)
_AGAIN = 0.3  # of edited articles are edited once more, and so on
_LEAST, _MOST = 20.0, 60.0  # per cent of an outlet's articles that are edited
_DEALT = 26  # outlets: steps between the two
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
    moments = [tuple(_moments(chance, rates, SHAPES[shape], edited)) for rates in (_BODY, _TITLE)]
    deleted = next(_moments(chance, _DELETED, SHAPES[shape], 1.0, again=0.0), None)
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
    """One of what newsrooms do: a figure or a paragraph more (by the press), a name put right, a sentence out, a correction added."""
    change = chance.choice((_by_press, _by_press, _name_put_right, _sentence_out, _correction))
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


_NOTES = {
    "de": "In einer früheren Fassung war der Name „{name}“ falsch geschrieben. Wir haben das korrigiert.",
    "es": "Una versión anterior de este artículo citaba mal el nombre {name}.",
    "fr": "Une première version de cet article écorchait le nom {name}.",
    "ru": "В первой версии текста имя «{name}» было написано с ошибкой.",
    "ja": "当初の記事で「{name}」の表記に誤りがあったため、訂正しました。",
}


def _correction(article: PressArticle, chance: random.Random) -> PressArticle:
    text = next(block.text for block in article.paragraphs if isinstance(block, Paragraph))
    names = _NAME.findall(text) or [text[:4]]
    note = _NOTES.get(article.language, "Correction: an earlier version of this article misspelled the name {name}.")
    return replace(article, paragraphs=(*article.paragraphs, Paragraph(text=note.format(name=chance.choice(names)))))


def _change_paragraph(article: PressArticle, chance: random.Random, change: Callable[[str, random.Random], str]) -> PressArticle:
    places = [place for place, block in enumerate(article.paragraphs) if isinstance(block, Paragraph)]
    chance.shuffle(places)
    for place in places:
        block = article.paragraphs[place]
        text = change(block.text, chance) if isinstance(block, Paragraph) else ""
        if isinstance(block, Paragraph) and _WORD.findall(text) != _WORD.findall(block.text):
            return replace(article, paragraphs=(*article.paragraphs[:place], Paragraph(text=text), *article.paragraphs[place + 1 :]))
    return article
