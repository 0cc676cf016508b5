"""What a page with little prose says itself: its text without menus, teasers and other links that stand alone, and how it is built.

A wall, an error or a missing page stands in its site's frame as an article does: the frame's words say nothing about it.
"""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.markup import ancestors, line

CHARS = 4_000  # of text that is read: a notice is shorter
LINKS = 2_000  # that are looked at
LOOKED_AT = 2_000_000  # characters, of boxes within each other counted again: real pages with little prose hold a tenth of that
HEADLINE_CHARS = 200
TEASER_CHARS = 400  # a box around a linked headline that holds more is no teaser
_ALONE = 0.8  # of a block's text in links from which on they stand alone in it
_HEADLINE_WORDS, _HEADLINE_CHARS = 4, 12

_FRAME = (
    "script, style, template, svg, select, nav, footer, [hidden], [role=navigation], [role=contentinfo], [role=search]"
    ', [id="comments" i], [class*="sidebar" i], [class*="breadcrumb" i], noscript iframe, [style*="display:none"], [style*="display: none"]'
)
# boxes that lie over a page and ask for consent, by what services and sites call them
_CONSENT = ", ".join(
    f'{tag}[{attribute}*="{name}" i]'
    for tag in ("div", "section", "dialog", "aside", "form")
    for attribute in ("id", "class")
    for name in (
        "consent",
        "cookie",
        "cmp",
        "gdpr",
        "rodo",
        "kvkk",
        "didomi",
        "iubenda",
        "onetrust",
        "usercentrics",
        "cky-",
        "sp_message",
        "privacy",
    )
)
_PLAYERS = ", ".join(
    [
        *("video", "video-js", "amp-youtube", "amp-video", '[class*="jwplayer" i]', '[id*="jwplayer" i]', '[class*="video-js" i]'),
        "[data-video-id]",
        '[class*="anvato" i]',
        *(
            f'iframe[{attribute}*="{name}" i]'
            for attribute in ("src", "data-src")
            for name in (
                "youtube",
                "youtu.be",
                "vimeo",
                "dailymotion",
                "brightcove",
                "jwplatform",
                "kaltura",
                "rutube",
                "vk.com/video",
                "player",
                "embed/video",
            )
        ),
    ]
)
# what sites and their systems call the box of a missing page; a body's other classes hold numbers of articles
_MISSING = (
    '[class~="error404" i], [class~="error-404" i], [class~="page-404" i], [class~="page404" i], [class~="p404" i], [id="404"]'
    ', [class~="not-found" i], [class~="notfound" i], [class~="page-not-found" i], [id="not-found" i], [id="notfound" i], img[alt="404"]'
)
_PUZZLE = (
    '[class*="captcha" i], [id*="captcha" i], input[name*="captcha" i], img[src*="captcha" i], [class*="cf-turnstile" i]'
    ', iframe[src*="captcha" i]'
)
_ITEM_CHARS = 300  # of a box with a heading that is one of a list
_CONTROLS = 'button, input, form, [role="button"], [onclick], a[href^="#"], a[href^="javascript" i]'
_HIDDEN_LETTERS = 'input[type="password" i]'
_ADDRESS = 'input[type="email" i], input[type="tel" i], input[name*="mail" i], input[autocomplete="username" i]'


@dataclass(frozen=True, kw_only=True)
class OwnWords:
    """A page's own words, in at most CHARS characters each, and what stands among them."""

    text: str = ""
    uncovered: str = ""  # the same without boxes that ask for consent
    heading: str = ""  # the first headline among them
    asks_password: bool = False  # a field for one is shown, in no menu or side column
    asks_address: bool = False  # a field for a mail address or a telephone number is
    asks_for_proof: bool = False  # a captcha is, in no form that asks for a mail address or a password
    has_controls: bool = False  # there is something to press, in a box that asks for consent too
    plays: bool = False  # a player is
    is_missing: bool = False  # the site's system calls it a missing page
    items: int = 0  # the most boxes of one kind beside each other that each hold a heading and hardly more
    item_words: int = 0  # of these boxes
    headlines: tuple[str, ...] = ()  # linked, and not in a menu, a side column or a footer


