"""The people who wrote an article, in order; no outlets, roles, agencies ("Reuters Staff") or links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from pipeline.extract.rules import AGENCIES, AND, BY, CHANGED, MONTHS, NOT_A_PERSON, PARTICLES, ROLES
from pipeline.extract.titles import letters
from pipeline.records import Evidence

MAX_AUTHORS = 20
_MAX_NAME_CHARS = 60
_MAX_NAME_WORDS = 6
_MAX_LISTED_WORDS = 16  # a longer claim is somebody's portrait: a single word in it is no name
_ACRONYM = 5  # letters: a single word in capitals as short as that is an organisation

# field and origin, most trusted first; measured on one half of 462 labelled pages by site, judged on the other
_ORDER = (
    ("author", "jsonld"),
    ("author", "opengraph"),
    ("author", "meta"),
    ("author", "microdata"),
    ("author", "html"),
    ("byline", "html"),
    ("author", "card"),
    ("byline_near", "html"),
    ("author", "feed"),
)
# what may be another's name: a link to a profile, a box that is called after an author, a name in a corner under the text
_LAST_RESORT = (("author_link", "html"), ("author_class", "html"), ("signature", "html"), ("organisation", "jsonld"))
_SIGNED = tuple(key for key in _LAST_RESORT if key[0] == "signature")
_ONE_LINE = frozenset({"byline", "byline_near", "author_link"})  # the first names the author; what follows is another article's
_STATED = frozenset({"jsonld", "opengraph", "meta", "card", "feed"})  # made for machines
_PRINTED = frozenset({"byline", "byline_near", "author_link", "author_class", "signature"})  # lines of the page, which may hold anything
_WHOLE_NAMES = frozenset({"author_class", "signature"})  # one name of two words or more
_INTRODUCTION = re.compile(rf"^(?:{'|'.join(re.escape(word) for word in sorted(BY, key=len, reverse=True))})\b[\s:：]*", re.IGNORECASE)
_BETWEEN = re.compile(rf"\s*[,;/|•·、，；]\s*|\s+(?:{'|'.join(re.escape(word) for word in AND)})\s+", re.IGNORECASE)
_AFTER_NAME = re.compile(
    r"\s*(?:\(.*|\s기자\b.*|\[.*|<.*|\s[-–—|]\s.*|@\S+.*|\S+@\S+.*|https?://.*|,?\s(?:for|in|at|of|from|aus|über|für|à|en)\s(?:the\s)?[A-ZÄÖÜ].*"
    r"|\s(?:updated|published|posted|on|view|read|more)\b.*|\s\d{1,2}\.?\s.*|\b\d{1,2}[./:]\d.*|\b(?:19|20)\d\d\b.*)$",
    re.IGNORECASE,
)
_TITLES = re.compile(r"^(?:(?:dr|prof|professor|sir|mr|mrs|ms|dipl|ing|mag)\.?\s+)+", re.IGNORECASE)
_JOB = re.compile(
    r"\b(?:reporter|correspondent|writer|journalist|columnist|photographer|producer|director|analyst|redakteur|redakteurin|korrespondent|korrespondentin|"
    r"journaliste|periodista|giornalista|korrespondentin|chefredakteur|chief|manager|expert|author|contributor|senior|executive|presenter|host)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(rf"(?:{'|'.join(re.escape(word) for word in CHANGED)})\b", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\s*(?:in|for|at|from|für|aus)\s", re.IGNORECASE)  # "By Ana Silva, in Travel, Portugal": no names follow
_NOBODY = re.compile(r"(?:view|see|read|more|all|share|follow|subscribe|sign|log)\b", re.IGNORECASE)  # begin the text of a link
_NO_CREDIT = frozenset({"author_class", "byline_near", "signature"})  # too loose to credit what is no person
_MONTH_LAST = re.compile(r"\s([^\W\d_]{3,10})\.?\s+\d.*$")
_WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|published|updated|posted|share|follow)\w{0,8}\b", re.IGNORECASE
)


def choose_authors(claims: Sequence[Evidence], outlets: frozenset[str]) -> tuple[str, ...]:
    """The people named by the most trusted origin that names any; `outlets` are the outlet's names (`titles.outlet_names`)."""
    own = _own_site(claims, outlets)
    named = _people(claims, outlets, _ORDER) or (_people(claims, own, _ORDER) if own != outlets else ())
    return named or _people(claims, outlets, _SIGNED if _credits_itself(claims, outlets) else _LAST_RESORT)


