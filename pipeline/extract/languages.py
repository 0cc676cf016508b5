"""Which language an article is in: what the page says, checked against the words and letters of its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from pipeline.records import Evidence

# The most frequent function words that tell a language from its neighbours; every one is among the 30 most frequent words of that language.
_FUNCTION_WORDS = {
    "en": "the and of to in is that for with was on are as by this from have",
    "de": "der die und das den von mit ist sich des dem nicht ein eine auf für dass hat werden",
    "fr": "le la de et les des est dans une que pour qui par sur pas plus avec sont du au",
    "es": "de la y en los las del una que por con para se como más pero fue su el al",
    "pt": "de do da os dos das uma que não com para como mais foi pelo ao na no em são",
    "it": "gli della che di il per una non con sono del alla dei nel più anche",
    "nl": "het een van en dat niet zijn voor met aan op ook door werd naar deze",
    "sv": "och att det som en på är av för med den till inte har om ett",
    "da": "og at det er en på af for med den til ikke har som de et",
    "no": "og at det er en på av for med den til ikke har som de et",
    "fi": "ja on ei että se oli mutta kun hän myös ovat mukaan ole tai joka sekä",
    "pl": "się nie że jest na do jak to po przez oraz był są od za dla",
    "cs": "se na že je si který jsem byl ale jako také podle jeho pro však jsou",
    "hu": "az és hogy nem egy is meg volt csak már ezt vagy de lesz van ki",
    "ro": "și în la cu de pe că nu este din pentru care au mai fost prin",
    "tr": "ve bir bu için ile olarak da de olan çok daha sonra gibi kadar ise oldu",
    "id": "yang dan di dengan untuk dari ini tidak pada dalam akan itu juga oleh ke karena",
    "vi": "và của là có không được cho các trong đã với một những này người",
}
_BY_WORD: dict[str, tuple[str, ...]] = {}
for _language, _listed in _FUNCTION_WORDS.items():
    for _word in _listed.split():
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), _language)

_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_OF_SCRIPTS = re.compile("[\u0370-\U0010ffff]")  # no character of theirs comes before these
# languages that share a script: a page's own word is believed within the group
_SCRIPT_MATES = {
    "ru": frozenset(["ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg"]),
    "ar": frozenset(["ar", "fa", "ur", "ps", "ckb", "ug", "sd"]),
    "hi": frozenset(["hi", "mr", "ne", "sa"]),
    "zh": frozenset({"zh"}),
    "he": frozenset({"he", "yi"}),
}
_SAMPLE = 3_000  # characters
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH_HITS = 6
_NEARLY = 0.6  # related languages share function words: with this share of the best one's, the page's own word is believed


def choose_language(claims: Sequence[Evidence], text: str, source_language: str | None) -> tuple[str | None, float | None]:
    """BCP 47 primary language and confidence 0..1: the page's word where the text does not contradict it, else the text's."""
    stated = [
        tag
        for origin in ("jsonld", "html", "opengraph", "meta", "news_sitemap", "header")
        for claim in claims
        if (claim.field, claim.origin) == ("language", origin) and (tag := primary_tag(claim.value))
    ]
    seen, strength = detect(text)
    wanted = [*stated, *([source_language] if source_language else [])]
    if seen is None:
        return (wanted[0], 0.5) if wanted else (None, None)
    mates = _SCRIPT_MATES.get(seen, frozenset({seen}))
    hits = _function_words(text[:_SAMPLE])
    agreeing = next(
        (tag for tag in wanted if tag in mates or {tag, seen} <= {"da", "no", "nb", "nn"} or hits[tag] >= _NEARLY * hits[seen] > 0), None
    )
    if agreeing:
        return agreeing, round(0.5 + strength / 2, 2)
    # a language outside our lists is believed unless the text speaks clearly for another
    if wanted and wanted[0] not in _FUNCTION_WORDS and strength < 0.8:
        return wanted[0], 0.4
    return (seen, round(strength, 2)) if strength >= 0.5 or not wanted else (wanted[0], 0.3)


def primary_tag(value: str) -> str | None:
    """The primary language of a tag such as `en-GB` or `pt_BR`; None for what is no tag."""
    match = re.match(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*$", value.strip())
    return match[1].lower() if match else None


def detect(text: str) -> tuple[str | None, float]:
    """The language that letters and function words speak for, and how clearly (0..1); (None, 0) for too little text."""
    sample = text[:_SAMPLE]
    if _OF_SCRIPTS.search(sample):
        letters = sum(map(str.isalpha, sample))
        for language, script in _SCRIPTS:
            share = len(script.findall(sample)) / max(1, letters)
            if share >= (0.05 if language == "ja" else 0.4):
                return language, min(1.0, 0.5 + share / 2) if letters >= 20 else 0.5
    hits = _function_words(sample)
    if not hits or hits.most_common(1)[0][1] < _ENOUGH_HITS:
        return None, 0.0
    (best, most), *rest = hits.most_common(2)
    return best, most / (most + (rest[0][1] if rest else 0))


@lru_cache(maxsize=4)  # a text is asked about twice
def _function_words(sample: str) -> Counter[str]:
    """How many of a sample's words are function words of each language."""
    hits = Counter[str]()
    for word, times in Counter(_WORD.findall(sample.lower())).items():
        for language in _BY_WORD.get(word, ()):
            hits[language] += times
    return hits