def read(tree: LexborHTMLParser) -> OwnWords:
    """The own words of a page; `tree` is left as it is."""
    tree = tree.clone()
    for node in tree.css(_FRAME):
        node.remove()
    _drop_page_header(tree)
    items, item_words = _items(tree)
    headlines = _headlines(tree)
    _drop_teasers(tree)
    _drop_links(tree)
    text = _text(tree)
    heading = line(tree.css_first("h1") or tree.css_first("h2"))
    password, address, puzzle, plays, missing, controls = (
        tree.css_first(wanted) is not None for wanted in (_HIDDEN_LETTERS, _ADDRESS, _PUZZLE, _PLAYERS, _MISSING, _CONTROLS)
    )
    for node in tree.css(_CONSENT):
        node.remove()
    return OwnWords(
        text=text,
        uncovered=_text(tree),
        heading=heading,
        asks_password=password,
        asks_address=address,
        asks_for_proof=puzzle and not password and not address,
        has_controls=controls,
        plays=plays,
        is_missing=missing,
        items=items,
        item_words=item_words,
        headlines=headlines,
    )


def _text(tree: LexborHTMLParser) -> str:
    return line(tree.body)[:CHARS]


def _items(tree: LexborHTMLParser) -> tuple[int, int]:
    """How many boxes of one kind stand beside each other that each hold one heading and hardly more, and their words: a list's items,
    whether or not they are links.
    """
    groups: dict[tuple[int, str | None, str | None], dict[int, str]] = {}
    left = LOOKED_AT
    for heading in tree.css("h2, h3, h4, strong, b")[:LINKS]:
        box = heading.parent
        while box is not None and box.tag in {"a", "p"}:
            box = box.parent
        if box is None or box.parent is None or box.tag in {"body", "main"}:
            continue
        text = line(box)
        if (left := left - len(text)) < 0:
            break
        kind = (box.parent.mem_id, box.tag, box.attributes.get("class"))
        groups.setdefault(kind, {})[box.mem_id] = text[: _ITEM_CHARS + 1]
    most = max(groups.values(), key=len, default={})
    if any(len(text) > _ITEM_CHARS for text in most.values()):
        return 0, 0
    return len(most), sum(len(text.split()) for text in most.values())


def _drop_page_header(tree: LexborHTMLParser) -> None:
    for node in tree.css("header, [role=banner]"):
        if node.css_first("h1, h2, h3") is None and not any(above.tag in {"article", "main", "section"} for above in ancestors(node)):
            node.remove()


def _headlines(tree: LexborHTMLParser) -> tuple[str, ...]:
    """What links say that read like headlines, in no side column; the first line of those that hold a whole teaser."""
    links = (link for link in tree.css("a")[:LINKS] if not _is_aside(link))
    texts = (line(link.css_first("h2, h3, h4, strong") or link)[:HEADLINE_CHARS] for link in links if _is_headline(line(link)))
    return tuple(dict.fromkeys(texts))


def _drop_teasers(tree: LexborHTMLParser) -> None:
    """Takes out small boxes around headings that are links, or stand in one."""
    boxes: dict[int, LexborNode] = {}
    left = LOOKED_AT
    for node in tree.css("h2 a[href], h3 a[href], h4 a[href], a[href] h2, a[href] h3, a[href] h4, a[href] strong")[:LINKS]:
        wanted = {"h2", "h3", "h4"} if node.tag == "a" else {"a"}
        box = next((above.parent for above in ancestors(node) if above.tag in wanted), None)
        if box is None:
            continue
        length = len(box.text_lexbor())
        if (left := left - length) < 0:
            break
        if length <= TEASER_CHARS and _holds_nothing_else(box):
            boxes[box.mem_id] = box
    outermost = [box for box in boxes.values() if not any(above.mem_id in boxes for above in ancestors(box))]
    for box in outermost:
        box.remove()


def _drop_links(tree: LexborHTMLParser) -> None:
    """Takes out links that stand alone in their block, or with other links only."""
    parents: dict[int, tuple[LexborNode, list[LexborNode]]] = {}
    for link in tree.css("a")[:LINKS]:
        if link.parent is not None:
            parents.setdefault(link.parent.mem_id, (link.parent, []))[1].append(link)
    left = LOOKED_AT
    for parent, links in reversed(parents.values()):  # inner ones first: a menu's item holds the menu below it
        text = line(parent)
        if (left := left - len(text)) < 0:
            break
        linked = sum(len(line(link)) for link in links)
        if linked >= _ALONE * len(text.replace("·", "")):
            for link in links:
                if link.css_first("h1") is None:
                    link.remove()


def _is_aside(node: LexborNode) -> bool:
    return node.tag == "aside" or any(above.tag == "aside" or above.attributes.get("role") == "complementary" for above in ancestors(node))


def _holds_nothing_else(box: LexborNode) -> bool:
    return box.tag not in {"body", "main"} and box.css_first("h1, input, form, button, video, iframe") is None


def _is_headline(text: str) -> bool:
    return len(text.split()) >= _HEADLINE_WORDS or (len(text) >= _HEADLINE_CHARS and not text.isascii())
