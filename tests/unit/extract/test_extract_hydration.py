"""The text that a page hands to its scripts is read where its markup holds none; never another article's, nor what a paywall withholds."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from builders import page_context

from pipeline.extract.agreement import stated_words
from pipeline.extract.article import extract
from pipeline.extract.hydration import find_markup
from pipeline.extract.markup import parse
from pipeline.records import Article, Refused

SLASHED = "<\\/"  # as pages write it, so that no text ends the script
TITLE = "Harbour council opens the old grain stores to the ferry crews"
SUMMARY = "After nine winters of talk the harbour council gives the grain stores to the crews who moor beside them."
PARAGRAPHS = tuple(
    f"In part {number} of the grain stores the ferry crews found what the harbour council gives after nine winters: a stove & “tools”."
    for number in ("one", "two", "three", "four", "five", "six", "seven", "eight")
)
OTHERS = tuple(
    f"Elsewhere the {kind} growers counted what the hail of Tuesday night had left on their slopes."
    for kind in ("plum", "pear", "fig", "hop", "oat")
)
BODY = "".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in PARAGRAPHS)


def _fusion(blocks: list[dict[str, Any]]) -> str:
    content = json.dumps({"content_elements": blocks})
    return f"window.Fusion=window.Fusion||{{}};Fusion.arcSite='post';Fusion.globalContent={content};Fusion.ready(1)"


def _pooled(value: Any) -> list[Any]:
    """A value as devalue writes it: all values in one list, named by their places."""
    pool: list[Any] = []

    def put(held: Any) -> int:
        place = len(pool)
        pool.append(None)
        if isinstance(held, dict):
            pool[place] = {key: put(inner) for key, inner in held.items()}
        elif isinstance(held, list):
            pool[place] = [put(inner) for inner in held]
        else:
            pool[place] = held
        return place

    pool.append(["ShallowReactive", 1])
    put(value)
    return pool


ARC = [{"type": "text", "content": text.replace("&", "&amp;")} for text in PARAGRAPHS]
ARC[2:2] = [{"type": "image", "caption": "A store"}, {"type": "header", "content": "What was found"}]
PORTABLE = [
    {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": text[:40]}, {"_type": "span", "text": text[40:]}]}
    for text in PARAGRAPHS
]
RICH = {
    "nodeType": "document",
    "content": [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": text}]} for text in PARAGRAPHS],
}
MODELS = [{"type": "text", "model": {"text": text, "blocks": [{"type": "fragment", "model": {"text": text}}]}} for text in PARAGRAPHS]
STATES = {
    "markup in a string": f"window.__STATE__ = {json.dumps({'menu': ['News', 'Sport'], 'article': {'html': BODY}})};",
    "markup in JSON in a string": f"window.__DATA__={json.dumps(json.dumps({'detail': {'contents': BODY}}))}",
    "markup after another article's": f"x({json.dumps([{'html': ''.join(f'<p>{text}</p>' for text in OTHERS * 9)}, {'html': BODY}])})",
    "blocks of Arc": _fusion(ARC),
    "blocks of Portable Text": json.dumps({"props": {"post": {"body": PORTABLE}}}),
    "blocks of Contentful": json.dumps({"fields": {"story": RICH}}),
    "blocks with models": json.dumps({"page": {"blocks": MODELS}}),
    "lines of plain text": json.dumps({"story": {"paragraphs": list(PARAGRAPHS)}}),
    "a pool": json.dumps(
        _pooled({"menu": ["News", "Sport"], "story": {"blocks": [{"type": "text", "text": text} for text in PARAGRAPHS]}})
    ),
}


def _page(*states: str, node: dict[str, Any] | None = None, shown: str = "<div id='root'></div>", title: str = TITLE) -> str:
    stated = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "description": SUMMARY, **(node or {})}
    scripts = "".join(f"<script>{state.replace('</', SLASHED)}</script>" for state in states)
    return (
        f'<html><head><title>{title}</title><script type="application/ld+json">{json.dumps(stated)}</script></head>'
        f"<body><header>Harbour Post</header>{shown}<footer>Imprint</footer>{scripts}</body></html>"
    )


def _read(page: str) -> Article | Refused:
    return extract(page, page_context())


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_the_text_is_read_out_of_what_scripts_are_handed(state: str) -> None:
    article = _read(_page(state))
    assert isinstance(article, Article), article
    kept = [line for line in article.body.split("\n\n") if line != "What was found"]
    assert kept == list(PARAGRAPHS)
    assert "hydrated" in article.quality_flags


@pytest.mark.parametrize("form", ["a text of its own", "blocks"])
def test_a_stream_that_is_handed_over_in_pieces_is_put_together(form: str) -> None:
    """Next.js: rows of React's stream, cut wherever a piece was full."""
    if form == "blocks":
        story = f"5:{json.dumps({'story': {'blocks': [{'type': 'text', 'text': text} for text in PARAGRAPHS]}}, ensure_ascii=False)}\n"
    else:
        story = f'5:{{"story":{{"html":"$6"}}}}\n6:T{len(BODY.encode()):x},{BODY}'
    stream = f'1:"$Sreact.fragment"\n2:I[94,["8","static/8.js"],"Boundary"]\n{story}7:{{"menu":["News","Sport"]}}\n'
    pieces = [f"self.__next_f.push([1,{json.dumps(stream[at : at + 150])}])" for at in range(0, len(stream), 150)]
    article = _read(_page("(self.__next_f=self.__next_f||[]).push([0])", *pieces))
    assert isinstance(article, Article) and article.body == "\n\n".join(PARAGRAPHS), article


