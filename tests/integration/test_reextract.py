"""Articles rebuilt from the archive: equal where nothing changed, rewritten where the extractor did, and never mistaken for an edit."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asking import rows
from cli_calls import url_of
from site_on_loopback import HTML, RSS, STORY, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine

from pipeline.archive.upkeep import scrub_record
from pipeline.records import Run
from pipeline.settings import Settings
from pipeline.steps.clock import utc_now
from pipeline.steps.reextract import Progress, Rebuilding, Sample
from pipeline.steps.workshop import Workshop
from pipeline.store.database import open_engine
from pipeline.store.export import START, Exporter
from pipeline.store.reextracting import RebuildFilter, Rebuilt, Reextraction, Rewritten
from pipeline.store.runs import Runs
from pipeline.store.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

_DATED = '<meta property="article:published_time" content="2026-05-01T08:00:00Z"><meta name="author" content="Mara Ellingsen">'
_TITLES = [f"Ferry pier, report {number}" for number in range(6)]
_ROWS = "SELECT article_id, to_jsonb(article) - '{changed_at,revision_no}'::text[] AS row FROM article ORDER BY article_id"


@dataclass(frozen=True, kw_only=True)
class Stock:
    """Six stories that were loaded from a site that is gone by now: a database to make copies of, and the archive."""

    database: str
    settings: Settings
    workshop: Workshop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stock(server: Server, _template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stock]:
    name = _template.replace("template", "reextract")
    server.copy_database(_template, name)
    settings = site_settings(Settings(data_folder=tmp_path_factory.mktemp("archive")))
    engine, site = open_engine(server.connection_url(name)), Site()
    async with serving(site):
        for number, title in enumerate(_TITLES):
            site.documents[f"/news/{number}"] = (HTML, story_page(title, head=_DATED))
        site.documents["/rss.xml"] = (RSS, rss([item(f"{site.origin}/news/{number}", title) for number, title in enumerate(_TITLES)]))
        await drain(engine, settings, feeds(site, "/rss.xml"))
    engine.dispose()
    async with Workshop(settings) as workshop:
        yield Stock(database=name, settings=settings, workshop=workshop)
    server.drop_database(name)


@pytest.fixture
def engine(server: Server, stock: Stock) -> Iterator[Engine]:
    """An engine on a copy of the stock's database."""
    name = f"{stock.database}_{secrets.token_hex(4)}"
    server.copy_database(stock.database, name)
    engine = open_engine(server.connection_url(name))
    yield engine
    engine.dispose()
    server.drop_database(name)


async def rebuild(engine: Engine, stock: Stock, sink: Any = None, *, lanes: int = 1, **sample: Any) -> Progress:
    """One run with a worker's rights; `sink` in place of the store's own."""
    worker = open_engine(url_of(engine), role="dateline_worker")
    store, run = Reextraction(worker), Run(run_id=uuid.uuid4(), flow="test", code_version="test")
    Runs(worker).start(run)
    wanted = Sample(**{"wanted": RebuildFilter(), **sample})
    work = Rebuilding(stock.workshop, store, stock.settings, wanted, sink or partial(store.rewrite, run_id=run.run_id))
    await asyncio.gather(*(work.work_lane() for _ in range(lanes)))
    worker.dispose()
    return work.progress


def make_old(
    engine: Engine, changed: str = "title = 'What an older extractor read', authors = '{}', published_at = NULL, published_precision = NULL"
) -> None:
    """As if another extractor had made the rows."""
    rows(engine, f"UPDATE article SET extractor = 'dateline-0', {changed}")
    rows(
        engine,
        "UPDATE revision r SET title = a.title, body = a.body, extractor = a.extractor FROM article a WHERE a.article_id = r.article_id",
    )


async def test_the_same_extractor_makes_the_same_rows_to_the_letter(engine: Engine, stock: Stock) -> None:
    before = rows(engine, _ROWS)
    progress = await rebuild(engine, stock, current_too=True)
    assert progress.total == {"unchanged": 6} and progress.percent == 100
    assert rows(engine, _ROWS) == before
    passed = await rebuild(engine, stock)
    assert passed.total == {} and passed.passed == 6


async def test_another_extractors_rows_are_rewritten_as_if_loaded_by_this_one(engine: Engine, stock: Stock) -> None:
    fresh = rows(engine, _ROWS)
    make_old(engine)
    progress = await rebuild(engine, stock, lanes=2)
    assert progress.total == {"rewritten": 6}
    assert progress.fields["beacon"] == dict.fromkeys(("title", "authors", "published_at", "published_precision"), 6)
    assert rows(engine, _ROWS) == fresh
    assert rows(engine, "SELECT DISTINCT outcome, fields FROM v_reextraction") == [
        ("rewritten", ["title", "authors", "published_at", "published_precision"])
    ]


