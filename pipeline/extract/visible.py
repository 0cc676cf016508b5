"""Candidates that the visible page gives: marked by microdata, by tags, or by what the page's build calls its elements.

A selector for a part of a class name walks the whole page; so all class names are read once, and each rule looks for its parts in them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, takewhile

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.evidence import MAX_VALUE_CHARS, claim_of
from pipeline.extract.markup import ancestors, leads_home, line
from pipeline.extract.rules import BY, PUBLISHED
from pipeline.records import Evidence

_BY = frozenset(BY)
_TAGGED = "h1, time, dt, figcaption, img, li > strong, li > b, li > span"
_FIRST, _MARKED_DATES, _TIMES, _DATES, _TERMS, _LABELS = 4, 3, 6, 12, 20, 60  # elements that are read of each kind
_DATE_CHARS = range(6, 121)  # of a printed date with what stands around it
_LABEL_CHARS, _LABELLED_CHARS = 40, 120
_LABELS_OF = ("strong", "b", "span")
_BESIDE = frozenset(["aside", "nav", "footer", "form", "li"])
_OTHERS = re.compile(r"related|recommend|sidebar\b(?!-)|widget-", re.IGNORECASE)  # in class names: of other articles, or of none
_NEAR = 4  # elements around a subtitle that are asked what they are


@dataclass(frozen=True, kw_only=True)
class _Called:
    """Elements of kind `tag` whose class names hold one of `parts`; each name stands between spaces."""

    field: str
    parts: tuple[str, ...]
    tag: str | None = None


_CALLED = (
    _Called(field="byline", parts=("byline",)),
    _Called(field="author", parts=("author-name", "authorname", "author_name", "author__name")),
    _Called(field="byline", parts=(" author ", "article-author", "article__author", "post-author", "entry-author")),
    _Called(field="author_class", parts=("author",)),
    _Called(field="subtitle", parts=("standfirst", "subtitle", "sub-title", "sub_title", "subheadline", "sub-headline", "strapline")),
    _Called(field="subtitle", parts=(" dek ", "-dek ", "_dek ", "articledek", "headerdek")),
    _Called(field="subtitle", parts=("dek",), tag="h2"),
)
_DATED = _Called(field="printed_date", parts=("date", "publish", "timestamp", "posted"))
_AUTHOR_PATH = re.compile(r"/(?:authors?|autor|auteur|profile)/")
# within a box for a picture, by its tag: who made the picture
_CREDITS = {
    "figure": '[class*="credit" i], [class*="copyright" i], [class*="photographer" i], cite, [itemprop="copyrightHolder"]',
    "figcaption": '[class*="source" i], small',
}


class _Elements:
    """The elements of a page that a rule may ask for, each list in document order."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tagged: dict[str, list[LexborNode]] = defaultdict(list)
        self.marked: dict[str, list[LexborNode]] = defaultdict(list)  # by itemprop
        last = 0
        for node in tree.css(_TAGGED):
            if node.mem_id != last:  # found once for each selector that it fits
                last = node.mem_id
                self.tagged[node.tag or ""].append(node)
        for node in tree.css("[itemprop]"):
            for prop in (node.attrs.get("itemprop") or "").split():
                self.marked[prop].append(node)
        self._nodes = tree.css("[class]")
        classes = [f" {node.attrs.get('class') or ''} \n".lower() for node in self._nodes]
        self._names = "".join(classes)
        self._ends = list(accumulate(map(len, classes)))

    def called(self, rule: _Called) -> list[LexborNode]:
        """Those that a rule means."""
        places = sorted({bisect_right(self._ends, at) for part in rule.parts for at in self._places_of(part)})
        return [self._nodes[place] for place in places if rule.tag in {None, self._nodes[place].tag}]

    def _places_of(self, part: str) -> Iterator[int]:
        at = self._names.find(part)
        while at >= 0:
            yield at
            at = self._names.find(part, at + 1)


def read_visible(tree: LexborHTMLParser) -> Iterator[Evidence]:
    """Titles, authors, captions, the first picture, dates, and what lists of facts name."""
    page = _Elements(tree)
    yield from _titles(page)
    yield from _people(tree, page)
    for rule in _CALLED:
        yield from _claims(rule.field, [node for node in page.called(rule) if rule.field != "subtitle" or not _stands_beside(node)])
    yield from _pictures(tree, page)
    yield from _times(tree, page)
    yield from _terms(page)


def _claims(field: str, nodes: Sequence[LexborNode], origin: str = "html") -> Iterator[Evidence]:
    for node in nodes[:_FIRST]:
        value = _content(node)
        if value and len(value) <= MAX_VALUE_CHARS:
            yield claim_of(field, value, origin)