@pytest.mark.parametrize(
    ("body", "is_read"),
    [("\n\n".join(PARAGRAPHS), True), (BODY, True), ("\n".join(PARAGRAPHS)[:-9] + "…", False)],
    ids=["plain", "markup", "broken off"],
)
def test_a_text_that_only_search_engines_are_told_is_read_where_it_is_whole(body: str, *, is_read: bool) -> None:
    article = _read(_page("", node={"articleBody": body}))
    assert (isinstance(article, Article) and article.body == "\n\n".join(PARAGRAPHS)) == is_read, article


def test_a_headline_alone_is_enough_where_the_text_holds_most_of_it() -> None:
    assert isinstance(
        _read(_page(STATES["markup in a string"], node={"description": None}, title="Harbour council gives ferry crews stores")), Article
    )
    assert isinstance(
        _read(_page(STATES["markup in a string"], node={"description": None}, title="Harbour council starves its plum growers")), Refused
    )


def test_a_heading_among_the_blocks_stays_one() -> None:
    article = _read(_page(STATES["blocks of Arc"]))
    assert isinstance(article, Article) and "## What was found" in (article.body_markdown or "") and "A store" not in article.body


def test_a_text_in_the_markup_is_read_there() -> None:
    shown = "".join(f"<p>{text.replace('In part', 'Within part').replace('&', '&amp;')}</p>" for text in PARAGRAPHS)
    article = _read(_page(STATES["markup in a string"], shown=f"<article>{shown}</article>"))
    assert isinstance(article, Article) and "Within part one" in article.body and "hydrated" not in article.quality_flags


def test_a_notice_in_the_texts_place_is_no_text() -> None:
    shown = f"<main><p>{'This site works best when the scripts that it brings with it are allowed to run in your browser. ' * 5}</p></main>"
    article = _read(_page(STATES["markup in a string"], shown=shown))
    assert isinstance(article, Article) and article.body.startswith(PARAGRAPHS[0])


def test_other_articles_teasers_around_an_empty_frame_are_no_text() -> None:
    teasers = "".join(f"<section><h3>{text[:40]}</h3><p>{text} {text}</p></section>" for text in OTHERS * 3)
    article = _read(_page(STATES["markup in a string"], shown=f"<div id='root'></div><div class='more'>{teasers}</div>"))
    assert isinstance(article, Article) and article.body.startswith(PARAGRAPHS[0]) and "hail" not in article.body


