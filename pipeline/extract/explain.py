"""An extraction with its reasons: what each rule took out of a page or cut from its text, and what every field was chosen from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.extract import article, markup, metadata
from pipeline.extract.article import Draft
from pipeline.extract.context import Context
from pipeline.extract.explained import Explained, Line, Removed, unread
from pipeline.extract.limits import name_extractor
from pipeline.extract.titles import letters
from pipeline.records import Refused

_MOST_REMOVED = 500
_MOST_CHARS = 600  # of one removed text
_LEFT_LETTERS = 3  # of a text that was not taken; what is shorter stands between links


def explain(html: str, context: Context) -> Explained:
    """What `article.extract` gives for the same arguments, and why."""
    removed: list[Removed] = []

    def watch(rule: str, text: str) -> None:
        if text and len(removed) < _MOST_REMOVED:
            removed.append(Removed(rule=rule, text=text[:_MOST_CHARS]))

    name = name_extractor(context.limits, context.source)
    draft = article.read(html, context, watch)
    if isinstance(draft, Refused):
        return unread(context.url, name, draft)
    return Explained(
        url=context.url,
        extractor=name,
        result=article.conclude(draft, context),
        removed=tuple(removed),
        left=tuple(_left(html, draft, removed)),
        lines=tuple(_lines(draft)),
        candidates=metadata.evidence(draft.facts),
    )


def _lines(draft: Draft) -> Iterable[Line]:
    """The extractor's lines in order. Rules cut whole lines: what is not kept was cut. Lines that a rule made stand where they belong."""
    rules = {cut.line: cut.rule for cut in draft.cuts}
    kept = list(draft.kept)
    for line in draft.lines:
        if kept and line == kept[0]:
            yield Line(text=kept.pop(0), rule=None)
        elif line in kept and line not in rules:
            while kept[0] != line:
                yield Line(text=kept.pop(0), rule=None)
            yield Line(text=kept.pop(0), rule=None)
        else:
            yield Line(text=line, rule=rules.get(line, "changed"))
    yield from (Line(text=line, rule=None) for line in kept)


def _left(html: str, draft: Draft, removed: Sequence[Removed]) -> Iterable[str]:
    """Texts of the page that neither a rule removed nor the extractor took, each once."""
    taken = letters(" ".join((*draft.lines, *(item.text for item in removed))))
    tree = markup.parse(html)
    tree.strip_tags(["script", "style", "template", "noscript", "head"])
    seen: set[str] = set()
    for text in (tree.body.text(separator="\n") if tree.body else "").split("\n"):
        folded = " ".join(text.split())
        plain = letters(folded)
        if len(plain) >= _LEFT_LETTERS and plain not in taken and plain not in seen and len(seen) < _MOST_REMOVED:
            seen.add(plain)
            yield folded[:_MOST_CHARS]
