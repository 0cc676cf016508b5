"""Whether a text was decoded with the wrong charset: letters that no language writes so."""

from __future__ import annotations

import re

_SAMPLE = 5_000  # characters
_SUSPECT, _GARBLED = 200, 40  # one mark in so many characters: worth a flag; no text to keep
_LOST = 100  # one character in so many that no charset explains: binary data, or a charset we have not
_LATIN_SHARE = 0.35  # of letters in U+00C0–U+00FF; the most that a language has is Icelandic's and Vietnamese's .15 to .2
_MARKS = re.compile(
    "[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï»¿|\ufffd"  # UTF-8 read as Latin-1 or Windows-1252
    "|[ÐÑ][\u0080-\u00bf°±²³´µ¶·¸¹º»¼½¾¿‚ƒ„…†‡ˆ‰Š‹]"  # the same of Cyrillic
    "|Р[°±ІіЎ\u00a0Ѓѓ„…†‡€‰Љ‹ЊЌЋЏ]|С[Ђ‚ѓ„…†‡€‰Љ‹ЊЌ]|Р[\u0410-\u042f]Р[\u0410-\u042f]"  # UTF-8 Cyrillic read as Windows-1251
    "|锟斤|斤拷|锟|烫烫|屯屯"  # lost letters of UTF-8 read as GBK
    "|縺[\uff61-\uff9f一-龠]|繧[\uff61-\uff9f一-龠]|譁|蜷|荳"  # UTF-8 Japanese read as Shift_JIS
)
_LATIN = re.compile("[À-ÖØ-öø-ÿ]")


def is_suspect(text: str) -> bool:
    """Whether a text shows the marks of a wrong charset: more than one in two hundred characters."""
    sample = text[:_SAMPLE]
    return len(_MARKS.findall(sample)) * _SUSPECT > len(sample)


def find_garbled(text: str) -> str | None:
    """Why a text can't be read, with figures; None for one that can."""
    lost = text.count("\ufffd")
    if lost * _LOST > len(text):
        return f"{lost} of {len(text)} characters can't be decoded"
    sample = text[:_SAMPLE]
    marks = len(_MARKS.findall(sample))
    if marks * _GARBLED > len(sample):
        return f"mojibake: {marks} marks of a wrong charset in {len(sample)} characters"
    letters = sum(char.isalpha() for char in sample)
    latin = len(_LATIN.findall(sample))
    if letters >= 40 and latin > _LATIN_SHARE * letters:
        return f"mojibake: {latin} of {letters} letters are accented"
    return None
