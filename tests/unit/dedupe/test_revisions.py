"""What is an edit, and what is the same article in other furniture."""

from __future__ import annotations

import pytest

from pipeline.dedupe.revisions import NO_FURNITURE, Furniture, Reading, furniture_of, is_edit, may_be_edit, page_pieces

BODY = """The council paid 4 million for the pier that storms had closed in March.

Work begins in May

Maria Munoz, who leads the harbour office, said €5 a visit would be charged.

- Pier rebuilt by Kestrel Works
- Ferry to Northmere twice a day

| Berth | 12 |
| Depth | -3 m |

Nobody on the council objected."""


def _edited(new: str, old: str = BODY, *, furniture: Furniture = NO_FURNITURE) -> bool:
    return is_edit(Reading(title="Pier", body=old), Reading(title="Pier", body=new), furniture=furniture)


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("white space", BODY.replace("\n\n", "  \n").replace("paid 4", "paid\u00a04")),
        ("case", BODY.upper()),
        ("a soft hyphen and a joiner", BODY.replace("council", "coun\u00adcil").replace("harbour", "har\u200bbour")),
        ("punctuation", BODY.replace(".", "…")),
        ("paragraphs run together", BODY.replace("\n\nMaria", " Maria").replace("closed in March.", "closed in March.")),
        ("a counter behind a sentence", BODY + " 1,204 views"),
        ("a counter on a line", BODY + "\n\nComments (37)"),
        ("a relative date behind a sentence", BODY + " 5 minutes ago"),
        ("a relative date before one", "vor 3 Stunden " + BODY),
        ("a stamp", BODY + "\n\nUpdated Thursday 26 November 2026, 14:05"),
        ("a headline of another article", BODY + "\n\nNine bakers shared the county prize"),
        ("a question of another article", BODY + "\n\nIs this the end of rye bread?"),
        ("a call", BODY + "\n\nSign up here."),
        ("a teaser that is cut off", BODY + "\n\nNine bakers shared the prize of the county fair for rye bread on Su…"),
        ("a list in another order", BODY.replace("- Pier rebuilt by Kestrel Works\n- Ferry to Northmere twice a day",
                                                 "- Ferry to Northmere twice a day\n- Pier rebuilt by Kestrel Works")),
        ("a list item exchanged", BODY.replace("- Pier rebuilt by Kestrel Works", "- Nine bakers shared the prize")),
    ],
)  # fmt: skip
def test_noise_is_no_edit(why: str, body: str) -> None:
    assert body != BODY
    assert not _edited(body), why
    assert not _edited(BODY, old=body), f"{why}, gone again"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1,204 views", "1,310 views"),
        ("12 Kommentare", "15 Kommentare"),
        ("Reactions: 1.2k", "Reactions: 2k"),
        ("il y a 4 minutes", "il y a 2 heures"),
        ("hace 2 horas", "hace un día"),
        ("2 часа назад", "3 дня назад"),
        ("před 3 hodinami", "před 4 hodinami"),
        ("3分前", "2時間前"),
        ("3시간 전", "5시간 전"),
        ("منذ 5 دقائق", "منذ 9 دقائق"),
        ("לפני 5 דקות", "לפני שעה"),
        ("5 dakika önce", "2 saat önce"),
        ("5 perc ezelőtt", "2 óra ezelőtt"),
        ("10 phút trước", "2 giờ trước"),
        ("DAX 18,204 +0.4%", "DAX 18,190 +0.3%"),
        ("14:05 GMT", "15:31 GMT"),
    ],
)
def test_what_moves_by_itself_is_no_edit(old: str, new: str) -> None:
    assert not _edited(f"{new}\n\n{BODY}\n\n{new}", old=f"{old}\n\n{BODY}\n\n{old}")


@pytest.mark.parametrize(
    ("why", "old", "new"),
    [
        ("a figure", "4 million", "5 million"),
        ("a name", "Munoz", "Nunez"),
        ("an accent of a name", "Munoz", "Muñoz"),
        ("a currency", "€5", "$5"),
        ("a sign", "-3 m", "3 m"),
        ("a figure in a table", "| 12 |", "| 14 |"),
        ("a word in a list", "twice a day", "once a day"),
        ("a subheading", "Work begins in May", "Work begins in June"),
        ("a sentence more", "objected.", "objected. The mayor resigned."),
        ("a sentence less", "\n\nNobody on the council objected.", ""),
        ("a paragraph more", "council objected.", "council objected.\n\nCorrection: an earlier version named the wrong pier."),
        ("a date told in a sentence", "in March", "3 weeks ago"),
    ],
)
def test_a_change_of_substance_is_an_edit(why: str, old: str, new: str) -> None:
    assert old in BODY
    assert _edited(BODY.replace(old, new)), why


