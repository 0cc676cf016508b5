"""Ten secrets sent through every way of failing: none is in a log or in a table, but for the addresses themselves (FAULTS 18)."""

from __future__ import annotations

import logging

import pytest
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine, text

from pipeline.settings import Settings

# A URL must be kept as it is to be asked for. Everything that is told of it must not.
ADDRESSES = {"url.url", "endpoint.url", "endpoint.moved_to", "article.canonical_url", "url_alias.url", "capture.final_url"}
_SECRETS = ["api_key", "token", "access_token", "password", "X-Amz-Signature", "sessionid", "auth", "jwt", "pwd", "client_secret"]


class Leaky(Site):
    """Fails in another way at each path, with a cookie that nobody must keep."""

    def _reply(self, path: str, if_none_match: str | None) -> tuple[int, bytes]:
        here, _, query = path.partition("?")
        cookie = "Set-Cookie: id=canary; Path=/\r\nWWW-Authenticate: Bearer canary\r\nContent-Length: "
        ways = {
            "/missing": f"404 Not Found\r\n{cookie}0\r\n\r\n",
            "/forbidden": f"403 No\r\n{cookie}0\r\n\r\n",
            "/error": f"500 No\r\n{cookie}6\r\n\r\ncanary",
            "/packed": f"200 OK\r\nContent-Encoding: br\r\n{cookie}6\r\n\r\n<html>",
            "/large": f"200 OK\r\n{cookie}999999999999\r\n\r\n",
            "/pdf": f"200 OK\r\nContent-Type: application/pdf\r\n{cookie}5\r\n\r\n%PDF-",
            "/inside": f"302 Found\r\nLocation: http://10.0.0.1/?{query}\r\n{cookie}0\r\n\r\n",
            "/circle": f"302 Found\r\nLocation: /circle?{query}&more\r\n{cookie}0\r\n\r\n",
            "/login": f"302 Found\r\nLocation: http://user:canary@127.0.0.1/\r\n{cookie}0\r\n\r\n",
            "/away.xml": f"301 Gone\r\nLocation: http://elsewhere.test/?{query}\r\n{cookie}0\r\n\r\n",
            "/broken.xml": f"200 OK\r\n{cookie}9\r\n\r\n<rss><cha",
            "/busy.xml": f"503 Busy\r\nRetry-After: 9\r\n{cookie}0\r\n\r\n",
        }
        if here not in ways:
            return super()._reply(path, if_none_match)
        return 0, f"HTTP/1.1 {ways[here]}".encode()


@pytest.mark.parametrize("others", [("/away.xml", "/broken.xml"), ("/busy.xml",)])
async def test_ten_canaries_sing_nowhere(
    engine: Engine, settings: Settings, caplog: pytest.LogCaptureFixture, others: tuple[str, ...]
) -> None:
    caplog.set_level(logging.DEBUG)
    here = site_settings(settings).model_copy(update={"max_tries": 1, "rights_files": True})
    query = "&".join(f"{name}=canary{number}" for number, name in enumerate(_SECRETS))
    assert query.count("canary") == 10
    pages = ("missing", "forbidden", "error", "packed", "large", "pdf", "inside", "circle", "login", "news")
    async with serving(Leaky()) as site:
        site.documents[f"/news?{query}"] = (HTML, story_page("Pier"))
        links = [f"{site.origin}/{page}?{query}" for page in pages]
        site.documents[f"/feed.xml?{query}"] = (RSS, rss([item(link) for link in [*links, "http://user:canary@e.test/"]]))
        spec = feeds(site, f"/feed.xml?{query}", *(f"{path}?{query}" for path in others))
        await drain(engine, here, spec)
    assert "canary" not in caplog.text
    assert _places(engine) <= ADDRESSES
    with engine.begin() as connection:
        outcomes = {row.outcome for row in connection.execute(text("SELECT outcome FROM url"))}
        assert connection.execute(text("SELECT count(*) FROM fetch_log WHERE url LIKE '%***%'")).scalar_one() > 10
    assert len(outcomes) >= 7, "each page failed in its own way"


def _places(engine: Engine) -> set[str]:
    """The columns that hold a canary, as table.column."""
    with engine.begin() as connection:
        tables = connection.execute(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'news'::regnamespace AND relkind IN ('r', 'p')")
        )
        return {
            f"{table}.{name}"
            for table in tables.scalars().all()
            for row in connection.execute(text(f"SELECT to_jsonb(t) AS fields FROM news.{table} t WHERE to_jsonb(t)::text LIKE '%canary%'"))
            for name, value in row.fields.items()
            if "canary" in str(value)
        }
