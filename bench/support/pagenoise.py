"""What pages show around an article and in it, and show otherwise at the next look, though nobody edited anything.

Written from what pages of outlets do (counters, dates told relative to now, related and most-read boxes, advertisements, tickers, polls,
weather, cookie and newsletter calls, typography that an editing system changes), not from the rules that are to tell it. Half of
the words are the press's own, its judging set included, which those who write rules leave unread.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsroom.furniture import load_words
from newsroom.records import BulletList, Paragraph, PressArticle, Quote, Subheading, Table

NOISY = 0.95  # of fetches (GDELT)
HEADING = "## "  # begins a line that the page marks up as a heading

_AGO = {
    "en": ("{m} minutes ago", "{m} mins ago", "{h} hours ago", "{h}h ago", "Updated {h} hrs ago", "Published {m} minutes ago"),
    "de": ("vor {m} Minuten", "vor {m} Min.", "vor {h} Stunden", "Aktualisiert vor {h} Stunden", "Stand: {d}. März 2026, {c} Uhr"),
    "es": ("hace {m} minutos", "Hace {h} horas", "hace {h} h", "Actualizado hace {m} min", "Actualizado a las {c}"),
    "fr": ("il y a {m} minutes", "Il y a {h} heures", "il y a {m} min", "Mis à jour il y a {h} h", "Mis à jour le {d} mars à {c}"),
    "ru": ("{m} минут назад", "{h} часов назад", "Обновлено {h} ч. назад", "{d} марта, {c}"),
    "ja": ("{m}分前", "{h}時間前", "更新：{m}分前", "{d}日 {c}更新"),
}
_COUNTED = {
    "en": ("{n} comments", "Comments ({n})", "{n} views", "{n} shares", "{n} people are reading this", "{k}k reads", "{m} min read"),
    "de": ("{n} Kommentare", "Kommentare ({n})", "{n} Aufrufe", "{n} mal geteilt", "{m} Min. Lesezeit", "{n} Leser"),
    "es": ("{n} comentarios", "Comentarios ({n})", "{n} visitas", "{n} compartidos", "{m} min de lectura"),
    "fr": ("{n} commentaires", "Commentaires ({n})", "{n} vues", "{n} partages", "{m} min de lecture"),
    "ru": ("{n} комментариев", "Комментарии: {n}", "{n} просмотров", "Просмотры: {n}"),
    "ja": ("コメント {n}件", "コメント（{n}）", "{n}回閲覧", "シェア {n}"),
}
_TICKERS = ("DAX {a} +0,{m}%", "FTSE 100 {a} -0.{m}%", "Nikkei {a} ▲{n}", "EUR/USD 1.0{m}", "Brent {m}.4 $", "BTC {a}", "MOEX {a} +0,{m}%")
_POLLS: dict[str, tuple[str, ...]] = {
    "en": ("Yes {m}% No {o}%",),
    "de": ("Ja {m} % Nein {o} %",),
    "es": ("Sí {m}% No {o}%",),
    "fr": ("Oui {m} % Non {o} %",),
    "ru": ("Да {m}% Нет {o}%",),
    "ja": ("はい {m}% いいえ {o}%",),
}
_WEATHER = ("{city} {t}°", "{city} {t}° / {u}°", "{city}: {t} °C")
_CITIES = ("Lisbon", "Köln", "Sevilla", "Lyon", "Казань", "大阪", "Leeds")
_FORMS: dict[str, dict[str, tuple[str, ...]] | tuple[str, ...]] = {
    "ago": _AGO,
    "counter": _COUNTED,
    "ticker": _TICKERS,
    "poll": _POLLS,
    "weather": _WEATHER,
    "clock": ("{d}.03.2026 {c}:{s}",),
    "video": ("▶ {c}",),
}
_LINES = {"ticker": 3}
_CALLS = {"call": ("newsletter", "newsletter_text", "send"), "cookie": ("cookie", "accept"), "advert": ("advert",)}
_PLAIN_QUOTES = str.maketrans("“”„«»’", '"""""' + "'")
_ABSENT = 0.15  # boxes come and go
_HEADED = 0.5  # of sites
_BOXES = (
    "ago",
    "counter",
    "counter",
    "ticker",
    "poll",
    "weather",
    "related",
    "related",
    "read",
    "teasers",
    "strip",
    "call",
    "cookie",
    "advert",
    "clock",
    "video",
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """One outlet's furniture: which boxes its pages have and where, settled by the outlet's name."""

    language: str
    boxes: tuple[tuple[str, float], ...]  # (kind, place in the text: 0 before it, 1 behind it)
    words: tuple[dict[str, str], ...]  # phrases by name, of both sets
    headed: bool  # whether its boxes have headings of their own

    @classmethod
    def of(cls, slug: str, language: str) -> Site:
        """The site of an outlet."""
        chance = random.Random(f"site:{slug}")
        kinds = chance.sample(_BOXES, chance.randint(4, 8))
        words = tuple(dict(load_words(language, judging=judging).phrases) for judging in (False, True))
        return cls(
            language=language,
            boxes=tuple((kind, chance.choice((0.0, 0.0, chance.random(), 1.0, 1.0))) for kind in kinds),
            words=words,
            headed=random.Random(f"headed:{slug}").random() < _HEADED,
        )

    def page(self, article: PressArticle, others: Sequence[PressArticle], chance: random.Random) -> str:
        """The text of the page as a reader of pages gets it, headings marked: the article's lines, and the site's boxes of this moment."""
        lines = [_typeset(line, chance) for line in _lines(article)]
        placed = [(place * len(lines), line) for kind, place in self.boxes for line in self._box(kind, others, chance)]
        for place, line in sorted(placed, key=lambda item: item[0], reverse=True):
            lines.insert(round(place), line)
        return _joined(lines, chance)

    def _box(self, kind: str, others: Sequence[PressArticle], chance: random.Random) -> list[str]:
        if chance.random() < _ABSENT:
            return []
        if kind in _FORMS:
            forms = _FORMS[kind]
            told = forms[self.language] if isinstance(forms, dict) else forms
            return [text.format(**_numbers(chance)) for text in chance.sample(told, min(len(told), _LINES.get(kind, 1)))]
        words = chance.choice(self.words)
        if kind in _CALLS:
            return [words[name] for name in _CALLS[kind]]
        return _links(kind, words, others, chance, HEADING if self.headed else "")


def _links(kind: str, words: Mapping[str, str], others: Sequence[PressArticle], chance: random.Random, heading: str) -> list[str]:
    """What leads to other articles: each look shows others, in another order."""
    shown = chance.sample(list(others), min(len(others), chance.randint(2, 5)))
    titles = [other.title for other in shown]
    match kind:
        case "related":
            return [heading + words["related"], *titles]
        case "read":
            return [heading + words["most_read"], *(f"{number} {title}" for number, title in enumerate(titles, 1))]
        case "strip":
            return [f"{heading}{words['latest']}: {title}" for title in titles[:1]]
        case _:
            return [line for other in shown[:2] for line in (heading + other.title, _teaser(other))]


def _numbers(chance: random.Random) -> dict[str, object]:
    yes = chance.randint(10, 59)
    return {
        "m": yes,
        "o": 100 - yes,
        "h": chance.randint(2, 23),
        "d": chance.randint(1, 31),
        "n": chance.choice((chance.randint(2, 999), f"{chance.randint(1, 9)},{chance.randint(100, 999)}")),
        "k": f"{chance.randint(1, 40)}.{chance.randint(1, 9)}",
        "a": f"{chance.randint(9, 40)},{chance.randint(100, 999)}.{chance.randint(10, 99)}",
        "c": f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}",
        "s": f"{chance.randint(0, 59):02}",
        "t": chance.randint(-9, 34),
        "u": chance.randint(-9, 34),
        "city": chance.choice(_CITIES),
    }


