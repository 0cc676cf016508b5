"""Reservations of rights: how they are read, and how far each setting heeds them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.fetch.rights import may_archive, read_rights, rights_verdict
from pipeline.records import Outcome, Respect, Response, Rights, SiteRights

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _response(*headers: tuple[str, str], html: str = "", raw: bytes | None = None) -> Response:
    body = raw if raw is not None else f"<!doctype html><html><head>{html}</head><body>Text</body></html>".encode()
    return Response(
        url="https://www.beacon.test/1", status=200, headers=(("content-type", "text/html"), *headers), body=body,
        http_version="HTTP/1.1", started_at=NOW, ended_at=NOW, ttfb_ms=5,
    )  # fmt: skip


def _read(*headers: tuple[str, str], html: str = "") -> Rights:
    return read_rights(_response(*headers, html=html), "Dateline")


def test_nothing_said_is_nothing_reserved() -> None:
    assert _read() == Rights()


@pytest.mark.parametrize(
    ("html", "directives"),
    [
        ('<meta name="robots" content="noindex, NoArchive">', ("noarchive", "noindex")),
        ('<META CONTENT="none" NAME="Robots">', ("none",)),
        ('<meta name=robots content="index,follow,max-snippet:-1">', ("max-snippet:-1",)),
        ('<meta name="dateline" content="noarchive"><meta name="otherbot" content="noindex">', ("noarchive",)),
        ('<!-- <meta name="robots" content="noindex"> -->', ()),
        ('<script>"<meta name=robots content=noindex>"</script>', ()),
        ("<style>p {}</style>" * 400 + f'<meta id="{"i" * 3000}" name="robots" content="noindex">' + "<p>text</p>" * 900, ("noindex",)),
        (
            '<meta name="robots" content="unavailable_after: Fri, 20 Nov 2026 12:00:00 GMT, noarchive">',
            ("noarchive", "unavailable_after: fri, 20 nov 2026 12:00:00 gmt"),
        ),
    ],
)
def test_metas(html: str, directives: tuple[str, ...]) -> None:
    assert _read(html=html).robots == directives


@pytest.mark.parametrize(
    ("values", "directives"),
    [
        (["noindex"], ("noindex",)),
        (["noindex, nofollow", "noarchive"], ("noarchive", "nofollow", "noindex")),
        (["otherbot: noindex, nofollow"], ()),
        (["Dateline: noarchive"], ("noarchive",)),
        (["max-image-preview: large"], ("max-image-preview: large",)),
        (["all"], ()),
    ],
)
def test_headers(values: list[str], directives: tuple[str, ...]) -> None:
    assert _read(*(("x-robots-tag", value) for value in values)).robots == directives


def test_both_origins_add_up() -> None:
    rights = _read(("x-robots-tag", "noarchive"), html='<meta name="robots" content="noindex">')
    assert rights.robots == ("noarchive", "noindex")
    assert rights.origins == ("header", "meta")


@pytest.mark.parametrize(
    ("file", "header", "meta", "reserved", "policy"),
    [
        (True, "0", "1", True, "m"),
        (True, "1", "0", False, "m"),
        (False, "1", "", True, "h"),
        (True, "0", "yes", False, "h"),
        (True, "yes", "", True, "f"),
        (None, "2", "", None, "f"),
    ],
)
def test_a_page_supersedes_its_header_and_both_the_file_of_the_site(
    file: bool | None, header: str, meta: str, reserved: bool | None, policy: str
) -> None:
    """TDMRep, "Processing priority"; a value that is neither 0 nor 1 counts as unset."""
    html = f'<meta name="tdm-reservation" content="{meta}"><meta name="tdm-policy" content="m">'
    response = _response(("tdm-reservation", header), ("tdm-policy", "h"), html=html)
    rights = read_rights(response, "Dateline", SiteRights(tdm_reservation=file, tdm_policy="f"))
    assert (rights.tdm_reservation, rights.tdm_policy) == (reserved, policy)


def test_what_the_site_says_is_kept_with_where_it_stood() -> None:
    site = SiteRights(tdm_reservation=False, ai_txt=True, ai_robots=("GPTBot",))
    rights = read_rights(_response(), "Dateline", site)
    assert rights == Rights(tdm_reservation=False, ai_txt=True, ai_robots=("GPTBot",), origins=("tdmrep.json", "ai.txt", "robots.txt"))


def test_no_store_is_a_directive() -> None:
    assert _read(("cache-control", "private, No-Store, max-age=0")).robots == ("no-store",)


def test_hostile_pages_are_read_in_bounds() -> None:
    many = (
        "<meta name=robots content='"
        + "noindex," * 5000
        + "'>"
        + "".join(f"<meta name=robots content=x{number}>" for number in range(3000))
    )
    assert len(_read(html=many).robots) <= 20
    assert read_rights(_response(raw=b"<html>" + b"<div>" * 200_000), "Dateline") == Rights()
    assert read_rights(_response(raw=b"\xff\xfe" + "<html><meta name=robots content=noindex>".encode("utf-16-le")), "Dateline").robots == (
        "noindex",
    )


RESERVED = Rights(tdm_reservation=True)
NOINDEX = Rights(robots=("noindex",))
NOARCHIVE = Rights(robots=("noarchive",))
NO_STORE = Rights(robots=("no-store",))


@pytest.mark.parametrize(
    ("rights", "respect", "loads", "archives"),
    [
        (RESERVED, Respect.NONE, True, True),
        (RESERVED, Respect.TDM, False, False),
        (RESERVED, Respect.ALL, False, False),
        (NOINDEX, Respect.NONE, True, True),
        (NOINDEX, Respect.TDM, True, True),
        (NOINDEX, Respect.ALL, False, False),
        (Rights(robots=("none",)), Respect.ALL, False, False),
        (NOARCHIVE, Respect.TDM, True, True),
        (NOARCHIVE, Respect.ALL, True, False),
        (NO_STORE, Respect.ALL, True, False),
        (Rights(tdm_reservation=False), Respect.ALL, True, True),
        (Rights(ai_txt=True), Respect.NONE, True, True),
        (Rights(ai_txt=True), Respect.TDM, False, False),
        (Rights(ai_txt=False), Respect.ALL, True, True),
        (Rights(ai_robots=("GPTBot",)), Respect.TDM, False, False),
        (Rights(ai_robots=("GPTBot",)), Respect.NONE, True, True),
        (Rights(ai_robots=("PerplexityBot",)), Respect.ALL, True, True),
        (Rights(robots=("noai",)), Respect.TDM, False, False),
        (Rights(robots=("unavailable_after: fri, 20 nov 2026 11:59:00 gmt",)), Respect.ALL, False, False),
        (Rights(robots=("unavailable_after: fri, 20 nov 2026 11:59:00 gmt",)), Respect.TDM, True, True),
        (Rights(robots=("unavailable_after: 2026-11-20t12:00:00z",)), Respect.ALL, False, False),
        (Rights(robots=("unavailable_after: 2026-11-20t12:00:01+00:00",)), Respect.ALL, True, True),
        (Rights(robots=("unavailable_after: 20-nov-26 07:00:00 est",)), Respect.ALL, False, False),
        (Rights(robots=("unavailable_after: some day", "unavailable_after")), Respect.ALL, True, True),
    ],
)
def test_what_each_setting_heeds(rights: Rights, respect: Respect, loads: bool, archives: bool) -> None:
    verdict = rights_verdict(rights, respect, NOW)
    assert (verdict is None) is loads
    assert verdict is None or verdict.outcome is Outcome.RIGHTS
    assert may_archive(rights, respect, NOW) is archives