async def test_it_is_no_edit_of_the_publisher_but_readers_are_told(engine: Engine, stock: Stock) -> None:
    make_old(engine)
    await rebuild(engine, stock)
    assert rows(engine, "SELECT reason, revision_no, count(*) FROM revision GROUP BY 1, 2 ORDER BY 2") == [
        ("first", 1, 6),
        ("reextracted", 2, 6),
    ]
    assert rows(engine, "SELECT * FROM v_edits") == []
    changes = Exporter(engine).changes_since(START)
    assert [change.kind for change in changes] == ["insert"] * 6 + ["reextract"] * 6
    assert {change.article.title for change in changes if change.article} == set(_TITLES)
    assert rows(engine, "SELECT count(*) FROM unmatched") == [(6,)]


async def test_facts_alone_make_no_version(engine: Engine, stock: Stock) -> None:
    make_old(engine, "section = 'Elsewhere'")
    await rebuild(engine, stock)
    assert rows(engine, "SELECT DISTINCT reason FROM revision") == [("first",)]
    assert rows(engine, "SELECT DISTINCT section, revision_no FROM article") == [(None, 1)]
    assert rows(engine, "SELECT count(*) FROM unmatched") == [(0,)]
    assert [change.kind for change in Exporter(engine).changes_since(START)].count("reextract") == 6


async def test_a_run_that_breaks_off_is_gone_on_with(engine: Engine, stock: Stock) -> None:
    make_old(engine)
    assert (await rebuild(engine, stock, most=4)).total == {"rewritten": 4}
    progress = await rebuild(engine, stock)
    assert (progress.total, progress.passed) == ({"rewritten": 2}, 4)


async def test_only_what_is_asked_for(engine: Engine, stock: Stock) -> None:
    make_old(engine)
    for nothing in (
        RebuildFilter(source="herald"),
        RebuildFilter(extractor="dateline-9"),
        RebuildFilter(until=utc_now().replace(year=2020)),
        RebuildFilter(since=utc_now().replace(year=2036)),
    ):
        assert (await rebuild(engine, stock, wanted=nothing)).total == {}
    wanted = RebuildFilter(source="beacon", extractor="dateline-0", since=utc_now().replace(year=2020), until=utc_now().replace(year=2036))
    assert (await rebuild(engine, stock, wanted=wanted)).total == {"rewritten": 6}


async def test_a_recheck_that_was_quicker_wins(engine: Engine, stock: Stock) -> None:
    make_old(engine)
    store, run = Reextraction(engine), Run(run_id=uuid.uuid4(), flow="test", code_version="test")
    Runs(engine).start(run)

    def after_an_edit(rebuilt: Sequence[Rebuilt]) -> Sequence[Rewritten]:
        """An edit that was found and stored while the children extracted."""
        rows(
            engine,
            """WITH new AS (
                 INSERT INTO capture (url_id, captured_at, status, final_url, payload_sha256, warc_file, warc_offset, warc_length)
                 SELECT url_id, now(), 200, final_url, payload_sha256, 'other', row_number() OVER (), 1 FROM capture
                 RETURNING url_id, capture_id)
               UPDATE article SET body = 'edited', capture_id = new.capture_id FROM new WHERE new.url_id = article.url_id""",
        )
        return store.rewrite(rebuilt, run.run_id)

    progress = await rebuild(engine, stock, after_an_edit)
    assert (progress.overtaken, progress.total) == (6, {})
    assert rows(engine, "SELECT DISTINCT body, extractor FROM article") == [("edited", "dateline-0")]


async def test_rows_that_the_gate_would_refuse_stay_and_are_named_once(engine: Engine, stock: Stock) -> None:
    make_old(engine)
    before = rows(engine, _ROWS)
    settings = stock.settings.model_copy(update={"min_words": 5_000})
    async with Workshop(settings) as workshop:
        strict = replace(stock, settings=settings, workshop=workshop)
        progress = await rebuild(engine, strict)
        assert (await rebuild(engine, strict)).passed == 6
    assert progress.total == {"refused": 6}
    assert {one.detail.partition(":")[0] for one in progress.kept if one.detail} == {"too_short"}
    assert rows(engine, _ROWS) == before
    assert (await rebuild(engine, stock)).total == {"rewritten": 6}


async def test_what_the_archive_does_not_give_is_told(engine: Engine, stock: Stock, tmp_path: Path) -> None:
    make_old(engine)
    places = rows(engine, "SELECT warc_file, warc_offset FROM capture ORDER BY capture_id LIMIT 2")
    settings = stock.settings.model_copy(update={"data_folder": tmp_path})
    shutil.copytree(stock.settings.archive_root, settings.archive_root)
    for file, offset in places:
        scrub_record(settings.archive_root, file, offset, now=utc_now())
    progress = await rebuild(engine, replace(stock, settings=settings))
    assert progress.total == {"rewritten": 4, "unreadable": 2}
    assert all("was removed" in (one.detail or "") for one in progress.kept)


