"""Endpoints come, go and come back: what is gone is looked at weekly, indexes can't breed without end, links are learnt."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders import poll_result, source
from desk import Desk
from site_on_loopback import HTML, Site, drain, serving, site_settings
from sqlalchemy import Engine, text

from pipeline.records import Batch, Candidate, Endpoint, EndpointKind, EndpointSpec, Rhythm, SourceSpec
from pipeline.settings import Settings
from pipeline.store.sources import Sources

DAY = timedelta(days=1)
INDEX = "https://www.beacon.test/index.xml"


def due_again(desk: Desk) -> Batch:
    """The next batch, with everything that is polled at all due now."""
    desk.rows("UPDATE news.endpoint SET next_poll_at = now() - interval '1 minute'")
    desk.rows("UPDATE news.host SET next_due_at = now(), next_allowed_at = now() - interval '1 minute'")
    return desk.claim()


def finish(desk: Desk, batch: Batch, endpoint: Endpoint, **changed: object) -> None:
    result = replace(poll_result(endpoint, ()), polled_at=datetime.now(UTC), **changed)  # type: ignore[arg-type]  # fields of PollResult
    desk.polls.finish(result, token=batch.token, run_id=desk.run_id)
    desk.release(batch)


def test_what_is_gone_is_looked_at_weekly_and_comes_back(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = due_again(desk)
    week = datetime.now(UTC) + 7 * DAY
    finish(desk, batch, batch.endpoints[0], ok=False, next_poll_at=week, retired_reason="410 Gone", probed=True)
    assert desk.rows("SELECT retired_reason, probed FROM news.endpoint") == [("410 Gone", True)]
    assert desk.rows("SELECT h.next_due_at = e.next_poll_at FROM news.host h JOIN news.endpoint e USING (host)") == [(True,)]

    batch = due_again(desk)
    assert batch.endpoints[0].retired
    finish(desk, batch, batch.endpoints[0], ok=False, next_poll_at=week)  # still not there
    assert desk.rows("SELECT retired_reason, probed FROM news.endpoint") == [("410 Gone", True)]

    batch = due_again(desk)
    finish(desk, batch, batch.endpoints[0])
    assert desk.rows("SELECT retired_at, retired_reason, probed FROM news.endpoint") == [(None, None, False)]


def test_an_endpoint_that_the_source_file_dropped_is_not_brought_back_by_a_late_poll(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = due_again(desk)
    Sources(desk.engine).sync([replace(source("beacon"), endpoints=())])
    finish(desk, batch, batch.endpoints[0])
    assert desk.rows("SELECT retired_reason FROM news.endpoint") == [("no longer in the source file",)]


def test_what_was_learnt_of_an_endpoint_is_handed_out_again(desk: Desk) -> None:
    desk.add_source("beacon", range(1))
    batch = due_again(desk)
    rhythm = Rhythm(entries=tuple(float(n) for n in range(31)), watched=(2.0,) * 31)
    finish(desk, batch, batch.endpoints[0], rhythm=rhythm, window=17)
    endpoint = due_again(desk).endpoints[0]
    assert (endpoint.rhythm, endpoint.window) == (rhythm, 17)


def index_of(*children: str) -> dict[str, object]:
    """A whole index that lists these sitemaps."""
    specs = tuple(EndpointSpec(kind=EndpointKind.SITEMAP, url=f"https://www.beacon.test/{child}.xml") for child in children)
    return {"children": specs, "kind": EndpointKind.SITEMAP_INDEX, "body_sha256": b"x" * 32}


def polled(desk: Desk) -> list[str]:
    found = desk.rows("SELECT url FROM news.endpoint WHERE retired_at IS NULL AND parent_id IS NOT NULL ORDER BY url")
    return [url.rpartition("/")[2].removesuffix(".xml") for (url,) in found]


def index_endpoint(batch: Batch) -> Endpoint:
    return next(endpoint for endpoint in batch.endpoints if endpoint.url == INDEX)


def test_sitemaps_go_and_come_back_with_their_index(desk: Desk) -> None:
    Sources(desk.engine).sync([replace(source("beacon"), endpoints=(EndpointSpec(kind=EndpointKind.SITEMAP_INDEX, url=INDEX),))])
    for listed in (("october", "november"), ("november", "december"), ("october",)):
        batch = due_again(desk)
        finish(desk, batch, index_endpoint(batch), **index_of(*listed))
        assert polled(desk) == sorted(listed)
    batch = due_again(desk)
    finish(desk, batch, index_endpoint(batch), **{**index_of(), "body_sha256": None})  # it broke off
    assert polled(desk) == ["october"]


def test_indexes_lie_three_deep_and_name_five_hundred_at_the_most(desk: Desk) -> None:
    Sources(desk.engine).sync([replace(source("beacon"), endpoints=(EndpointSpec(kind=EndpointKind.SITEMAP_INDEX, url=INDEX),))])
    for generation in range(6):
        batch = due_again(desk)
        deepest = max(batch.endpoints, key=lambda endpoint: endpoint.endpoint_id)
        finish(desk, batch, deepest, **index_of(f"again-{generation}"))
    assert polled(desk) == ["again-0", "again-1", "again-2"]
    batch = due_again(desk)
    finish(desk, batch, index_endpoint(batch), **index_of("again-0", *(f"page-{number}" for number in range(600))))
    assert len(polled(desk)) == 500 and "again-0" in polled(desk)


async def test_links_are_judged_by_what_became_articles_on_the_site(engine: Engine, settings: Settings) -> None:
    async with serving(Site()) as site:
        site.documents["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /n/")
        site.documents["/"] = (HTML, b"<p><a href='/n/901'>Pier</a> <a href='/about'>About</a></p>")
        front = EndpointSpec(kind=EndpointKind.HOMEPAGE, url=f"{site.origin}/")
        outlet = SourceSpec(slug="beacon", name="Beacon", homepage=f"{site.origin}/", language="en", endpoints=(front,))
        Sources(engine).sync([outlet])
        statement = text(
            "INSERT INTO news.url (url_sha256, url, source_id, host, outcome, finished_at)"
            " SELECT decode(md5(:salt || n) || md5(n::text), 'hex'), :origin || '/n/' || n, source_id, host, 'paywalled', now()"
            " FROM news.endpoint, generate_series(1, 5) AS n"
        )
        with engine.begin() as connection:
            connection.execute(statement, {"salt": uuid.uuid4().hex, "origin": site.origin})
        await drain(engine, site_settings(settings), outlet)
        with engine.connect() as connection:
            found = connection.execute(text("SELECT url FROM news.url WHERE outcome = 'robots'")).scalars().all()
        assert found == [f"{site.origin}/n/901"]


def test_what_a_whole_feed_lists_no_longer_has_left_it_and_nothing_is_deleted(desk: Desk) -> None:
    desk.add_source("beacon", range(3))
    urls = [f"https://www.beacon.test/news/{n}" for n in range(3)]

    def look(*listed: int) -> list[bool]:
        batch = due_again(desk)
        candidates = tuple(Candidate(url=urls[n]) for n in listed)
        finish(desk, batch, batch.endpoints[0], candidates=candidates, complete=True, listed=tuple(urls[n] for n in listed))
        return [
            bool(row[0]) for row in desk.rows("SELECT left_at IS NOT NULL FROM news.sighting JOIN news.url USING (url_id) ORDER BY url")
        ]

    assert look(0, 1, 2) == [False, False, False]
    assert look(0, 2) == [False, True, False]
    since = desk.rows("SELECT max(left_at) FROM news.sighting")
    assert look(2) == [True, True, False]
    assert desk.rows("SELECT min(left_at) FROM news.sighting") == since
    assert look(1, 2) == [True, False, False]  # it is back
    assert desk.rows("SELECT complete, (SELECT count(*) FROM news.url) FROM news.endpoint") == [(True, 3)]