def _credits_itself(claims: Sequence[Evidence], outlets: frozenset[str]) -> bool:
    """Whether two origins that say who wrote it name the outlet: then a name in a link or box is that of another article's author."""
    fields = {"author", "organisation", "byline"}
    origins = {
        (claim.field, claim.origin) for claim in claims if claim.field in fields and letters(_INTRODUCTION.sub("", claim.value)) in outlets
    }
    return len(origins) > 1


def _own_site(claims: Sequence[Evidence], outlets: frozenset[str]) -> frozenset[str]:
    """The outlet's names without the one that may be a person's own: an author claim equals it, and no page calls it an organisation."""
    publishers = {letters(claim.value) for claim in claims if claim.field == "publisher"}
    raws = [claim.value for claim in claims if (claim.field, claim.origin) in {("author", "jsonld"), ("author", "meta")}]
    return frozenset(name for name in outlets if name in publishers or not _could_be_person(name, raws))


def _people(claims: Sequence[Evidence], outlets: frozenset[str], order: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    for field, origin in order:
        raws = [claim.value for claim in claims if (claim.field, claim.origin) == (field, origin)]
        if field in _ONE_LINE:
            raws = raws[:1]
        elif (field, origin) == ("author", "html"):
            raws = raws[:3] if raws and people_in(raws[0], outlets) else []  # a desk first, and what follows is another article's
        people = _distinct(
            [
                name
                for raw in raws
                for name in people_in(
                    raw, outlets, capitals=field in _PRINTED or (origin not in _STATED and len(raw.split()) > _MAX_NAME_WORDS)
                )
            ]
        )
        if field in _WHOLE_NAMES:
            people = tuple(name for name in people if " " in name)[:1]
        if people:
            return people[:MAX_AUTHORS]
    return ()


def people_in(raw: str, outlets: frozenset[str], *, capitals: bool = False) -> tuple[str, ...]:
    """The names of people in one claim such as "By Ana Silva and Tom Brown, Political Editor"; empty for anything else.

    Beside a full name a single word is a place ("Jan Roth, Berlin"), but for scripts without capitals, which write names without a space.
    `capitals` asks for names written as names: for lines of the page, which hold anything.
    """
    text = _INTRODUCTION.sub("", " ".join(html.unescape(raw).split())).strip()
    if "://" in text or "www." in text or text.startswith(("@", "/", "#")) or len(text) > 400 or letters(text) in outlets:
        return ()
    if _CHANGED.match(text) or _NOBODY.match(text):
        return ()
    names = (_name(part) for part in takewhile(lambda part: not _ELSEWHERE.match(part), _parts(text)))
    people = _distinct([name for name in names if name and _is_person(name, outlets) and (not capitals or _is_printed_name(name, outlets))])
    full = any(" " in name for name in people) or len(text.split()) > _MAX_LISTED_WORDS
    return tuple(name for name in people if not full or " " in name or name.lower() == name.upper())


def choose_agency(claims: Sequence[Evidence], lines: Sequence[str]) -> str | None:
    """The agency credited as author, in the byline or (`lines`: first and last of the text) in brackets; None where none is."""
    for claim in claims:
        if claim.field in {"author", "organisation", "byline"}:
            for part in _parts(_INTRODUCTION.sub("", claim.value)):
                if agency := agency_called(part):
                    return agency
    for text in lines:
        for credit in _CREDIT.finditer(text[:160] + " " + text[-80:]):
            if agency := agency_called(credit[1]):
                return agency
    return None


_CREDIT = re.compile(r"[(（]([\w./ -]{2,30})[)）]")
# An agency's name as words of a line; none is the beginning of a person's name ("Antara Ghosh") or a state of America ("Harrisburg, PA").
_AGENCY = re.compile(
    rf"(?<!\w)(?=\w)(?<![a-z], )(?:{'|'.join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))})(?!\w)"
    r"(?!\s{1,3}(?!News|Agency|Press|Staff|Limited|Finance|Media|All)(?-i:[A-Z])[a-z])",
    re.IGNORECASE,
)
_CREDIT_CHARS = 400  # of a line: whose a text is stands first
_ABBREVIATION = 5  # letters: a name as short as that is other words too ("belga", "Pa", "Sid") unless it is printed as the agency's
_SOURCE = re.compile(
    r"^\(?(?:quelle|source|fuente|fonte|bron|källa|kilde|kilda|źródło|zdroj|forrás|kaynak|izvor)\s?[:：]\s?$", re.IGNORECASE
)
_OF_PICTURES = re.compile(
    r"(?<!\w)(?:photo|foto|fot\.|image|picture|bild|video)|写真|撮影|사진|촬영|영상|摄影|攝影|(?<!\w)фото|(?<!\w)видео", re.IGNORECASE
)


def agency_credited(lines: Iterable[str], outlets: frozenset[str]) -> str | None:
    """The first agency that lines of attribution or copyright name, by order of the lines; None where none does.

    Credits of pictures name no origin of the text, and an outlet (`titles.outlet_names`) is not its own agency.
    """
    for line in lines:
        credit = _OF_PICTURES.split(line[:_CREDIT_CHARS], maxsplit=1)[0]
        for found in _AGENCY.finditer(credit):
            agency = AGENCIES[found[0].casefold()]
            if (_is_printed_as(found[0], agency) or _SOURCE.search(credit[: found.start()])) and not _is_outlet(agency, outlets):
                return agency
    return None


def _is_printed_as(name: str, agency: str) -> bool:
    return len(name) > _ABBREVIATION or name == agency or name.isupper()


def _is_outlet(agency: str, outlets: frozenset[str]) -> bool:
    """Whether an outlet goes by one of an agency's names: "AP News", "xinhuanet.com"."""
    names = {letters(name) for name, credited in AGENCIES.items() if credited == agency}
    return any(
        name == outlet.removesuffix("news") or (len(name) > _ABBREVIATION and name in outlet) for outlet in outlets for name in names
    )


def agency_called(text: str) -> str | None:
    """The agency that `text` (whole) names, also as "Reuters Staff"."""
    name = " ".join(text.casefold().replace("staff", "").strip(" .()").split())
    if name in AGENCIES:
        return AGENCIES[name]
    return next((AGENCIES[part] for part in re.split(r"[/,]", name) if part in AGENCIES), None) if "/" in name else None


def choose_byline(claims: Sequence[Evidence], authors: tuple[str, ...], outlets: frozenset[str]) -> str | None:
    """The byline as printed: the shortest visible line that names the first author.

    Without people, whoever is credited: an agency, else a desk or the outlet.
    """
    visible = [
        claim.value
        for claim in claims
        if claim.field in {"byline", "author"} and claim.origin in {"html", "microdata"} and len(claim.value) <= 200
    ]
    if authors:
        return min((value for value in visible if letters(authors[0]) in letters(value)), key=len, default=", ".join(authors))
    for key in (*_ORDER, *_LAST_RESORT):
        if key[0] not in _NO_CREDIT:
            credited = [credit for claim in claims if (claim.field, claim.origin) == key and (credit := _credit(claim.value, outlets))]
            if credited:
                return next((credit for credit in credited if agency_called(credit)), credited[0])
    return None


def _credit(raw: str, outlets: frozenset[str]) -> str | None:
    """A credited organisation's name out of a claim; None for links, dates and other lines that credit nobody."""
    text = _INTRODUCTION.sub("", " ".join(html.unescape(raw).split())).strip(" :-|")
    if "://" in text or not 2 <= len(text) <= 60 or text.startswith(("@", "/", "#")) or _NOBODY.match(text):
        return None
    if letters(text) in outlets:
        return None if letters(text).isdigit() else text
    name = _AFTER_NAME.sub("", text).strip(" ,")
    words = name.casefold().replace(",", " ").split()
    dated = any(word.isdigit() or word in MONTHS for word in words) or (len(words) == 1 and _WEEKDAY.match(name))
    return name if words and not dated and "login" not in words else None


def _could_be_person(outlet: str, raws: Sequence[str]) -> bool:
    """Whether a claim that is this very outlet's name may be a person: two to four capitalised words, none of them of the press."""
    own = [raw.split() for raw in raws if letters(raw) and letters(raw) in outlet]
    return any(
        2 <= len(words) <= 4 and all(word[:1].isupper() for word in words) and not {letters(word) for word in words} & NOT_A_PERSON
        for words in own
    )


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text) if part and part.strip()]