async def test_a_dry_run_changes_nothing(engine: Engine, stock: Stock) -> None:
    make_old(engine)
    before = rows(engine, _ROWS)
    assert (await rebuild(engine, stock, Reextraction(engine).compare)).total == {"rewritten": 6}
    assert rows(engine, _ROWS) == before
    assert rows(engine, "SELECT count(*) FROM reextraction") == [(0,)]


async def test_an_edited_article_keeps_the_first_versions_date(engine: Engine, stock: Stock) -> None:
    rows(engine, "UPDATE recheck SET due_at = 'infinity'")
    settings, site = stock.settings, Site()
    async with serving(site):
        site.documents["/rss.xml"] = (RSS, rss([item(f"{site.origin}/a")]))
        site.documents["/a"] = (HTML, story_page("Pier to be rebuilt", head=_DATED))
        spec = feeds(site, "/rss.xml")
        await drain(engine, settings, spec)
        edited = story_page(
            "Pier to be rebuilt, corrected", paragraphs=(*STORY, "A correction was added."), head=_DATED.replace("2026-05-01", "2026-05-03")
        )
        site.documents["/a"] = (HTML, edited)
        rows(engine, "UPDATE recheck SET due_at = now() FROM article a WHERE a.article_id = recheck.article_id AND a.title LIKE 'Pier%'")
        rows(engine, "UPDATE host SET next_due_at = now()")
        await drain(engine, settings, spec)
    assert rows(engine, "SELECT title, revision_no, published_at::date::text FROM article WHERE revision_no > 1") == [
        ("Pier to be rebuilt, corrected", 2, "2026-05-01")
    ]
    fresh = rows(engine, _ROWS)
    make_old(engine)
    assert (await rebuild(engine, stock)).total == {"rewritten": 7}
    assert rows(engine, _ROWS) == fresh


async def test_a_recheck_by_another_extractor_takes_none_of_its_changes_for_an_edit(engine: Engine, stock: Stock) -> None:
    """The version at hand is read again from the archive, and that is what the page of today is compared with."""
    rows(engine, "UPDATE recheck SET due_at = 'infinity'")
    site = Site()
    async with serving(site):
        for path in ("/edited", "/same", "/unarchived"):
            site.documents[path] = (HTML, story_page(f"Pier of {path[1:]}", head=_DATED))
        site.documents["/rss.xml"] = (RSS, rss([item(f"{site.origin}{path}") for path in site.documents]))
        spec = feeds(site, "/rss.xml")
        await drain(engine, stock.settings, spec)
        make_old(
            engine, "body = 'Get the letter that tells of ' || title || ' each morning.' || repeat(chr(10), 2) || body, authors = '{}'"
        )
        rows(engine, "UPDATE article SET capture_id = NULL WHERE title LIKE '%unarchived'")
        more = story_page("Pier of edited", paragraphs=(*STORY, "A correction was added."), head=_DATED)
        site.documents["/edited"] = (HTML, more)
        rows(engine, "UPDATE recheck SET due_at = now() FROM article a WHERE a.article_id = recheck.article_id AND a.title LIKE 'Pier%'")
        rows(engine, "UPDATE host SET next_due_at = now()")
        await drain(engine, stock.settings, spec)
    reasons = "SELECT a.title, array_agg(r.reason ORDER BY r.revision_no) FROM revision r JOIN article a USING (article_id)"
    assert rows(engine, f"{reasons} WHERE a.title LIKE 'Pier%' GROUP BY 1 ORDER BY 1") == [
        ("Pier of edited", ["first", "reextracted", "publisher_edit"]),
        ("Pier of same", ["first", "reextracted"]),
        ("Pier of unarchived", ["first", "reextracted"]),
    ]
    (edit,) = rows(engine, "SELECT diff FROM v_edits")
    assert [(gone, come.split()) for _, gone, come in edit.diff["body"]] == [
        ("", ["A", "correction", "was", "added.", "(Pier", "of", "edited)"])
    ]
    old = "body LIKE 'Get the%' OR capture_id IS NULL OR authors = '{}'"
    assert rows(engine, f"SELECT count(*) FROM article WHERE title LIKE 'Pier%' AND ({old})") == [(0,)]


async def test_a_sources_zone_is_part_of_the_extractors_name(engine: Engine, stock: Stock) -> None:
    rows(engine, "UPDATE source SET timezone = 'Asia/Tokyo'")
    assert (await rebuild(engine, stock)).total == {"unchanged": 6}  # read again, since undated zones might matter
    assert (await rebuild(engine, stock)).passed == 6
