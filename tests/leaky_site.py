"""A site that fails in every way, asked for with ten secrets in each URL, and where they turned up (FAULTS 18)."""

from __future__ import annotations

from asking import rows
from site_on_loopback import HTML, RSS, Site, feeds, item, rss, story_page
from sqlalchemy import Engine

from pipeline.records import SourceSpec

CANARY = "canary"
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


SECRETS = "&".join(f"{name}={CANARY}{number}" for number, name in enumerate(_SECRETS))
_PAGES = ("missing", "forbidden", "error", "packed", "large", "pdf", "inside", "circle", "login", "news")


def leaking(site: Site, *others: str) -> SourceSpec:
    """A source whose feed names each failure of the site, and with these other endpoints."""
    site.documents[f"/news?{SECRETS}"] = (HTML, story_page("Pier"))
    links = [f"{site.origin}/{page}?{SECRETS}" for page in _PAGES]
    site.documents[f"/feed.xml?{SECRETS}"] = (RSS, rss([item(link) for link in [*links, "http://user:canary@e.test/"]]))
    return feeds(site, f"/feed.xml?{SECRETS}", *(f"{path}?{SECRETS}" for path in others))


def places(engine: Engine, schema: str) -> set[str]:
    """The columns of a schema's tables that hold a canary, as table.column."""
    tables = rows(
        engine,
        "SELECT oid::regclass::text AS named, relname FROM pg_class"
        " WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind IN ('r', 'p')",
        schema=schema,
    )
    return {
        f"{table.relname}.{name}"
        for table in tables
        for row in rows(engine, f"SELECT to_jsonb(t) AS fields FROM {table.named} t WHERE to_jsonb(t)::text LIKE '%{CANARY}%'")
        for name, value in row.fields.items()
        if CANARY in str(value)
    }
