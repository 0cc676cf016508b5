"""Documents of feeds in the archive: where the setting wants it, each once, legible to other tools, and forgotten with their entries."""

from __future__ import annotations

from pathlib import Path

from asking import rows
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine
from warcio.archiveiterator import ArchiveIterator

from pipeline.settings import Settings
from pipeline.steps.clock import utc_now
from pipeline.steps.upkeep import do_upkeep, wipe_forgotten
from pipeline.store.forgetting import Forgetting
from pipeline.store.reextracting import RebuildFilter, Reextraction


def _with_archive(settings: Settings) -> Settings:
    return site_settings(settings).model_copy(update={"archive_endpoints": True})


def _archived(settings: Settings) -> list[tuple[str, bytes]]:
    """Path and body of each response in the archive, file by file, as another tool reads them."""
    found = []
    for file in sorted(Path(settings.archive_root).rglob("*.warc.gz")):
        with file.open("rb") as stream:
            records = [(record, record.content_stream().read()) for record in ArchiveIterator(stream, check_digests=True)]
        found += [
            (record.rec_headers.get_header("WARC-Target-URI").partition("//")[2].partition("/")[2], body)
            for record, body in records
            if record.rec_type == "response"
        ]
    return found


async def _again(engine: Engine, settings: Settings, site: Site) -> None:
    rows(engine, "UPDATE endpoint SET next_poll_at = now()")
    rows(engine, "UPDATE host SET next_due_at = now()")
    await drain(engine, settings, feeds(site, "/feed.xml"))


def _show(site: Site, *numbers: int) -> bytes:
    feed = rss([item(f"{site.origin}/news/{number}", f"Story {number}") for number in numbers])
    site.documents["/feed.xml"] = (RSS, feed)
    site.documents |= {f"/news/{number}": (HTML, story_page(f"Story {number}")) for number in numbers}
    return feed


async def test_a_feed_is_archived_when_it_has_changed_and_forgotten_with_what_it_shows(engine: Engine, settings: Settings) -> None:
    """What was forgotten is neither in the documents that are there nor in those to come while the feed still shows it."""
    here = _with_archive(settings)
    async with serving(Site()) as site:
        first = _show(site, 1, 2)
        await drain(engine, here, feeds(site, "/feed.xml"))
        await _again(engine, here, site)  # the same body
        assert [body for path, body in _archived(here) if path == "feed.xml"] == [first]
        assert sum(path.startswith("news/") for path, _ in _archived(here)) == 2
        assert rows(engine, "SELECT count(*), count(url_id), count(endpoint_id) FROM capture") == [(3, 2, 1)]
        rebuildable = Reextraction(engine).after(-1, RebuildFilter(), most=10)
        assert {one.url for one in rebuildable} == {f"{site.origin}/news/{number}" for number in (1, 2)}
        assert do_upkeep(here, engine, now=utc_now()).files_deleted == 0

        Forgetting(engine).url(f"{site.origin}/news/1", reason="asked to")
        wipe_forgotten(Forgetting(engine), here.archive_root, now=utc_now())
        assert not [body for _, body in _archived(here) if b"Story 1" in body]
        _show(site, 1, 2, 3)
        await _again(engine, here, site)
        assert not [body for _, body in _archived(here) if b"Story 1" in body]
        later = _show(site, 2, 3)
        await _again(engine, here, site)
        assert [body for path, body in _archived(here) if path == "feed.xml"] == [later]
        Forgetting(engine).source("beacon", reason="asked to")
        wipe_forgotten(Forgetting(engine), here.archive_root, now=utc_now())
    assert _archived(here) == []
    assert rows(engine, "SELECT count(*) FROM capture") == [(0,)]
