"""What the search index takes: every CJK letter, and the worst of texts."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import Engine, text

from pipeline.search import ALL_CONFIGS, search_text

_SET = text("UPDATE article SET title = :title, body = :body, search_text = :search_text WHERE article_id = 412")


def wide(length: int, rng: random.Random) -> str:
    """Letters of four bytes each."""
    return "".join(chr(rng.randrange(0x20000, 0x2A000)) for _ in range(length))


@pytest.mark.parametrize("shape", ["{0}-{0}", "{0}", "{0}{0}", "{0}/{0}", "{0}@{0}.co", "{0}-{0}-{0}"])
def test_no_text_is_too_much_for_the_index(stocked: Engine, shape: str) -> None:
    rng = random.Random(7)
    words = ("".join(part or wide(2, rng) for part in shape.split("{0}")) for _ in range(60_000))
    body = " ".join(words)
    with stocked.begin() as connection:
        connection.execute(_SET, {"title": body[:2000], "body": body, "search_text": None})
        connection.execute(_SET, {"title": body[:2000], "body": body, "search_text": search_text(body[:2000], body, "zh")})


def test_postgres_keeps_every_pair_of_cjk_letters_whole(engine: Engine) -> None:
    letters = [letter for letter in map(chr, range(0x3000, 0xD800)) if letter in (search_text(letter, "", "zh") or "")]
    letters += [letter for letter in map(chr, range(0xF900, 0x110000)) if letter in (search_text(letter, "", "zh") or "")]
    assert len(letters) > 100_000
    split = text(
        """SELECT letter FROM unnest(CAST(:letters AS text[])) AS letter
           WHERE tsvector_to_array(to_tsvector('simple', '一' || letter)) <> ARRAY['一' || letter]"""
    )
    with engine.connect() as connection:
        assert connection.execute(split, {"letters": letters}).scalars().all() == []


def test_postgres_knows_every_configuration(engine: Engine) -> None:
    with engine.connect() as connection:
        known = set(connection.execute(text("SELECT cfgname FROM pg_ts_config")).scalars())
    assert set(ALL_CONFIGS) <= known
