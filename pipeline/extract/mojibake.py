"""Whether a text was decoded with the wrong charset: letters that no language writes so. UTF-8 that was read as Windows-1252 or -1251
and stored as what it then looked like is mended, where nothing of it was lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_SAMPLE = 5_000  # characters
_SUSPECT, _GARBLED = 200, 40  # one mark in so many characters: worth a flag; no text to keep
_LOST = 100  # one character in so many that no charset explains: binary data, or a charset we have not
_LATIN_SHARE = 0.35  # of letters in U+00C0–U+00FF; the most that a language has is Icelandic's and Vietnamese's .15 to .2
_MARKS = re.compile(
    "[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï»¿|\ufffd"  # UTF-8 read as Latin-1 or Windows-1252
    "|[ÐÑ][\u0080-\u00bf°±²³´µ¶·¸¹º»¼½¾¿‚ƒ„…†‡ˆ‰Š‹]"  # the same of Cyrillic
    "|Р[°±ІіЎ\u00a0Ѓѓ„…†‡€‰Љ‹ЊЌЋЏ]|С[Ђ‚ѓ„…†‡€‰Љ‹ЊЌ]|Р[\u0410-\u042f]Р[\u0410-\u042f]"  # UTF-8 Cyrillic read as Windows-1251
    "|[ĂĹÄ][˝©­ˇ™Żľ›…‡‰Ź»«¤ĽşŤ¶±˛łą§¨]"  # UTF-8 read as Windows-1250
    "|锟斤|斤拷|锟|烫烫|屯屯"  # lost letters of UTF-8 read as GBK
    "|縺[\uff61-\uff9f一-龠]|繧[\uff61-\uff9f一-龠]|譁|蜷|荳"  # UTF-8 Japanese read as Shift_JIS
)
_LATIN = re.compile("[À-ÖØ-öø-ÿ]")
_QUESTION = re.compile(r"(?<=[^\W\d_])\?+(?=[^\W\d_])")  # within a word: what an encoder writes for a letter that it has not
_QUESTIONS = 100  # one in so many characters; in texts of any language a missing space behind a question is all there is
_LEAST_LOST = 30  # of a text in another alphabet: most of it
_LEAST_QUESTIONS = 5  # and more than an address or a pun holds
_CYRILLIC_CAPITAL = re.compile("[А-ЯЁ]")
_CYRILLIC_SMALL = re.compile("[а-яё]")
# A capitalised word of KOI8-R that was read as Windows-1251, and the other way round: cases are swapped.
_TURNED = re.compile(r"\b[а-яё][А-ЯЁ]{2,}")
_ICELANDIC_LETTERS, _NOT_ICELANDIC = re.compile("[þðýÞÐÝ]"), re.compile("[çüÇÜ]")  # Turkish read as Western European has both
_LEAST_OF_EACH = 3
_LEAST_TURNED = 2
_TURNED_SHARE = 0.7  # capitals among its letters
_MOST_TIMES = 2  # that a text was garbled in this way, one over the other
_MENDED_SHARE = 0.5  # of a page's characters beyond ASCII that must be garbled in one way: what else is there may be right as it is
_NO_NEWS_SCRIPT = re.compile("[\u0700-\u08ff]")  # Syriac to extended Arabic: what "ß”" would come to


@dataclass(frozen=True, kw_only=True)
class _Misreading:
    """UTF-8 read as another charset: the runs of characters that UTF-8 bytes then look like, and each character's byte."""

    runs: re.Pattern[str]
    bytes_of: Mapping[int, int]


def _misread_as(codec: str, *, controls: bool) -> _Misreading:
    """`controls`: bytes 80–9F may also have become the control characters of that number, as browsers and ISO 8859-1 read them."""
    looks: dict[int, set[str]] = {byte: {bytes([byte]).decode(codec, "ignore") or chr(byte)} for byte in range(0x80, 0x100)}
    if controls:
        for byte in range(0x80, 0xA0):
            looks[byte].add(chr(byte))

    def some(first: int, last: int) -> str:
        return f"[{re.escape(''.join(sorted(char for byte in range(first, last + 1) for char in looks[byte])))}]"

    rest = some(0x80, 0xBF)
    runs = f"(?:{some(0xC2, 0xDF)}{rest}|{some(0xE0, 0xEF)}{rest}{{2}}|{some(0xF0, 0xF4)}{rest}{{3}})+"
    return _Misreading(runs=re.compile(runs), bytes_of={ord(char): byte for byte, chars in looks.items() for char in chars})


_CONTROL_RUNS = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_QUOTE_READ_WRONG = "\xe2\x80"  # how quotation marks and dashes then begin: by far the most frequent, and soon looked for

_MISREADINGS = (_misread_as("cp1252", controls=True), _misread_as("cp1251", controls=False), _misread_as("cp1250", controls=False))