def _name(part: str) -> str:
    """A part of a byline without introduction, title, role, place and date."""
    name = _AFTER_NAME.sub("", _INTRODUCTION.sub("", part.strip()))
    if (dated := _MONTH_LAST.search(name)) and dated[1].casefold() in MONTHS:
        name = name[: dated.start()]
    words = _TITLES.sub("", name).split()
    role = next((at for at, word in enumerate(words) if at >= 2 and word.casefold().strip(".,") in ROLES), len(words))
    return " ".join(words[:role]).strip(" .,:;-–—*·•●&|\"'")


def _is_printed_name(name: str, outlets: frozenset[str]) -> bool:
    """Whether each word, in scripts with cases, begins with a capital or is a particle ("van", "de la"), and none is the outlet's name."""
    if " " in name and any(len(word) > _ACRONYM and letters(word) in outlets for word in name.split()):
        return False  # "Harbour Post" on harbour.example
    return all(
        word[:1].upper() == word[:1].lower() or not word[:1].islower() or word.casefold() in PARTICLES or word[1:2] in "'’"
        for word in name.split()
    )


def _is_person(name: str, outlets: frozenset[str]) -> bool:
    words = name.split()
    plain = letters(name)
    if not 1 <= len(words) <= _MAX_NAME_WORDS or not 2 <= len(name) <= _MAX_NAME_CHARS or len(plain) < 2:
        return False
    if (
        any(char.isdigit() for char in name)
        or (len(words) == 1 and (_WEEKDAY.match(name) or words[0].casefold() in MONTHS))
        or ":" in name
        or agency_called(name)
        or any(part in name for part in (".com", ".de", ".org", "www.", "?", "!", "{"))
    ):
        return False
    if len(words) > 1 and any(word.isupper() and (letters(word) in outlets or letters(word) in AGENCIES) for word in words):
        return False  # "MDR THÜRINGEN", "AFP Deutschland"
    if (len(words) == 1 and len(plain) <= _ACRONYM and name.isupper() and name.isascii()) or words[0].casefold() in ROLES:
        return False
    if {letters(word) for word in words} & NOT_A_PERSON or _JOB.search(name) or plain in outlets:
        return False
    return not any(plain in outlet for outlet in outlets if len(plain) > 5 and len(words) == 1) and _looks_like_a_name(words)


def _looks_like_a_name(words: list[str]) -> bool:
    """Scripts with cases start a name with a capital; single lower-case words are log-in names."""
    cased = [word for word in words if word[:1].isalpha() and word[:1].lower() != word[:1].upper()]
    return not cased or any(word[:1].isupper() for word in cased)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(letters(name), name)
    return tuple(seen.values())
