"""Text reduced to what two versions are compared by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_WORD = re.compile(r"\w+")
# Scripts written without spaces count by the character: Thai, kana, Han, Hangul. The inside of a regular expression's class.
UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_UNSPACED = re.compile(f"([{UNSPACED}])")


# Signs that end a sentence, as the inside of a regular expression's class: of Chinese and Japanese, danda, of Burmese, Khmer and Ethiopic,
# behind which no space has to be; and those that need one, of Arabic, Urdu and Armenian too.
FULL_STOPS = "。！？।॥။។።፧"
STOPS = f".!?…؟۔։{FULL_STOPS}"


def _mark_ranges(first: int, last: int) -> Iterator[str]:
    start = None
    for code in range(first, last + 2):
        mark = code <= last and unicodedata.category(chr(code)) in ("Mn", "Mc")
        if mark and start is None:
            start = code
        elif not mark and start is not None:
            yield f"{chr(start)}-{chr(code - 1)}"
            start = None


# Combining marks, as the inside of a regular expression's class; for `re` they belong to no word. From Devanagari to Khmer, and in their
# extensions, they are vowels, and tell one word from another; Arabic and Hebrew ones are left out by most who write.
MARKS = "".join(_mark_ranges(0x300, 0xFFFF))
VOWEL_MARKS = "".join((*_mark_ranges(0x900, 0x1AFF), *_mark_ranges(0xA800, 0xABFF)))


def normal_words(text: str) -> list[str]:
    """The words of a text without case, compatibility forms, quote styles and punctuation, in order."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _WORD.findall(_UNSPACED.sub(r" \1 ", folded))