def test_a_paragraph_moved_is_an_edit() -> None:
    first, rest = BODY.split("\n\n", 1)
    assert _edited(f"{rest}\n\n{first}")


def test_a_new_headline_is_an_edit_and_other_quotes_are_none() -> None:
    assert is_edit(Reading(title="Pier to be rebuilt", body=BODY), Reading(title="Pier will not be rebuilt", body=BODY))
    assert not is_edit(Reading(title='"Pier" rebuilt', body=BODY), Reading(title="“Pier”  rebuilt", body=BODY))


def test_an_edit_in_an_unspaced_script_is_seen() -> None:
    assert _edited("港湾評議会は五百万を支払った。", old="港湾評議会は四百万を支払った。")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("बाढ़ में सात लोग मरे हैं और राहत कार्य जारी है, मंत्री ने कहा।", "बाढ़ में सात लोग मरा हैं और राहत कार्य जारी है, मंत्री ने कहा।"),
        ("বন্যায় সাত জন মারা গেছে, মন্ত্রী মঙ্গলবার সকালে ঢাকায় বলেছেন।", "বন্যায় সাত জন মারি গেছে, মন্ত্রী মঙ্গলবার সকালে ঢাকায় বলেছেন।"),
        ("அமைச்சர் செவ்வாயன்று சென்னையில் வெள்ளம் பற்றிப் பேசினார்.", "அமைச்சர் செவ்வாயன்று சென்னையில் வெள்ளம் பற்றிப் பேசினர்."),
    ],
)
def test_a_vowel_sign_is_as_much_of_a_word_as_a_letter(old: str, new: str) -> None:
    assert _edited(new, old=old)
    assert not _edited(old.replace(" ", "  "), old=old)


CALL = "The day's most important stories in your inbox, free, every weekday."
OTHERS = [
    page_pieces(f"Bakers of ward {n} share the county prize", f"Rye bread won the prize of ward {n} again.\n\n{CALL}") for n in range(4)
]


def test_a_sentence_on_many_other_pages_of_the_outlet_is_furniture() -> None:
    with_call = BODY + "\n\n" + CALL
    assert _edited(with_call)
    assert not _edited(with_call, furniture=furniture_of(OTHERS))
    assert _edited(with_call, furniture=furniture_of(OTHERS[:2])), "background is reprinted on a page or two"
    assert _edited(with_call.replace("4 million", "5 million"), furniture=furniture_of(OTHERS))


@pytest.mark.parametrize(
    ("says", "call", "stop"),
    [
        ("परिषद ने मार्च में बंद हुए घाट के लिए चालीस लाख रुपये दिए", "सभी ताज़ा ख़बरों के लिए हमारा ऐप आज ही डाउनलोड करें", "। "),
        ("মার্চে বন্ধ হওয়া ঘাটের জন্য পরিষদ চল্লিশ লাখ টাকা দিয়েছে", "সব তাজা খবরের জন্য আমাদের অ্যাপ আজই নামিয়ে নিন", "।"),
        ("کونسل نے مارچ میں بند ہونے والے گھاٹ کے لیے چالیس لاکھ روپے دیے", "تمام تازہ خبروں کے لیے ہماری ایپ آج ہی ڈاؤن لوڈ کریں", "۔ "),
        ("Խորհուրդը չորս միլիոն վճարեց մարտին փակված նավամատույցի համար", "Բոլոր թարմ լուրերի համար այսօր ներբեռնեք մեր հավելվածը", "։ "),
        ("ምክር ቤቱ በመጋቢት ለተዘጋው ወደብ አራት ሚሊዮን ብር ከፈለ", "ለሁሉም አዳዲስ ዜናዎች መተግበሪያችንን ዛሬ ያውርዱ እና ይከታተሉ", "። "),
    ],
)
def test_sentences_end_in_every_script(says: str, call: str, stop: str) -> None:
    """So that what the outlet prints everywhere is known again in the middle of a paragraph."""
    end = stop.strip()
    furniture = furniture_of(page_pieces(f"Bakers {n}", f"{call}{end}") for n in range(4))
    paragraph = f"{says} 1{stop}{says} 2{end}"
    assert not _edited(f"{paragraph} {call}{end}", old=paragraph, furniture=furniture)
    assert _edited(f"{says} 1{stop}{says} 3{end} {call}{end}", old=paragraph, furniture=furniture)