@pytest.mark.parametrize(
    "page",
    [
        _page(STATES["markup in a string"], node={"isAccessibleForFree": False}),
        _page(STATES["markup in a string"], shown="<main><p>Subscribe to continue reading this article.</p></main>"),
        _page(f"x({json.dumps([''.join(f'<p>{text}</p>' for text in OTHERS)])})"),
        _page(STATES["markup in a string"], node={"description": None}, title="Stores open"),
        _page(STATES["markup in a string"], node={"@type": "CollectionPage"}),
        _page(STATES["markup in a string"][:-200]),
    ],
    ids=["paid", "behind an offer", "another article", "too little is stated", "not an article", "cut off"],
)
def test_what_is_not_the_pages_own_to_show_is_not_read(page: str) -> None:
    assert isinstance(_read(page), Refused)


def _record(title: str, markup: str) -> dict[str, str]:
    return {"title": title, "url": f"/{len(title)}", "html": markup}


def _span(*texts: str, **kind: str) -> dict[str, Any]:
    return {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": text, "marks": []} for text in texts], **kind}


def _lines(*blocks: Any) -> list[str]:
    """What is read of blocks between the article's own."""
    article = _read(_page(json.dumps({"body": [*blocks, *map(_span, PARAGRAPHS)]})))
    assert isinstance(article, Article), article
    lines = (article.body_markdown or article.body).split("\n\n")
    return lines[: lines.index(next(line for line in lines if line.startswith("In part one")))]


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (_span("The master said: “After nine winters ", "[the council]", " gives the stores to the crews.”"),) * 1
        + (["The master said: “After nine winters [the council] gives the stores to the crews.”"],),
        (_span("Their page asks for a <script> tag & more."), ["Their page asks for a \\<script> tag & more."]),
        (
            _span("“We waited for the keys.” ", "Mara Quill,", " who moors beside them, said so."),
            ["“We waited for the keys.” Mara Quill, who moors beside them, said so."],
        ),
        (_span("What the crews found", style="h2"), ["## What the crews found"]),
        ({"type": "list", "data": {"items": ["A stove that works", "Two ropes"]}}, ["- A stove that works\n- Two ropes"]),
        ({"type": "interstitial_link", "content": "Plum growers count their losses after the hail of the night"}, []),
        ({"type": "figure", "content": "The stores on Monday. Photo: Ida Tern"}, []),
        ({"type": "raw_html", "content": "<iframe src='https://x.example/'>"}, []),
        ({"type": "text", "content": "An <b>unclosed tag ends with its own block."}, ["An unclosed tag ends with its own block."]),
        (
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": "Opening hours"}, {"type": "hardBreak"}, {"type": "text", "text": "Monday to Friday"}],
            },
            ["Opening hours", "Monday to Friday"],
        ),
    ],
)
def test_blocks_are_read_as_their_editors_mean_them(block: Any, lines: list[str]) -> None:
    assert _lines(block) == lines


@pytest.mark.parametrize(
    "state",
    [
        f"x({json.dumps([_record(TITLE, BODY), *(_record(text, f'<p>{text}</p>' * 9) for text in OTHERS)])})",
        json.dumps(
            {
                "layout": [
                    {"component": "ArticleBody", "items": [{"type": "text", "text": text} for text in PARAGRAPHS]},
                    {"component": "MostRead", "items": [{"type": "text", "text": text} for text in OTHERS]},
                    {
                        "component": "Comments",
                        "items": [{"text": f"I think that the harbour council is wrong, number {n}."} for n in range(9)],
                    },
                ]
            }
        ),
        json.dumps({"article": {"html": BODY}, "comments": [{"text": f"{SUMMARY} So say I, and {TITLE}, number {n}!"} for n in range(20)]}),
        f"var q='\"';window.S={json.dumps({'html': BODY})};",
        "window.S=JSON.parse('" + json.dumps({"html": BODY}, ensure_ascii=False).replace("\\", "\\\\").replace("'", "\\'") + "');",
        json.dumps({"html": "[caption id=1]A store[/caption]" + BODY}),
        json.dumps({"html": "<br><br>".join(text.replace("&", "&amp;") for text in PARAGRAPHS)}),
    ],
    ids=["a list of articles", "a layout", "comments", "an odd quote", "JSON.parse", "a short code", "line breaks"],
)
def test_the_article_is_told_from_what_stands_beside_it(state: str) -> None:
    article = _read(_page(state))
    assert isinstance(article, Article), article
    assert [line for line in article.body.split("\n\n") if "caption" not in line] == list(PARAGRAPHS)


