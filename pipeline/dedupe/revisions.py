"""Decides whether a new reading of an article is an edit, and when to look again."""

from __future__ import annotations

import re

from pipeline.dedupe.text import normal_words

# "5 minutes ago", "vor 3 Stunden", "hace 2 horas", "il y a 4 jours": dates rendered relative to the moment of the fetch.
_RELATIVE_DATE = re.compile(
    r"\b(?:\d+\s+(?:second|minute|hour|day)s?\s+ago|vor\s+\d+\s+(?:Sekunde|Minute|Stunde|Tag)e?n?|hace\s+\d+\s+(?:segundo|minuto|hora|día)s?"
    r"|il\s+y\s+a\s+\d+\s+(?:seconde|minute|heure|jour)s?|\d+\s*(?:秒|分|時間|日)前|\d+\s+(?:секунд|минут|час|дн|день)\w*\s+назад)",
    re.IGNORECASE,
)
# "1,204 views", "37 comments", "12 shares": counters that run on.
_COUNTER = re.compile(
    r"\b[\d.,]+\s*(?:views?|comments?|shares?|likes?|Kommentare|Aufrufe|comentarios|commentaires|просмотр\w*)\b", re.IGNORECASE
)


def is_edit(*, old_title: str, old_body: str, new_title: str, new_body: str) -> bool:
    """Whether title or body changed in substance: not by case, quote style, white space, counters or relative dates."""
    return _substance(old_title) != _substance(new_title) or _substance(old_body) != _substance(new_body)


def _substance(text: str) -> list[str]:
    return normal_words(_COUNTER.sub(" ", _RELATIVE_DATE.sub(" ", text)))


def next_recheck_seconds(checks: int, ages_hours: tuple[float, ...]) -> float | None:
    """Seconds from the last look to the next one after `checks` looks, for looks at the given ages; None: no more."""
    if checks >= len(ages_hours):
        return None
    before = ages_hours[checks - 1] if checks else 0.0
    return max(0.0, ages_hours[checks] - before) * 3600