@pytest.mark.parametrize("line", ["Bakers of ward 2 share the county prize.", "Rye bread won the prize of ward 2 again."])
def test_another_articles_headline_or_lead_is_furniture(line: str) -> None:
    with_line = f"{BODY}\n\n{line}"
    assert _edited(BODY, old=with_line)
    assert not _edited(BODY, old=with_line, furniture=furniture_of(OTHERS))


def test_two_thousand_changed_rows_are_an_edit() -> None:
    old, new = ("\n".join(f"| row {number} | {number * factor} |" for number in range(2_000)) for factor in (1, 2))
    assert _edited(new, old=old)


@pytest.mark.parametrize(
    ("why", "old", "new"),
    [
        ("an abbreviation with a full stop", "51 Min. Lesezeit", "12 Min. Lesezeit"),
        ("a date with one", "Stand: 20. März 2026, 01:03 Uhr", "Stand: 21. März 2026, 09:40 Uhr"),
        (
            "sentences of a teaser that is cut off",
            "Bread won. A prize went to Ned Cole of No…",
            "Rain came to the county fair. It did not st…",
        ),
        ("one in Japanese", "港は月曜日に閉じた。市は認めた。…", "雨が降った。市民は喜んだ。…"),
        (
            "a headline behind a label that it did not have before",
            "The old pier of Northmere closes for good",
            "Latest: The old pier of Northmere closes for good",
        ),
        (
            "a headline behind its label",
            "Latest: Bakers of ward 2 share the county prize",
            "Latest: Bakers of ward 3 share the county prize",
        ),
    ],
)
def test_sentence_marks_make_no_sentence(why: str, old: str, new: str) -> None:
    assert not _edited(f"{BODY}\n\n{new}", old=f"{BODY}\n\n{old}", furniture=furniture_of(OTHERS)), why


@pytest.mark.parametrize("quotes", ["“”", "„“", "«»", "‹›", "「」", '""'])
def test_any_quotes_are_the_same_quotes(quotes: str) -> None:
    body = BODY.replace("said €5 a visit would be charged.", "said: {0}Each visit costs €5. Nobody is turned away.{1}")
    assert not _edited(body.format(*quotes), old=body.format('"', '"'))
    assert _edited(body.replace("costs", "cost").format(*quotes), old=body.format('"', '"'))


def test_a_sentence_may_begin_with_a_date_told_relative_to_now() -> None:
    first, other = (
        f"{BODY}\n\n{date}, 7.152 hogares usaron la renuncia en la ribera." for date in ("Hace 8 semanas", "Hace\u00a08\u00a0sema\u00adnas")
    )
    assert not _edited(other, old=first)
    assert _edited(first.replace("8", "9"), old=first)


_LIST = ["- Nine boats in the harbour", "- Two ferries a day", "- One pier to be closed"]


@pytest.mark.parametrize(
    ("edited", "why", "rows"),
    [
        (True, "an item more", [*_LIST, "- Forty jobs on the island"]),
        (True, "an item less", _LIST[:1] + _LIST[2:]),
        (False, "an item for an item, as boxes exchange theirs", [*_LIST[:2], "- Bakers share the county prize"]),
        (False, "another list", ["- Bakers share the county prize", "- Rain at the fair", "- Old mill is sold", "- Choir sings again"]),
    ],
)
def test_a_row_more_or_less_in_a_list_is_an_edit(edited: bool, why: str, rows: list[str]) -> None:
    old, new = (BODY + "\n\n" + "\n".join(listed) for listed in (_LIST, rows))
    assert _edited(new, old=old) is edited, why


NOTE = "This article was corrected after it came out."


