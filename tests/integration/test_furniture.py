"""From the first sight of a line to new articles without it: it is left out of what is loaded from then on, and of nothing else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from asking import rows
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings
from sqlalchemy import Engine
from stories import paragraphs

from pipeline.records import Run
from pipeline.settings import Settings
from pipeline.steps.furniture import FurnitureReport, read_snapshots, renew_furniture
from pipeline.steps.reextract import Rebuilding, Sample
from pipeline.steps.workshop import Workshop
from pipeline.store.forgetting import Forgetting
from pipeline.store.reextracting import RebuildFilter, Reextraction
from pipeline.store.runs import Runs

CALL = "Harpidetu zaitez gure gutun berrira, eta jaso egunero albisteak doan."
BACKGROUND = "Ekaitzak martxoaren hiruan hautsi zuen zubia, eta bi lagun zauritu ziren; epaileak ikerketa ireki zuen orduan."
NOTE = "This article was corrected on the day after it came out: the bridge is three metres long."
NOW = datetime.now(UTC)
_WITH_CALL = "SELECT count(*) FROM article WHERE body LIKE '%' || :line"


def page(title: str, number: int, *, background: str | None = None) -> bytes:
    """A story in words of its own, with the outlet's line below; `background` is a paragraph that other stories have too."""
    own = paragraphs(number, 160)
    lines = [*own[:2], *([background] if background else []), *own[2:], NOTE, CALL]
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f"<!doctype html><html lang=eu><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body>".encode()
    )


async def test_a_line_that_returns_for_weeks_leaves_new_articles_and_no_other(engine: Engine, settings: Settings) -> None:
    settings, site = site_settings(settings), Site()
    titles = [*(f"Kaia {number} berritu dute" for number in range(26)), *(f"Ekaitza: {number}. eguna" for number in range(12))]
    async with serving(site):
        for number, title in enumerate(titles):
            site.documents[f"/{number}"] = (HTML, page(title, number, background=BACKGROUND if "Ekaitza" in title else None))
        site.documents["/rss.xml"] = (RSS, rss([item(f"{site.origin}/{number}", title) for number, title in enumerate(titles)]))
        spec = feeds(site, "/rss.xml")
        await drain(engine, settings, spec)
        assert rows(engine, _WITH_CALL, line=CALL) == [(38,)]

        # as if they had come in over the last three weeks, two or three a day
        rows(engine, "UPDATE article SET loaded_at = now() - (1 + url_id % 20) * interval '1 day'")
        assert renew_furniture(engine, now=NOW) == FurnitureReport(days=20, outlets=1)
        listed = rows(engine, "SELECT line, hidden FROM v_furniture WHERE stories >= 10 ORDER BY line")
        assert listed == [(BACKGROUND, False), (CALL, True)], "what one long story repeats is no furniture, a note of correction never"
        assert renew_furniture(engine, now=NOW) == FurnitureReport(days=0, outlets=0), "days are counted once"

        # a new article loses the line; looking at old ones again finds no edit, whatever has become furniture since
        site.documents["/zubia"] = (HTML, page("Zubia berritu dute", 99))
        site.documents["/rss.xml"] = (RSS, rss([item(f"{site.origin}/zubia", "Zubia berritu dute")]))
        await _look_again(engine, settings, spec)
        new = "FROM article WHERE title = 'Zubia berritu dute'"
        assert rows(engine, f"SELECT body LIKE '%Harpidetu%', extractor LIKE '%+furniture-%' {new}") == [(False, True)]
        assert rows(engine, f"SELECT jsonb_path_query_array(evidence, '$[*] ? (@.field == \"furniture\").value') {new}") == [([CALL],)]
        assert rows(engine, _WITH_CALL, line=CALL) == [(38,)], "old rows stay"
        assert rows(engine, "SELECT DISTINCT outcome FROM attempt WHERE purpose = 'recheck'") == [("unchanged",)]

        # the next day's snapshot is another one; each is looked at with its own, and an edit tells of nothing but itself
        rows(engine, "UPDATE furniture_snapshot SET made_at = made_at - interval '1 hour'")
        rows(engine, "INSERT INTO furniture_snapshot (source_id, mark, blocks) SELECT source_id, '01234567', '{}' FROM source")
        site.documents["/zubia"] = (HTML, page("Zubia berritu dute", 99, background="Alkateak gaur eman du azken datua: bi milioi."))
        await _look_again(engine, settings, spec)
        edits = "SELECT title, reason, diff::text LIKE '%Harpidetu%' FROM revision WHERE revision_no = 2"
        assert rows(engine, edits) == [("Zubia berritu dute", "publisher_edit", False)]

        # the archive read again brings old rows up to date; forgetting takes an article's lines out of the counts
        rows(engine, "DELETE FROM furniture_snapshot WHERE mark = '01234567'")
        run, store = Run(run_id=uuid.uuid4(), flow="test", code_version="test"), Reextraction(engine)
        Runs(engine).start(run)
        async with Workshop(settings, snapshots=read_snapshots(settings, engine)) as workshop:
            sink = partial(store.rewrite, run_id=run.run_id)
            await Rebuilding(workshop, store, settings, Sample(wanted=RebuildFilter()), sink).work_lane()
        assert rows(engine, _WITH_CALL, line=CALL) == [(0,)]
        assert rows(engine, "SELECT DISTINCT reason FROM revision WHERE revision_no > 1 AND diff::text LIKE '%Harpidetu%'") == [
            ("reextracted",)
        ]
        counted = "SELECT count(*) FROM block_day WHERE :article_id = ANY(article_ids)"
        ((article_id, url),) = rows(engine, "SELECT article_id, canonical_url FROM article WHERE title = 'Ekaitza: 3. eguna'")
        assert rows(engine, counted, article_id=article_id) == [(1,)]
        Forgetting(engine).url(url, reason="test")
        assert rows(engine, counted, article_id=article_id) == [(0,)]


async def _look_again(engine: Engine, settings: Settings, spec: Any) -> None:
    """Drain once more; the new article and every sixth of the others are looked at again."""
    rows(engine, "UPDATE recheck SET due_at = CASE WHEN url_id % 6 = 0 OR url_id > 38 THEN now() ELSE 'infinity' END")
    rows(engine, "UPDATE endpoint SET next_poll_at = now()")
    rows(engine, "UPDATE host SET next_due_at = now()")
    await drain(engine, settings, spec)