def _lines(article: PressArticle) -> list[str]:
    """The article's own lines, as extractions print them."""
    lines: list[str] = []
    for block in article.paragraphs:
        match block:
            case Paragraph(text=text):
                lines.append(text)
            case Subheading(text=text):
                lines.append(HEADING + text)
            case Quote(text=text, speaker=speaker):
                lines += [text, speaker] if speaker else [text]
            case BulletList(items=items):
                lines += [f"- {item}" for item in items]
            case Table(rows=rows):
                lines += [f"| {' | '.join(row)} |" for row in rows]
    return lines


def _teaser(other: PressArticle) -> str:
    text = next(block.text for block in other.paragraphs if isinstance(block, Paragraph))
    return text[:110].rstrip() + "…"


def _typeset(line: str, chance: random.Random) -> str:
    """What an editing system, or the next version of a template, does to a line without changing a word."""
    if line.startswith(HEADING):
        return HEADING + _typeset(line.removeprefix(HEADING), chance)
    if chance.random() < 0.2:
        line = line.translate(_PLAIN_QUOTES)
    if chance.random() < 0.2:
        line = line.replace(" ", "\N{NO-BREAK SPACE}", chance.randint(1, 4))
    if chance.random() < 0.1:
        line = line.replace("...", "…").replace(" – ", " — ")
    if chance.random() < 0.05 and len(line) > 20:
        line = line[:12] + "\N{SOFT HYPHEN}" + line[12:]
    return line


def _joined(lines: Sequence[str], chance: random.Random) -> str:
    gap = chance.choice(("\n\n", "\n\n", "\n"))
    return gap.join(lines)
