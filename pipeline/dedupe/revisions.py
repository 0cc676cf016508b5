"""Decides whether a new reading of an article is an edit of it, or the same article in other furniture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.dedupe.segments import Segment, headings_in, segments_of, words_of
from pipeline.notes import is_note

_OTHER_PAGES = 3  # a sentence on so many other pages of an outlet is furniture (DESIGN 6); background is reprinted on fewer
_POLICY = 0.5  # of the other pages: a note of correction on so many speaks of the outlet, not of its articles
_SIMILAR = 0.7  # of the words of two labels: one is a correction of the other
_SIMILAR_ROWS = 0.5  # of two rows of a list or table
_FEW_ROWS = 3  # so many rows more or less are an edit of a list; more are another box
_ROWS_KEPT = 2
_ROW_WORDS = 3
_CELLS = 2  # and what is behind the last bar
_TEASER_WORDS = 5  # from so many on, words that open another article's text are its teaser
_LED_WORDS = 3  # from so many on, words behind a label are a headline
_LEAD_CHARS = 1_000
_MANY = 200  # changed labels: more than any rotating box has, and more than are compared one with the other


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An article as one look at it read."""

    title: str
    body: str
    markdown: str | None = None  # the body with its headings marked; None: it has none


@dataclass(frozen=True, kw_only=True)
class PagePieces:
    """What one page of an outlet gives to tell its furniture by."""

    title: str  # its words, joined
    keys: frozenset[str]  # of its pieces, with and without their figures
    lead: str  # the words of its first paragraph (a note of correction is none), joined: teasers are cut out of it


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """What an outlet's other pages hold: by it rotating boxes are told from edits."""

    seen: int  # other pages
    pages: Counter[str]  # key of a piece -> on how many of them it stands
    titles: frozenset[str]
    leads: tuple[str, ...]

    def holds(self, segment: Segment) -> bool:
        """Whether the piece belongs to the outlet's pages, not to the article."""
        words = " ".join(segment.words)
        if words in self.titles or self._recurs(segment):
            return True
        if len(segment.words) < _TEASER_WORDS:
            return False
        # "Latest: HEADLINE" and "3 HEADLINE" lead to the other article, too.
        led = not segment.prose and any(title in words for title in self.titles if title.count(" ") >= _TEASER_WORDS - 1)
        return led or any(words in lead for lead in self.leads)

    def _recurs(self, segment: Segment) -> bool:
        # A box's heading is followed by its links; one of the article's own may differ from another's in a year alone.
        times = self.pages[" ".join(segment.words) if segment.heading else segment.key]
        if times < (_OTHER_PAGES if segment.prose else 1):
            return False
        # "This article was corrected." is worded alike wherever it is said, and is said of the article that it stands in.
        return times >= _POLICY * self.seen or not (segment.prose and segment.note)


NO_FURNITURE = Furniture(seen=0, pages=Counter(), titles=frozenset(), leads=())


def page_pieces(title: str, body: str) -> PagePieces:
    """The pieces of one page."""
    return PagePieces(
        title=" ".join(words_of(title)),
        keys=frozenset(key for segment in segments_of(body) for key in (segment.key, " ".join(segment.words))),
        lead=" ".join(words_of(next((line for line in body[:_LEAD_CHARS].split("\n") if line and not is_note(line)), ""))),
    )


def furniture_of(pages: Iterable[PagePieces]) -> Furniture:
    """What recurs on some other pages of an article's outlet, of which the newest say most."""
    listed = list(pages)
    return Furniture(
        seen=len(listed),
        pages=Counter(key for page in listed for key in page.keys),
        titles=frozenset(page.title for page in listed),
        leads=tuple(page.lead for page in listed),
    )


def may_be_edit(old: Reading, new: Reading) -> bool:
    """What `is_edit` may say once the outlet's other pages are at hand: it is no edit where this says no. Most looks need not read them."""
    if words_of(old.title) != words_of(new.title):
        return True
    if old.body == new.body:
        return False
    before, after = map(_segments, (old, new))
    if _joined(filter(_is_prose, before)) != _joined(filter(_is_prose, after)):
        return True
    rows_or_headings = (Counter(segment for segment in version if segment.row or segment.heading) for version in (before, after))
    return next(rows_or_headings) != next(rows_or_headings) or _label_corrected(before, after)


