"""Applies a site's rule to one page: what it selects, and the page and its body as the general way reads on from there. Pure.

A selector that matches nothing leaves its field to the general way, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree, html

from pipeline.extract.metadata import Facts
from pipeline.extract.siterules import SELECTING, SiteRule
from pipeline.records import Evidence, QualityFlag

ORIGIN = "site"  # of the evidence
_FIELDS = {"title": "title", "author": "author", "date": "published"}
_BELIEVED = "jsonld"
_MOST_VALUES = 20
_VALUE_CHARS = 1_000


@dataclass(frozen=True, kw_only=True)
class SitePage:
    """A page as a rule leaves it."""

    html: str  # without what the rule strips
    body: str | None = None  # a page of nothing but the selected body; None: the general way finds it
    prune: bool = True
    claims: tuple[Evidence, ...] = ()  # for the fields that the rule selects
    missed: tuple[Evidence, ...] = ()  # what it should have selected

    @property
    def flags(self) -> tuple[QualityFlag, ...]:
        """The quality flags that follow."""
        return (QualityFlag.SITE_RULE_MISSED,) if self.missed else ()


def apply(page: str, rule: SiteRule | None) -> SitePage:
    """What a rule makes of a page; without one the page is left as it is."""
    if rule is None:
        return SitePage(html=page)
    for old, new in rule.replace:
        page = page.replace(old, new)
    tree = _parse(page)
    if tree is None:
        return SitePage(html=page, missed=tuple(_missed(name) for name in SELECTING if getattr(rule, name)))
    found = {name: _first_match(tree, getattr(rule, name)) for name in SELECTING if name != "body"}
    stripped = _strip(tree, rule)
    elements = [node for node in _first_match(tree, rule.body) if isinstance(node, html.HtmlElement)]
    wanted = [name for name in SELECTING if getattr(rule, name)]
    return SitePage(
        html=html.tostring(tree, encoding="unicode") if stripped else page,
        body=_page_of(elements) if elements else None,
        prune=rule.prune,
        claims=tuple(_claims(found)),
        missed=tuple(_missed(name) for name in wanted if not (elements if name == "body" else _texts(found[name]))),
    )


def trusted(claims: Sequence[Evidence]) -> list[Evidence]:
    """The claims as if the page itself had stated them where it is believed most: what chooses facts knows of no rules."""
    return [replace(claim, origin=_BELIEVED) for claim in claims]


def prefer(general: Facts, selected: Facts) -> Facts:
    """The facts with those that were chosen from a rule's `trusted` claims in their place."""
    chosen = tuple(replace(claim, origin=ORIGIN) for claim in selected.chosen)
    over = {claim.field for claim in chosen}
    return replace(
        general,
        title=selected.title or general.title,
        authors=selected.authors or general.authors,
        byline=selected.byline if selected.authors else general.byline,
        published=selected.published or general.published,
        chosen=(*chosen, *(claim for claim in general.chosen if claim.field not in over)),
    )


def _parse(page: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        tree: html.HtmlElement = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # an empty document, or one that is nested too deeply
        return None
    return tree


@lru_cache(maxsize=500)
def _compiled(expression: str) -> etree.XPath:
    return etree.XPath(expression)


def _first_match(tree: html.HtmlElement, expressions: Sequence[str]) -> list[object]:
    """What the first expression gives that gives anything: elements, or texts."""
    for expression in expressions:
        try:
            found = _compiled(expression)(tree)
        except etree.XPathError:  # an expression that only fails on a page: an unknown function, a recursion limit
            continue
        matches = found if isinstance(found, list) else [found]
        if any(_text(match) for match in matches):
            return matches
    return []


def _text(match: object) -> str:
    raw = match.text_content() if isinstance(match, html.HtmlElement) else match if isinstance(match, str) else ""
    return " ".join(str(raw).split())[:_VALUE_CHARS]


def _texts(matches: Iterable[object]) -> list[str]:
    return [text for match in matches if (text := _text(match))][:_MOST_VALUES]


def _claims(found: dict[str, list[object]]) -> Iterable[Evidence]:
    for name, matches in found.items():
        texts = _texts(matches)
        for text in texts if name == "author" else texts[:1]:
            yield Evidence(field=_FIELDS[name], value=text, origin=ORIGIN)


def _missed(name: str) -> Evidence:
    return Evidence(field="site_rule", value=f"{name}: nothing matched, so it was read the general way", origin=ORIGIN)


def _strip(tree: html.HtmlElement, rule: SiteRule) -> int:
    """Takes elements out of the tree; returns how many."""
    doomed = [node for expression in rule.strip for node in _first_match(tree, (expression,)) if isinstance(node, html.HtmlElement)]
    if rule.strip_id_or_class:
        for node in tree.iter(etree.Element):
            names = f"{node.get('id', '')} {node.get('class', '')}"
            if any(words in names for words in rule.strip_id_or_class):
                doomed.append(node)
    doomed = [node for node in doomed if node.getparent() is not None and node.tag not in {"html", "body"}]
    for node in doomed:
        if node.getparent() is not None:
            node.drop_tree()
    return len(doomed)


def _page_of(elements: Sequence[html.HtmlElement]) -> str:
    """A page whose article is these elements; those that lie within another one come with it."""
    inside = {id(child) for element in elements for child in element.iterdescendants()}
    parts = [html.tostring(element, encoding="unicode", with_tail=False) for element in elements if id(element) not in inside]
    return f'<html><body><article itemprop="articleBody">{"".join(parts)}</article></body></html>'