def test_a_short_article_in_the_markup_is_no_beginning_of_a_related_one() -> None:
    brief = (
        "The ferry crews got the keys to the old grain stores on Monday, as the harbour council gives way after nine winters of talk. They "
        "moved in at noon and lit the first of two stoves, which is warm by now, says one of those who were let in by them to see it all."
    )
    related = "".join(
        f"<p>Last year, in part {n}, the harbour council had refused the old grain stores to the ferry crews, after nine winters.</p>"
        for n in range(8)
    )
    article = _read(_page(f"window.S={json.dumps({'more': [{'html': related}]})}", shown=f"<article><p>{brief}</p></article>"))
    assert isinstance(article, Article) and article.body == brief


FILLER = "".join(
    f"<p>The editors of the paper explain in this box how they work, and why readers may write to them about each mistake, number {n}.</p>"
    for n in range(14)
)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, f"<main><div><h3>Subscribe to continue reading</h3><button>Subscribe</button></div></main><section>{FILLER}</section>"),
        ({}, f"<div class='paywall'><h3>Choose your plan</h3></div><p>{PARAGRAPHS[0]}</p>"),
        ({"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".x"}}, f"<p>{PARAGRAPHS[0]}</p>"),
        ({"isAccessibleForFree": "False"}, ""),
    ],
    ids=["an offer beside much prose", "a box called paywall", "a part that is not free", "as a word"],
)
def test_what_markup_or_data_call_withheld_is_not_taken(changes: dict[str, Any], shown: str) -> None:
    result = _read(_page(STATES["markup in a string"], node=changes, shown=shown))
    assert isinstance(result, Refused) or "In part two" not in result.body, result


def test_data_that_says_that_its_text_is_for_payers_is_not_taken() -> None:
    state = f"window.S={json.dumps({'article': {'accessType': 'PREMIUM', 'html': BODY}})}"
    assert isinstance(_read(_page(state)), Refused)


def test_references_in_a_stream_are_followed() -> None:
    blocks = [{"type": "text", "text": f"${n + 16:x}" if n % 2 else text} for n, text in enumerate(PARAGRAPHS)]
    texts = "".join(f"{n + 16:x}:T{len(text.encode()):x},{text}" for n, text in enumerate(PARAGRAPHS) if n % 2)
    stream = f"1:{json.dumps(['$', 'main', None, {'children': 'x'}])}\n{texts}2:{json.dumps({'blocks': blocks}, ensure_ascii=False)}\n"
    article = _read(_page(f"self.__next_f.push([1,{json.dumps(stream)}])"))
    assert isinstance(article, Article) and article.body == "\n\n".join(PARAGRAPHS), article


@pytest.mark.parametrize(
    "script",
    [
        '"' * 300_000,
        '"' + "\\" * 300_000,
        '="' + "a" * 2_000_000,
        '"' + '\\"' * 200_000,
        '"' + '\\"' * 200_000 + "\\",
        '={"a":' + "9" * 100_000 + "}",
        "[" + '["Reactive",1],' + str([1] * 1_000_000) + ",2,3]",
        "={" * 200_000,
        "=[" * 200_000,
        '={"a":' * 100_000,
        "[" * 100_000,
        json.dumps([["Reactive", 1], [1, 1, 1]]),
        json.dumps([["Reactive", 1], [1] * 1_000]),
        json.dumps([{"a": 0, "b": 0, "c": 0}, 1, 2, 3]),
        ("=" + json.dumps([["Reactive", 1], [1, 1, 1], 1, 1]) + ";") * 20,
        "=" + json.dumps([["Reactive", 1], [2] * 5000, "harbour " * 10000, 1, 1]),
        json.dumps([[f"<p>{'harbour ' * 20}</p>"] * 4] * 5_000),
    ],
    ids=lambda script: script[:12],
)
def test_hostile_scripts_end_in_time(script: str) -> None:
    started = time.process_time()
    find_markup(parse(f"<html><body><script>{script}</script></body></html>"), stated_words([TITLE, SUMMARY]))
    assert time.process_time() - started < 5
