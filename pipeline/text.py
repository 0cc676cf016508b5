"""The one place where text from outside becomes clean text: no NUL, no lone surrogates, no control characters.

Postgres refuses NUL, its drivers refuse lone surrogates, terminals and XML writers choke on the other controls.
"""

from __future__ import annotations

import html
import re

LANGUAGE = re.compile(r"[a-z]{2,3}")  # BCP 47, the primary language alone
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
# Controls but tab and line feed (C0, DEL, C1), the object-replacement and noncharacters, and a byte order mark inside of text.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffc\ufffe\uffff\ufdd0-\ufdef]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # a character of Chinese, Japanese or Korean
# What is written without spaces, with the marks that stand at it; words of Korean, which parts them, are shorter.
_UNSPACED = re.compile(r"[^\w\s]{0,3}(?:[\u3040-\u30ff\u3400-\u9fff]|[\uac00-\ud7af]{9,})+[^\w\s]{0,3}")
_CJK_WORD = 2  # characters
# A tag, comment or declaration; "a < b" and "I <3 you" are none.
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,2000}|!--.{0,2000}?--|![A-Za-z\[][^<>]{0,2000})>", re.DOTALL)
_INLINE_TAG = re.compile(
    r"<(?=[/a-z])/?(?:a|abbr|acronym|b|bdi|bdo|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|u|wbr)\b[^<>]{0,2000}>", re.IGNORECASE
)


def clean_text(text: str, limit: int | None = None) -> str:
    """Text of any origin without what no store or terminal accepts; line ends become "\\n".

    Halves of surrogate pairs that stand side by side become their character; lone ones go. `limit` cuts the result, in characters.
    """
    if limit is not None:
        text = text[: 4 * limit + 1000]  # no megabytes are cleaned for a line
    if text.replace("\n", "").isprintable() and "\ufffc" not in text:  # nearly every text: nothing in it is to be cleaned
        return text if limit is None else text[:limit]
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return text if limit is None else text[:limit]


def clean_line(text: str, limit: int | None = None) -> str:
    """Clean text on one line: white space of any kind becomes one space, none at the ends."""
    line = _SPACES.sub(" ", clean_text(text, limit)).strip()
    return line if limit is None else line[:limit].rstrip()


def plain_line(markup: str, limit: int | None = None) -> str:
    """One clean line out of a string that may hold HTML: tags go, entities become characters.

    Twice-escaped entities (`&amp;amp;`, common in feeds) are resolved too.
    """
    text = markup if limit is None else markup[: 8 * limit + 4000]
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = html.unescape(html.unescape(text))
        text = _without_tags(text)
    return clean_line(text, limit)


def cjk_apart(text: str, written: re.Pattern[str] = CJK) -> tuple[int, str]:
    """How many words the CJK characters of a text come to, two to each, and the text without them; `written` finds those that count."""
    if text.isascii():
        return 0, text
    characters = sum(len(CJK.findall(found)) for found in written.findall(text))
    return characters // _CJK_WORD, written.sub(" ", text) if characters else text


def count_words(text: str) -> int:
    """Words between white space; where Chinese, Japanese or Korean is written without it, two characters are a word."""
    words, rest = cjk_apart(text, _UNSPACED)
    return words + len(rest.split())


def _without_tags(text: str) -> str:
    return _TAG.sub(" ", _INLINE_TAG.sub("", text))