def _content(node: LexborNode) -> str:
    return node.attrs.get("content") or line(node)


def _titles(page: _Elements) -> Iterator[Evidence]:
    for heading in page.tagged["h1"][:_FIRST]:
        yield from _claims("site_name" if _is_logo(heading) else "title", [heading])
    yield from _claims("title", page.marked["headline"], "microdata")
    yield from _claims("subtitle", page.marked["alternativeHeadline"], "microdata")


def _is_logo(heading: LexborNode) -> bool:
    """Whether a heading is one link to the home page: the outlet's name, not a headline."""
    link = heading.css_first("a[href]")
    return link is not None and line(link) == line(heading) and leads_home(link.attrs.get("href") or "")


def _people(tree: LexborHTMLParser, page: _Elements) -> Iterator[Evidence]:
    authors = page.marked["author"]
    within = {node.mem_id for node in authors}
    names = [name for name in page.marked["name"] if any(above.mem_id in within for above in ancestors(name))] if authors else []
    yield from _claims("author", names, "microdata")
    yield from _claims("author", authors, "microdata")
    yield from _claims("author", tree.css('a[rel~="author"]'))
    yield from _claims("author_link", [link for link in tree.css("a[href]") if _AUTHOR_PATH.search(link.attrs.get("href") or "")])


def _stands_beside(node: LexborNode) -> bool:
    """Whether an element is of a list or a box beside the article: a teaser has its own subtitle."""
    near = takewhile(lambda above: above.tag != "body", islice(ancestors(node), _NEAR))
    return any(above.tag in _BESIDE or _OTHERS.search(above.attrs.get("class") or "") for above in near)


def _pictures(tree: LexborHTMLParser, page: _Elements) -> Iterator[Evidence]:
    """Captions and credits, and the first picture of the article, for pages that name none in their head."""
    yield from _claims("image_caption", [caption for caption in page.tagged["figcaption"] if _is_framed(caption)])
    boxes = tree.css("figure, figcaption")
    credited = {node.mem_id: node for box in boxes for node in box.css(_CREDITS[box.tag or "figure"]) if node.mem_id != box.mem_id}
    yield from _claims("image_credit", list(credited.values()))
    image = next((node for node in page.tagged["img"] if _is_framed(node)), None)
    if image is not None:
        addresses = (image.attrs.get(name) or "" for name in ("src", "data-src", "data-original"))
        yield claim_of("image", next((address for address in addresses if address and not address.startswith("data:")), ""), "html")


def _is_framed(node: LexborNode) -> bool:
    return any(above.tag in {"figure", "article"} for above in ancestors(node))


def _times(tree: LexborHTMLParser, page: _Elements) -> Iterator[Evidence]:
    """Dates in the visible page: microdata first, then <time>, then elements whose class speaks of a date."""
    for prop, field in (("datePublished", "published"), ("dateModified", "modified")):
        for node in page.marked[prop][:_MARKED_DATES]:
            yield claim_of(field, node.attrs.get("datetime") or _content(node), "microdata")
    for node in page.tagged["time"][:_TIMES]:
        yield claim_of("time", node.attrs.get("datetime") or line(node), "html")
    dated = {node.mem_id: node for node in (*page.called(_DATED), *tree.css('[id*="date" i]'))}
    for node in islice(dated.values(), _DATES):
        value = line(node)
        if len(value) in _DATE_CHARS:
            yield claim_of("printed_date", value, "html")


def _terms(page: _Elements) -> Iterator[Evidence]:
    """Author and date from a list of facts: `<dt>Author</dt><dd>…`, `<li><strong>Date</strong> 3 May 2026`."""
    for term in page.tagged["dt"][:_TERMS]:
        description = term.next
        while description is not None and not description.is_element_node:
            description = description.next
        if description is not None and description.tag == "dd":
            yield from _labelled(line(term), line(description))
    for label in [node for tag in _LABELS_OF for node in page.tagged[tag] if _begins_item(node)][:_LABELS]:
        text = line(label)
        if len(text) <= _LABEL_CHARS and label.parent is not None:
            yield from _labelled(text, line(label.parent).removeprefix(text).strip(" :：|"))


def _begins_item(node: LexborNode) -> bool:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before is None and node.parent is not None and node.parent.tag == "li"


def _labelled(label: str, value: str) -> Iterator[Evidence]:
    names = {part.strip(" :：・") for part in label.casefold().split("/")}
    field = "byline" if names & _BY else "labelled_date" if names & PUBLISHED else None
    if field and 2 < len(value) <= _LABELLED_CHARS:
        yield claim_of(field, value, "html")