def is_edit(old: Reading, new: Reading, *, furniture: Furniture = NO_FURNITURE) -> bool:
    """Whether title or body changed in substance.

    No edits are: case, quote style, white space, other line breaks, counters, dates told relative to now; labels, links and stamps that
    come, go or change places; and what the outlet's other pages hold too. A changed figure, name or sign in a sentence is one, and so is
    a sentence more, less or elsewhere, a note of correction, a subheading, and a row more or less in a list.
    """
    if words_of(old.title) != words_of(new.title):
        return True
    if old.body == new.body:
        return False
    before, after = map(_segments, (old, new))
    if _joined(before) == _joined(after):
        return False
    own_before, own_after = ([segment for segment in version if not furniture.holds(segment)] for version in (before, after))
    if _joined(filter(_is_prose, own_before)) != _joined(filter(_is_prose, own_after)):
        return True
    return _label_corrected(own_before, own_after) or _row_more_or_less(own_before, own_after) or _subheading_set(own_before, own_after)


def _segments(reading: Reading) -> list[Segment]:
    return segments_of(reading.body, headings_in(reading.markdown))


def _is_prose(segment: Segment) -> bool:
    return segment.prose


def _joined(segments: Iterable[Segment]) -> list[str]:
    return [word for segment in segments for word in segment.words]


def _label_corrected(old: Sequence[Segment], new: Sequence[Segment]) -> bool:
    """Whether a label was changed a little, not exchanged: then it is the article's own, as a subheading or a row of a table is."""
    before = Counter(segment for segment in old if not segment.prose)
    after = Counter(segment for segment in new if not segment.prose)
    gone, come = list(before - after), list(after - before)
    if min(len(gone), len(come)) > _MANY:
        return True
    return any(_corrects(one, other) for one in gone for other in come)


def _row_more_or_less(old: Sequence[Segment], new: Sequence[Segment]) -> bool:
    """Whether a list or table of the article's own got or lost a row or two beside rows that stayed; boxes exchange theirs."""
    before, after = (Counter(segment for segment in version if segment.row and not segment.prose) for version in (old, new))
    gone, come, kept = before - after, after - before, before & after
    if bool(gone) == bool(come) or gone.total() + come.total() > _FEW_ROWS or kept.total() < _ROWS_KEPT:
        return False
    version, changed = (new, come) if come else (old, gone)
    beside = zip([None, *version], version, [*version[1:], None], strict=False)
    return any(segment in changed and len(segment.words) >= _ROW_WORDS and {above, below} & kept.keys() for above, segment, below in beside)


def _subheading_set(old: Sequence[Segment], new: Sequence[Segment]) -> bool:
    """Whether somewhere between two sentences that stayed a heading came, went or was exchanged. `old` and `new` have the same sentences.

    It must be marked up as one and stand right above the next sentence, as the only one: boxes are more than a heading.
    """
    before, after = map(_labels_by_place, (old, new))
    last = max(before.keys() | after.keys(), default=0)
    return any(_is_subheading(before.get(place, ()), after.get(place, ())) for place in before.keys() | after.keys() if 0 < place < last)


def _labels_by_place(version: Sequence[Segment]) -> Mapping[int, list[Segment]]:
    """What is no sentence, by how many words of sentences stand before it; an empty list where the sentences end."""
    labels: dict[int, list[Segment]] = defaultdict(list)
    place = 0
    for segment in version:
        if segment.prose:
            place += len(segment.words)
        else:
            labels[place].append(segment)
    return labels | {place: labels[place]}


def _is_subheading(old: Sequence[Segment], new: Sequence[Segment]) -> bool:
    before, after = (Counter(one for one in listed if one.heading) for listed in (old, new))
    changed = list((before - after).elements()), list((after - before).elements())
    lowest = [listed[-1] for listed in (old, new) if listed]
    return any(changed) and all(len(some) <= 1 and all(one in lowest for one in some) for some in changed)


def _corrects(one: Segment, other: Segment) -> bool:
    if one.row and other.row:
        return _similarity(one, other) >= _SIMILAR_ROWS or _same_row(one, other)
    # Stamps ("Updated Thursday 26 November") and counters no list knows of hold figures; headings rarely do.
    if one.row or other.row or one.has_digits or other.has_digits:
        return False
    return not _led_in(one, other) and _similarity(one, other) >= _SIMILAR


def _same_row(one: Segment, other: Segment) -> bool:
    """Whether they are a row of a table with other figures: as many cells, the first one the same."""
    here, there = ([words_of(cell) for cell in segment.text.split("|")[1:]] for segment in (one, other))
    return len(here) == len(there) >= _CELLS and here[0] == there[0] != []


def _led_in(one: Segment, other: Segment) -> bool:
    """Whether the one is the other behind a few words more ("Latest: HEADLINE"): what boxes of other articles do, by turns."""
    shorter, longer = sorted((one.words, other.words), key=len)
    return len(shorter) >= _LED_WORDS and longer[-len(shorter) :] == shorter


def _similarity(one: Segment, other: Segment) -> float:
    return SequenceMatcher(None, one.words, other.words, autojunk=False).ratio()
