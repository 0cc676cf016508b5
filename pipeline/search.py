"""Full-text search, the part made in Python: which words a text is found by, and which words a query asks for.

Postgres finds words between spaces and stems them by language. Chinese, Japanese and Korean (CJK) text is indexed as
overlapping pairs of characters instead, in `article.search_text`; a query is cut in the same way and asked for as a
phrase, so that it finds exactly the texts that contain it. Pairs find Chinese texts as well as dictionary words do
(Nie, Gao, Zhang and Zhou, "On the use of words and n-grams for Chinese information retrieval", IRAL 2000).
"""

from __future__ import annotations

import re
import unicodedata

HIGHLIGHT_START = "⟦"
HIGHLIGHT_END = "⟧"

# The stemmers of Postgres 15 (`\dF` in psql), by BCP 47 primary language.
_CONFIGS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish",
    "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_FALLBACK = "simple"
ALL_CONFIGS = (_FALLBACK, *sorted(set(_CONFIGS.values())))

_CJK_LANGUAGES = frozenset({"zh", "ja", "ko", "yue", "wuu", "lzh"})
# Letters only, so that Postgres's parser never splits a pair.
_CJK = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f"  # iteration marks, hiragana, katakana, bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufa6d\ufa70-\ufad9"  # Han, Hangul, compatibility Han
    "\U00020000-\U0002a6df\U0002a700-\U0002b738\U0002b740-\U0002b81d"  # Han beyond the basic plane
    "\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0\U00030000-\U0003134a"
)
_RUN = re.compile(f"[{_CJK}]+")
_BEYOND = re.compile("[\u3005-\U0003134a]")  # what has none of these has no run, and is seen through faster
_LETTER = re.compile(r"[^\W\d_]")
_CJK_SHARE = 0.2  # of the letters; a page in another language that quotes a name stays far below
_SEARCHED_CHARACTERS = 38_000  # of a text: title, pairs and singles fit into the 125,000 characters that the table indexes


def primary_language(language: str | None) -> str | None:
    """The first part of a BCP 47 tag in lower case ("pt" of "pt-BR"); None for none."""
    return re.split("[-_]", language.lower(), maxsplit=1)[0] if language else None


def ts_config(language: str | None) -> str:
    """The Postgres text search configuration for a BCP 47 language tag ("pt-BR"); "simple" (no stemming) where there is none."""
    return _CONFIGS.get(primary_language(language) or "", _FALLBACK)


def search_configs(language: str | None) -> tuple[str, ...]:
    """The configurations to look in for texts of `language`; all of them for None."""
    return ALL_CONFIGS if language is None else (ts_config(language),)


def search_text(title: str, body: str, language: str | None) -> str | None:
    """What full-text search reads of a CJK text: its title in pairs, a line break, its body in pairs and its characters one by one.

    None where the text has words between spaces. A text is told by its letters; `language` decides where they are mixed.
    """
    head, text = _normal(title).replace("\n", " "), _normal(body[:_SEARCHED_CHARACTERS])[:_SEARCHED_CHARACTERS]
    if not _is_cjk(head + text, language):
        return None
    singles = " ".join(sorted(set("".join(_RUN.findall(head + text)))))
    return f"{_pairs(head)}\n{_pairs(text)} {singles}"


def search_query(words: str) -> str:
    """A reader's query in the syntax of `websearch_to_tsquery` ("a phrase", or, -without).

    Runs of CJK characters become phrases of pairs; the rest stays as it is.
    """
    parts = _normal(words).replace("\0", " ").split('"')
    return '"'.join(_RUN.sub(_phrase, part) if at % 2 == 0 else _pairs(part) for at, part in enumerate(parts))


def highlight(text: str, words: str, around: int = 60) -> str:
    """The surroundings of the first place in a CJK text where a run of the query stands, with every run of it marked.

    `around`: characters before and after. Without such a place: the beginning of the text.
    """
    runs = sorted(set(_RUN.findall(_normal(words))), key=len, reverse=True)
    shown = _normal(text)
    pattern = re.compile("|".join(map(re.escape, runs))) if runs else None
    first = pattern.search(shown) if pattern else None
    if pattern is None or first is None:
        return " ".join(shown[: 2 * around].split())
    window = shown[max(0, first.start() - around) : first.end() + around]
    return " ".join(pattern.sub(lambda found: f"{HIGHLIGHT_START}{found[0]}{HIGHLIGHT_END}", window).split())


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _is_cjk(text: str, language: str | None) -> bool:
    if not _BEYOND.search(text):
        return False
    characters = sum(map(len, _RUN.findall(text)))
    if characters == 0:
        return False
    return primary_language(language) in _CJK_LANGUAGES or characters >= _CJK_SHARE * len(_LETTER.findall(text))


def _pairs(text: str) -> str:
    return _RUN.sub(lambda run: f" {_cut(run[0])} ", text)


def _cut(run: str) -> str:
    return " ".join(run[at : at + 2] for at in range(max(1, len(run) - 1)))


def _phrase(run: re.Match[str]) -> str:
    joined = run.start() > 0 and run.string[run.start() - 1].isalnum()
    return (" " if joined else "") + (f'"{_cut(run[0])}" ' if len(run[0]) > 1 else f"{run[0]} ")
