"""The bytes of a page as text: declared rightly, wrongly, or not at all."""

from __future__ import annotations

import codecs

import pytest

from pipeline.extract.charset import decode_html

RUSSIAN = "Совет гавани собрался в понедельник, чтобы решить судьбу старых складов и причалов северного бассейна."
GERMAN = "Der Hafenrat entschied über die Zukunft der Speicher – später als geplant, für viele überraschend. Größe: 3 m²."
JAPANESE = "港湾評議会は月曜日、古い倉庫の将来について話し合い、住民の意見を聞いた。工事は春に始まる予定だ。"


def _page(text: str, meta: str = "") -> str:
    return f"<html><head>{meta}</head><body><p>{text}</p><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (GERMAN, "cp1252", "iso-8859-1"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "KOI8-R"),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        ("港口委员会周一开会讨论旧仓库的未来。" * 3, "gb18030", "gb2312"),
    ],
)
@pytest.mark.parametrize("place", ["header", "meta"])
def test_declared_charset_is_read(text: str, codec: str, label: str, place: str) -> None:
    page = _page(text, f'<meta charset="{label}">' if place == "meta" else "")
    header = f"text/html; charset={label}" if place == "header" else "text/html"
    assert decode_html(page.encode(codec), header) == page


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "shift_jis", "no-such-charset", "zip", "utf-16"])
def test_utf8_wins_over_a_wrong_declaration(label: str) -> None:
    page = _page(RUSSIAN, f'<meta charset="{label}">')
    assert decode_html(page.encode(), f"text/html; charset={label}") == page


@pytest.mark.parametrize(("text", "codec"), [(RUSSIAN, "cp1251"), (JAPANESE, "cp932"), (GERMAN, "cp1252")])
def test_wrongly_declared_as_utf8(text: str, codec: str) -> None:
    page = _page(text * 4)
    assert text in decode_html(page.encode(codec), "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0" encoding="windows-1251"?><html><head>',
        '<html><head><!-- was <meta charset="koi8-r"> --><meta charset="windows-1251">',
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
    ],
)
def test_a_charset_is_declared_where_browsers_look(head: str) -> None:
    page = f"{head}</head><body><p>{RUSSIAN}</p></body></html>"
    assert decode_html(page.encode("cp1251"), "text/html") == page


def test_byte_order_marks_win() -> None:
    page = _page(RUSSIAN)
    assert decode_html(codecs.BOM_UTF8 + page.encode(), "text/html; charset=koi8-r") == page
    assert decode_html(codecs.BOM_UTF16_LE + page.encode("utf-16-le"), None) == page
    assert decode_html(codecs.BOM_UTF16_BE + page.encode("utf-16-be"), None) == page


def test_utf8_cut_in_the_middle_of_a_character_stays_utf8() -> None:
    page = _page(RUSSIAN * 20).encode()[:-31]
    assert decode_html(page[: page.rindex("Совет".encode()) + 1], "text/html").count("\ufffd") == 1


@pytest.mark.parametrize("body", [b"", b"\xff", bytes(range(256)) * 50, b"\x80" * 1000, b"\x00" * 1000])
def test_any_bytes_become_text(body: bytes) -> None:
    assert isinstance(decode_html(body, "text/html; charset=utf-16"), str)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso_8859-2:1987", "iso-8859-2", "żółć gęślą jaźń"),
        ("iso88592", "iso-8859-2", "żółć gęślą jaźń"),
        ("ISO-8859-16", "iso-8859-16", "„Țară și oraș” după"),
        ("iso-8859-4", "iso-8859-4", "ķēniņš ģērbās"),
        ("ibm866", "cp866", "Совет порта решил"),
        ("macintosh", "mac_roman", "Élève à l’école"),
        ("x-mac-cyrillic", "mac_cyrillic", "Совет порта решил"),
        ("iso-8859-9-e", "cp1254", "Şehir meclisi ığ"),
        ("ks_c_5601-1989", "cp949", "항구 위원회"),
    ],
)
def test_rare_labels_of_the_standard_are_known(label: str, codec: str, text: str) -> None:
    page = f"<html><body><p>{text} {text} {text}".encode(codec)
    assert decode_html(page, f"text/html; charset={label}") == page.decode(codec)