@pytest.mark.parametrize("note", [NOTE, NOTE.rstrip("."), "Dieser Text wurde nachträglich korrigiert.", "訂正：本文の日付を改めました"])
@pytest.mark.parametrize("place", ["{note}\n\n{body}", "{body}\n\n{note}", "{body} {note}"])
def test_a_note_of_correction_is_an_edit_however_often_the_outlet_prints_it(note: str, place: str) -> None:
    corrected = place.format(note=note, body=BODY)
    some = furniture_of([*OTHERS, *[page_pieces(f"Rye of ward {n}", f"Bread was baked in ward {n}.\n\n{note}") for n in range(3)]])
    assert _edited(corrected, furniture=some)
    assert _edited(BODY, old=corrected, furniture=some), "taken back"
    assert _edited(corrected, furniture=furniture_of([*OTHERS, page_pieces("Rye", f"{note}\n\nBread was baked.")])), "no lead of another's"


def test_what_most_pages_say_of_corrections_is_the_outlets_policy() -> None:
    policy = "Corrections: whatever was wrong in this article is mended and told below."
    pages = [page_pieces(f"Rye of ward {n}", f"Bread was baked in ward {n}.\n\n{policy}") for n in range(4)]
    assert not _edited(f"{BODY}\n\n{policy}", furniture=furniture_of([*pages, *OTHERS]))


_HEADED = Reading(title="Pier", body=BODY, markdown=BODY.replace("Work", "## Work"))
_UNDER = "Maria Munoz, who leads"  # the sentence under the heading


@pytest.mark.parametrize(
    ("edited", "why", "lines", "place"),
    [
        (True, "a subheading", ["## No votes against"], "Nobody on the council"),
        (False, "the same without markup: a label", ["No votes against"], "Nobody on the council"),
        (False, "a heading with its links", ["## More on this", "Bakers share the county prize"], "Nobody on the council"),
        (False, "a heading with its teaser", ["## Bakers share a prize", "Bread won on Su…"], "Nobody on the council"),
        (False, "a heading over everything", ["## Harbour"], "The council paid"),
        (False, "a heading under everything", ["", "## Most read"], ""),
    ],
)
def test_a_subheading_is_told_from_a_box_by_its_markup_and_place(edited: bool, why: str, lines: list[str], place: str) -> None:
    markdown = str(_HEADED.markdown)
    put = "\n\n".join([*lines, place])
    longer = markdown.replace(place, put, 1) if place else markdown + "\n\n".join(lines)
    more = Reading(title="Pier", body=longer.replace("## ", ""), markdown=longer)
    assert is_edit(_HEADED, more) is edited, why
    assert is_edit(more, _HEADED) is edited, f"{why}, gone again"


def test_a_subheading_may_be_another_one_altogether_but_none_of_the_outlets() -> None:
    text = str(_HEADED.markdown).replace("Work begins in May", "Harbour dues")
    other = Reading(title="Pier", body=text.replace("## ", ""), markdown=text)
    assert is_edit(_HEADED, other)
    box = f"## More of ward 2\n\n{_UNDER}"
    boxed = Reading(title="Pier", body=text.replace("## ", "").replace(_UNDER, box.replace("## ", "")), markdown=text.replace(_UNDER, box))
    over = furniture_of([page_pieces("Rye", "More of ward 2\n\nBread won.")])
    assert may_be_edit(_HEADED, boxed) and not is_edit(_HEADED, boxed), "a box below it hides it …"
    assert is_edit(_HEADED, boxed, furniture=over), "… until it is known"
    house = furniture_of([page_pieces("Rye", "Harbour dues\n\nBread won."), page_pieces("Ferry", "Work begins in May\n\nIt sailed.")])
    assert not is_edit(_HEADED, other, furniture=house)


def test_all_figures_of_a_tables_row_may_change() -> None:
    row, later, table = "| Millbay | 12 | 40 tsd. Euro | 3 |", "| Millbay | 19 | 44 | 5 |", "| Northmere | 1 | 2 | 3 |"
    assert _edited(f"{BODY}\n{table}\n{later}", old=f"{BODY}\n{table}\n{row}")
    assert not _edited(f"{BODY}\n{later}", old=f"{BODY}\n{row}", furniture=furniture_of([page_pieces("Rye", f"Bread won.\n{row}")]))
