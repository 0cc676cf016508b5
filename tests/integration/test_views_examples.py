"""The example queries for analysts run, answer something, and say which question they answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from pipeline.store.queries import SQL_FOLDER

_OUTLET = "capitalbrief"  # of the demo, where test_cli_press asks for it; the rows here are of another one
EXAMPLES = sorted((SQL_FOLDER / "examples").glob("*.sql"))


def test_there_are_ten() -> None:
    assert len(EXAMPLES) == 10


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_answers_its_question(stocked: Engine, example: Path) -> None:
    script = example.read_text(encoding="utf-8")
    question = script.splitlines()[0]
    assert question.startswith("-- ") and "?" in question
    with stocked.connect() as connection:
        connection.exec_driver_sql("SET search_path = pg_catalog")  # an analyst's own session knows nothing of our schema
        connection.exec_driver_sql("SET ROLE dateline_reader")
        result = connection.exec_driver_sql(script.replace(f"'{_OUTLET}'", "'herald'"), execution_options={"no_parameters": True})
        assert result.all()