def is_suspect(text: str) -> bool:
    """Whether a text shows the marks of a wrong charset: more than one in two hundred characters."""
    sample = text[:_SAMPLE]
    return _marks(sample) * _SUSPECT > len(sample)


def mend(text: str) -> str | None:
    """A page as its author wrote it, where its UTF-8 was read as another charset once or twice; None where that is not sure.

    Each run of such characters is taken back byte by byte, so that nothing is guessed: the same misreading gives the same page again.
    """
    mended = text
    for _ in range(_MOST_TIMES):
        mended = next((again for misreading in _MISREADINGS if (again := _taken_back(mended, misreading))), mended)
    return mended if mended != text else None


def mend_controls(text: str) -> str:
    """A page with the runs of characters taken back that only UTF-8 read as ISO 8859-1 leaves: letters with control characters (U+0080 to
    U+009F) among them, which no text holds. So a quotation mark is mended in a heading that was garbled alone, whatever the rest is.
    """
    return _CONTROL_RUNS.sub(_read_again, text) if _QUOTE_READ_WRONG in text else text


def _read_again(run: re.Match[str]) -> str:
    if not any("\x80" <= char <= "\x9f" for char in run[0]):
        return run[0]
    try:
        return run[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return run[0]


def _taken_back(text: str, misreading: _Misreading) -> str | None:
    taken = 0

    def written(run: re.Match[str]) -> str:
        nonlocal taken
        meant = _meant(run[0], misreading)
        taken += len(run[0]) if meant else 0
        return meant or run[0]

    mended = misreading.runs.sub(written, text)
    beyond_ascii = sum(char > "\x7f" for char in text)
    return mended if taken and taken >= _MENDED_SHARE * beyond_ascii else None


def _meant(run: str, misreading: _Misreading) -> str | None:
    """The text whose UTF-8 looks like this run; None where it would be none."""
    try:
        meant = run.translate(misreading.bytes_of).encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _NO_NEWS_SCRIPT.search(meant) else meant


@lru_cache(maxsize=2)  # a text is asked about more than once
def _marks(sample: str) -> int:
    """Marks of a wrong charset. Of the runs only Windows-1252's count: Ukrainian words ("дії") are runs of the other."""
    if not _may_be_garbled(sample):
        return 0
    runs = sum(len(meant) for run in _MISREADINGS[0].runs.findall(sample) if (meant := _meant(run, _MISREADINGS[0])))
    return max(len(_MARKS.findall(sample)), runs)


@lru_cache(maxsize=2)
def _may_be_garbled(sample: str) -> bool:
    """Whether there are letters beyond ASCII, lost ones, or what Hebrew's first bytes look like; most English texts hold only quotes."""
    return not sample.isascii() and any(char.isalpha() or char in "\ufffd×" for char in set(sample) if char > "\x7f")


def find_garbled(text: str) -> str | None:
    """Why a text can't be read, with figures; None for one that can."""
    sample = text[:_SAMPLE]
    asked = sample.count("?")
    questions = len(_QUESTION.findall(sample)) if asked >= _LEAST_QUESTIONS else 0
    if questions >= _LEAST_QUESTIONS and questions * _QUESTIONS > len(sample):
        return f"mojibake: {questions} letters are question marks"
    if asked >= _LEAST_LOST and asked * 2 > len("".join(sample.split())):
        return f"mojibake: {asked} letters are question marks"
    if text.isascii():
        return None
    lost = text.count("\ufffd")
    if lost * _LOST > len(text):
        return f"{lost} of {len(text)} characters can't be decoded"
    if not _may_be_garbled(sample):
        return None
    marks = _marks(sample)
    if marks * _GARBLED > len(sample):
        return f"mojibake: {marks} marks of a wrong charset in {len(sample)} characters"
    if turned := _case_turned(sample):
        return turned
    if min(len(_ICELANDIC_LETTERS.findall(sample)), len(_NOT_ICELANDIC.findall(sample))) >= _LEAST_OF_EACH and "þ" in sample.lower():
        return "mojibake: Turkish with letters of Icelandic"
    latin = len(_LATIN.findall(sample))
    letters = sum(map(str.isalpha, sample)) if latin else 0
    if letters >= 40 and latin > _LATIN_SHARE * letters:
        return f"mojibake: {latin} of {letters} letters are accented"
    return None


def _case_turned(sample: str) -> str | None:
    """Cyrillic whose words begin small and go on in capitals, said so; None for any other text."""
    turned = len(_TURNED.findall(sample))
    if turned < _LEAST_TURNED:
        return None
    capitals, small = len(_CYRILLIC_CAPITAL.findall(sample)), len(_CYRILLIC_SMALL.findall(sample))
    return f"mojibake: {turned} words begin small and go on in capitals" if capitals > _TURNED_SHARE * (capitals + small) else None
