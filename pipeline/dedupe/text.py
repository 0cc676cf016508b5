"""Text reduced to what two versions are compared by."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
# Scripts written without spaces count by the character: Thai, kana, Han, Hangul.
_UNSPACED = re.compile(r"([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")


def normal_words(text: str) -> list[str]:
    """The words of a text without case, compatibility forms, quote styles and punctuation, in order."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _WORD.findall(_UNSPACED.sub(r" \1 ", folded))
