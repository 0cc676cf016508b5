"""Lists, search and single articles on a real Postgres."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from pipeline.errors import AmbiguousItemError, UnknownItemError, WrongItemError
from pipeline.records import WarcPlace
from pipeline.store.reading import ArticleFilter, Reader

JAPANESE = 9000000000000000001


def listed(stocked: Engine, **wanted: object) -> list[int]:
    return [article.article_id for article in Reader(stocked).articles(ArticleFilter(**wanted), limit=10).articles]  # type: ignore[arg-type]  # fields by name


def test_lists_the_last_loaded_first(stocked: Engine) -> None:
    assert listed(stocked) == [JAPANESE, 77, 41, 412]


def test_filters_by_source_language_and_publication(stocked: Engine) -> None:
    now = datetime.now(UTC)
    assert listed(stocked, source="herald") == [77, 412]
    assert listed(stocked, language="ja-JP") == [JAPANESE]
    assert listed(stocked, since=now - timedelta(minutes=115)) == [JAPANESE, 41]
    assert listed(stocked, until=now - timedelta(hours=3)) == [77]
    assert listed(stocked, source="nobody") == []


def test_pages_meet_without_gap_or_overlap_while_articles_arrive(stocked: Engine) -> None:
    reader = Reader(stocked)
    first = reader.articles(ArticleFilter(), limit=3)
    with stocked.begin() as connection:
        connection.execute(text("UPDATE article SET loaded_at = now() WHERE article_id = 77"))
    second = reader.articles(ArticleFilter(), limit=3, page=first.next_page)
    assert [article.article_id for article in (*first.articles, *second.articles)] == [JAPANESE, 77, 41, 412]
    assert second.next_page is None


def test_refuses_what_is_no_page(stocked: Engine) -> None:
    for page in ("", "yesterday", "2026-01-01T00:00:00+00:00_x"):
        with pytest.raises(WrongItemError, match="no page of a list"):
            Reader(stocked).articles(ArticleFilter(), limit=3, page=page)


def test_finds_an_article_by_id_and_by_any_address(stocked: Engine) -> None:
    reader = Reader(stocked)
    found = reader.article("412")
    assert found.article.article_id == 412
    assert [revision.reason for revision in found.revisions] == ["first", "publisher_edit", "publisher_edit"]
    assert found.evidence[0].origin == "jsonld"
    assert found.archived == WarcPlace(warc_file="2026/batch-9.warc.gz", warc_offset=0, warc_length=910)
    assert len(found.aliases) == 3
    addresses = ("https://www.herald.test/budget", "HTTPS://M.herald.test/budget?utm_source=x", "https://www.herald.test/amp/budget")
    assert [reader.article(url) for url in addresses] == [found] * 3
    assert reader.article("41").article.article_id == 41


def test_finds_an_article_by_the_beginning_of_its_id(stocked: Engine) -> None:
    assert Reader(stocked).article("90000").article.article_id == JAPANESE


def test_shows_copies(stocked: Engine) -> None:
    assert [(copy.article_id, copy.source) for copy in Reader(stocked).article("77").copies] == [(41, "wire")]


MORE_ARTICLES = """
INSERT INTO article (article_id, source_id, url_id, canonical_url, title, body, body_sha256, word_count, language, ts_config, first_seen_at,
                     loaded_at, revision_no, quality, evidence, extractor)
SELECT 4000 + more, source_id, 3 + more, canonical_url, title, body, body_sha256, word_count, language, ts_config, first_seen_at,
       loaded_at, revision_no, quality, evidence, extractor
FROM article, generate_series(0, 3) AS more WHERE article_id = 77
"""


def test_says_when_an_article_is_not_told_apart(stocked: Engine) -> None:
    for key in ("5", "012", "https://nowhere.test/", "9" * 30):
        with pytest.raises(UnknownItemError, match=f"no such thing: an article (whose id begins with|at) {key}"):
            Reader(stocked).article(key)
    with pytest.raises(AmbiguousItemError, match=r"4 begins the ids of several articles: 41, 412$"):
        Reader(stocked).article("4")
    with stocked.begin() as connection:
        connection.execute(text(MORE_ARTICLES))
    with pytest.raises(AmbiguousItemError, match=r"several articles: 41, 412, 4000, 4001, 4002, …$"):
        Reader(stocked).article("4")


def test_search_ranks_the_title_over_the_body_and_marks_what_it_found(stocked: Engine) -> None:
    with stocked.begin() as connection:
        connection.execute(text("UPDATE article SET title = 'Mayors and others' WHERE article_id = 412"))
    hits = Reader(stocked).search("mayor")
    assert hits[0].article.article_id == 412
    assert {hit.article.article_id for hit in hits} == {412, 41, 77}
    assert "⟦mayor⟧" in hits[0].headline


def test_search_understands(stocked: Engine) -> None:
    wanted: dict[str, set[int]] = {
        '"storm hit"': {41, 77},
        "storms": {41, 77},
        "mayor -storm": {412},
        "budget or storm": {412, 41, 77},
        "the": set(),
        "' & | ! :* \\ (": set(),
        "\0": set(),
        "記者会見": {JAPANESE},
        "者会": {JAPANESE},
        "記者 東京": {JAPANESE},
        "記見": set(),
        "東": {JAPANESE},
        "-東京 記者": set(),
    }
    reader = Reader(stocked)
    assert {words: {hit.article.article_id for hit in reader.search(words)} for words in wanted} == wanted


def test_search_in_one_language(stocked: Engine) -> None:
    reader = Reader(stocked)
    assert [hit.article.article_id for hit in reader.search("記者", language="ja")] == [JAPANESE]
    assert reader.search("記者", language="en") == ()
    assert reader.search("記者")[0].headline == "首相は二日、東京で⟦記者⟧会見した。"
