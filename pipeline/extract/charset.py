"""Which characters a page's bytes are: byte order mark, what the bytes prove, header, meta, then statistics.

Browsers trust the header first (WHATWG HTML 13.2.3.2) because they must show a page while it loads. We have the whole body, so valid UTF-8
with non-ASCII characters wins over any declared single-byte charset: such bytes mean nothing sensible in another encoding.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

# WHATWG Encoding Standard labels that occur on news sites -> Python codecs. Only these names reach `bytes.decode`.
_CODECS = {
    "utf-8": ("utf-8", "utf8", "unicode-1-1-utf-8"),
    "cp1252": (
        "windows-1252",
        "cp1252",
        "iso-8859-1",
        "iso8859-1",
        "iso_8859-1",
        "latin1",
        "latin-1",
        "l1",
        "ascii",
        "us-ascii",
        "x-cp1252",
    ),
    "iso-8859-2": ("iso-8859-2", "iso8859-2", "latin2", "l2"),
    "iso-8859-5": ("iso-8859-5", "cyrillic"),
    "iso-8859-6": ("iso-8859-6", "arabic"),
    "iso-8859-7": ("iso-8859-7", "greek"),
    "iso-8859-15": ("iso-8859-15", "iso8859-15", "latin9", "latin-9"),
    "cp1250": ("windows-1250", "cp1250", "x-cp1250"),
    "cp1251": ("windows-1251", "cp1251", "x-cp1251"),
    "cp1253": ("windows-1253", "cp1253"),
    "cp1254": ("windows-1254", "cp1254", "iso-8859-9", "latin5"),
    "cp1255": ("windows-1255", "cp1255", "iso-8859-8", "iso-8859-8-i"),
    "cp1256": ("windows-1256", "cp1256"),
    "cp1257": ("windows-1257", "cp1257"),
    "cp1258": ("windows-1258", "cp1258"),
    "cp874": ("windows-874", "tis-620", "iso-8859-11"),
    "koi8-r": ("koi8-r", "koi8", "koi"),
    "koi8-u": ("koi8-u",),
    "gb18030": ("gb18030", "gbk", "gb2312", "x-gbk", "gb_2312-80", "chinese"),
    "big5hkscs": ("big5", "big5-hkscs", "x-x-big5"),
    "euc_jp": ("euc-jp", "x-euc-jp"),
    "iso2022_jp": ("iso-2022-jp", "csiso2022jp"),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji"),
    "cp949": ("euc-kr", "ks_c_5601-1987", "korean", "windows-949"),
    "utf-16-le": ("utf-16", "utf-16le", "unicode"),
    "utf-16-be": ("utf-16be",),
}
# The standard's legacy encodings that news sites hardly use: believed where they are declared, never guessed.
_RARE = {
    "cp866": ("ibm866", "cp866", "866", "csibm866"),
    "mac_roman": ("macintosh", "mac", "x-mac-roman", "csmacintosh"),
    "mac_cyrillic": ("x-mac-cyrillic", "x-mac-ukrainian"),
    "cp1252": ("cp819", "ibm819", "csisolatin1", "iso-ir-100", "ansi_x3.4-1968"),
    "utf-8": ("unicode11utf8", "unicode20utf8", "x-unicode20utf8"),
    "gb18030": ("gb_2312", "csgb2312", "iso-ir-58", "csiso58gb231280"),
    "big5hkscs": ("cn-big5", "csbig5"),
    "cp932": ("ms932", "csshiftjis"),
    "euc_jp": ("cseucpkdfmtjapanese",),
    "cp949": ("ksc5601", "ksc_5601", "ks_c_5601-1989", "cseuckr", "iso-ir-149", "csksc56011987"),
    "koi8-r": ("koi8_r", "cskoi8r"),
    "koi8-u": ("koi8-ru",),
}
_BY_LABEL = {label: codec for table in (_RARE, _CODECS) for codec, labels in table.items() for label in labels}
_ISO = re.compile(r"iso[-_]?8859[-_]?(\d{1,2})(?:[:-](?:\d{4}|[ei]))?")  # iso-8859-2, iso88592, iso_8859-2:1987
_ISO_AS = {1: "cp1252", 8: "cp1255", 9: "cp1254", 11: "cp874"}  # as the standard reads them, or in its superset of the same letters
_ISO_NUMBERS = frozenset([2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16])
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META_WITHIN = 8_192  # browsers look at 1,024 bytes; real pages put scripts before the tag
_TOLERATED = 0.002  # share of undecodable characters that a cut or sloppily joined page may have
_SAMPLE = 65_536  # bytes that the statistics look at


def decode_html(body: bytes, content_type: str | None) -> str:
    """The text of a page. `content_type` is the header's value, or None. Never raises: undecodable bytes become U+FFFD."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = _declared(body, content_type)
    if "iso2022_jp" in declared and b"\x1b$" in body:
        return body.decode("iso2022_jp", "replace")
    if any(codec.startswith("utf-16") for codec in declared) and body[:2_000].count(0) > len(body[:2_000]) // 4:
        return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", "replace")
    return _decode_by_content(body, [codec for codec in declared if not codec.startswith(("utf-16", "iso2022"))])


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Codecs that the header, the meta tag and an XML declaration name, in this order; unknown labels are left out."""
    head = body[:_META_WITHIN]
    labels = [match[1] for match in [_HEADER.search(content_type or "")] if match]
    labels += [match[1].decode("ascii", "ignore") for match in (_META.search(_COMMENT.sub(b"", head)), _XML.match(head)) if match]
    return [codec for label in labels if (codec := _codec(label.lower()))]


def _codec(label: str) -> str | None:
    """The codec of a label of the WHATWG Encoding Standard; None for an unknown one."""
    if known := _BY_LABEL.get(label):
        return known
    part = _ISO.fullmatch(label)
    number = int(part[1]) if part else 0
    return _ISO_AS.get(number) or (f"iso-8859-{number}" if number in _ISO_NUMBERS else None)


def _decode_by_content(body: bytes, declared: list[str]) -> str:
    """Strict UTF-8 first, then the declared codecs, then UTF-8 with few faults, then statistics."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    as_utf8 = body.decode("utf-8", "replace")
    if _faults(as_utf8) <= _TOLERATED and _multibyte(as_utf8):
        return as_utf8
    for codec in declared:
        text = body.decode(codec, "replace")
        if codec != "utf-8" and _faults(text) <= _TOLERATED and not _c1_controls(text):
            return text
    best = from_bytes(body[:_SAMPLE], cp_isolation=sorted({*_CODECS} - {"utf-16-le", "utf-16-be", "iso2022_jp"})).best()
    codec = best.encoding if best else next(iter(declared), "cp1252")
    return body.decode(codec, "replace")


def _faults(text: str) -> float:
    """Share of replacement characters among the non-ASCII ones' scale: faults a character of text."""
    return text.count("\ufffd") / max(1, len(text))


def _multibyte(text: str) -> bool:
    """Whether decoding as UTF-8 found more real non-ASCII characters than faults."""
    non_ascii = sum(1 for char in text if char > "\x7f")
    return non_ascii > 2 * text.count("\ufffd")


def _c1_controls(text: str) -> bool:
    """Whether a decoded text holds many C1 control characters, the mark of a wrong ISO-8859 guess."""
    return sum(1 for char in text if "\x80" <= char <= "\x9f") > 5
