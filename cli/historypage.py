"""The history of an article as one HTML page that needs nothing else. Texts from the web are escaped; the page runs no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from cli.output import moment
from pipeline.dedupe.worddiff import Span
from pipeline.store.history import ArticleHistory, Version

_STYLE = """
body { font: 17px/1.5 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h1, h2 { line-height: 1.25 }
h2 { font: bold 15px/1.4 system-ui, sans-serif; border-top: 1px solid #ccc; padding-top: 1rem; margin-top: 2.5rem }
.facts, .mark { font: 14px/1.4 system-ui, sans-serif; color: #666 } .undisclosed { color: #a40000 }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext } .title { font-weight: bold }
del { background: #fdd; color: #900 } ins { background: #dfd; color: #060; text-decoration: none }
"""
REASONS = {
    "first": "first seen",
    "publisher_edit": "edited",
    "gone": "gone: its address answers 404 or 410",
    "soft_gone": "gone without a word: another page stands in its place",
    "replaced": "its address leads to another article",
    "withdrawn": "withdrawn: its publisher did not let it be shown",
    "restored": "back",
    "reextracted": "read anew, by another extractor or from another of its pages; not edited",
}


def history_page(found: ArticleHistory) -> str:
    """The page, whole."""
    one = found.article
    language = f' lang="{escape(one.language)}"' if one.language else ""
    parts = [
        f'<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">',
        f"<title>{escape(one.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f'<h1 dir="auto">{escape(one.title)}</h1>',
        f'<p class="facts">{escape(one.source_name)} · <a href="{escape(one.url)}" rel="noreferrer">{escape(one.url)}</a></p>',
        *(_section(version) for version in found.versions),
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _section(version: Version) -> str:
    row = version.row
    mark = {None: "", True: '<p class="mark undisclosed">The page does not own up to it.</p>', False: _owned(version)}[row.undisclosed]
    heading = f"<h2>{row.revision_no} · {escape(REASONS.get(row.reason, row.reason))} · {moment(row.seen_at)} UTC</h2>"
    if row.revision_no > 1 and not version.changed:
        return f"{heading}{mark}"
    title, body = _marked(version.title), _marked(version.body)
    return f'{heading}{mark}\n<p class="text title" dir="auto">{title}</p>\n<div class="text" dir="auto">{body}</div>'


def _owned(version: Version) -> str:
    return f'<p class="mark">The page says that it was modified {moment(version.row.modified_at)} UTC.</p>'


def _marked(spans: Iterable[Span]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    if not span.changed:
        return escape(span.new)
    removed, added = escape(span.old), escape(span.new)
    return (f"<del>{removed}</del>" if removed else "") + (f"<ins>{added}</ins>" if added else "")
