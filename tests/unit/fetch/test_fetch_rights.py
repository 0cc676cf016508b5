"""Reservations of rights: how they are read, and how far each setting heeds them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.fetch.rights import may_archive, read_rights, rights_verdict
from pipeline.records import Outcome, Respect, Response, Rights

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
    ("header", "meta", "reserved"), [("1", "0", True), ("0", "1", True), ("0", "0", False), ("yes", "", None), ("1", "", True)]
)
def test_of_two_tdm_statements_the_stricter_counts(header: str, meta: str, reserved: bool | None) -> None:
    assert _read(("tdm-reservation", header), html=f'<meta name="tdm-reservation" content="{meta}">').tdm_reservation is reserved


def test_the_policy_is_kept() -> None:
    assert _read(("tdm-policy", "https://www.beacon.test/policy.json")).tdm_policy == "https://www.beacon.test/policy.json"


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
    ],
)
def test_what_each_setting_heeds(rights: Rights, respect: Respect, loads: bool, archives: bool) -> None:
    verdict = rights_verdict(rights, respect)
    assert (verdict is None) is loads
    assert verdict is None or verdict.outcome is Outcome.RIGHTS
    assert may_archive(rights, respect) is archives
