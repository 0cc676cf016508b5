"""Writes the parts of docs/schema.md and docs/settings.md that the code itself can tell: python docs/generate.py DATABASE_URL

A test compares what stands there with what this would write, so that the pages can't fall behind.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from pydantic_core import PydanticUndefined

from pipeline.records import AttemptOutcome, IncidentKind, Outcome, QualityFlag
from pipeline.settings import Settings
from pipeline.store.catalogue import Relation, catalogue
from pipeline.store.database import open_engine
from pipeline.store.queries import SQL_FOLDER

DOCS = Path(__file__).parent
_MEMBER = re.compile(r'^\s+[A-Z_]+ = "(\w+)"  # (.+)$', re.MULTILINE)


def main() -> None:
    """Bring both pages up to date."""
    engine = open_engine(sys.argv[1])
    for name, parts in pages(catalogue(engine)).items():
        page = DOCS / name
        page.write_text(filled(page.read_text(encoding="utf-8"), parts), encoding="utf-8")


def pages(relations: Iterable[Relation]) -> dict[str, dict[str, str]]:
    """The generated parts by page and name."""
    relations = list(relations)
    return {
        "schema.md": {
            "outcomes": _enum_table(Outcome, "outcome"),
            "attempt outcomes": _enum_table(AttemptOutcome, "outcome"),
            "quality flags": _enum_table(QualityFlag, "flag"),
            "incidents": _enum_table(IncidentKind, "kind"),
            "tables": _relations(relation for relation in relations if not relation.is_view),
            "views": _relations(relation for relation in relations if relation.is_view),
            "examples": _examples(),
        },
        "settings.md": {"settings": _settings()},
    }


def filled(page: str, parts: dict[str, str]) -> str:
    """The page with each part between its two marks. Raises ValueError for a part without marks."""
    for name, part in parts.items():
        start, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        if start not in page or end not in page:
            raise ValueError(f"there is no place for {name}")
        page = page[: page.index(start) + len(start)] + f"\n{part}\n" + page[page.index(end) :]
    return page


def _enum_table(enum: type[StrEnum], title: str) -> str:
    told = _MEMBER.findall(inspect.getsource(enum))
    if [name for name, _ in told] != [member.value for member in enum]:
        raise ValueError(f"a member of {enum.__name__} has no comment")
    return "\n".join([f"| {title} | meaning |", "|---|---|", *(f"| `{name}` | {_cell(meaning)} |" for name, meaning in told)])


def _relations(relations: Iterable[Relation]) -> str:
    return "\n\n".join(_relation(relation) for relation in relations)


def _relation(relation: Relation) -> str:
    rows = (f"| `{column.name}` | {column.type} | {_cell(column.comment)} |" for column in relation.columns)
    return "\n".join([f"### `{relation.name}`", f"{relation.comment}.", "", "| column | type | |", "|---|---|---|", *rows])


def _examples() -> str:
    files = sorted((SQL_FOLDER / "examples").glob("*.sql"))
    questions = (file.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- ") for file in files)
    return "\n".join(f"- [`{file.name}`](../sql/examples/{file.name}): {question}" for file, question in zip(files, questions, strict=True))


def _settings() -> str:
    lines = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, PydanticUndefined) else f"`{_default(field.default)}`"
        lines.append(f"| `DATELINE_{name.upper()}` | {default} | {_cell(field.description or '')} |")
    return "\n".join(lines)


def _default(value: object) -> str:
    return ",".join(f"{part:g}" for part in value) if isinstance(value, tuple) else str(value)


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


if __name__ == "__main__":
    main()
