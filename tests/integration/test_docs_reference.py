"""The reference pages say what the database and the settings say: `python docs/generate.py DATABASE_URL` mends them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine

from pipeline.store.catalogue import catalogue

DOCS = Path(__file__).resolve().parents[2] / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_pages_are_up_to_date(engine: Engine) -> None:
    generate = generator()
    for name, parts in generate.pages(catalogue(engine)).items():
        page = (DOCS / name).read_text(encoding="utf-8")
        assert generate.filled(page, parts) == page, f"docs/{name} has fallen behind"


def test_a_part_without_a_place_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no place for views"):
        generator().filled("# A page", {"views": "words"})


def test_every_table_and_view_is_described_in_the_database(engine: Engine) -> None:
    assert [relation.name for relation in catalogue(engine) if not relation.comment] == []
