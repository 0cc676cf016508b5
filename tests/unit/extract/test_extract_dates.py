"""Reading and choosing dates."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.extract.dates import choose_modified, choose_published, read_date, url_date, written
from pipeline.records import DateClaim, Evidence, Precision

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 5, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "at", "precision"),
    [
        ("2026-05-13T15:44:10+02:00", None, "2026-05-13T13:44:10", "second"),
        ("2026-05-13T15:44:10.123Z", None, "2026-05-13T15:44:10", "second"),
        ("2026-05-13T15:44:10+0200", None, "2026-05-13T13:44:10", "second"),
        ("2026-05-13 15:44", None, "2026-05-13T13:44:00", "minute"),
        ("2026-05-13", None, "2026-05-12T22:00:00", "day"),
        ("2026-05-13T00:00:00Z", None, "2026-05-13T00:00:00", "day"),
        ("20260513T154410Z", None, "2026-05-13T15:44:10", "second"),
        ("Wed, 13 May 2026 15:44:10 GMT", "en", "2026-05-13T15:44:10", "second"),
        ("May 13, 2026 3:44 pm EDT", "en", "2026-05-13T19:44:00", "minute"),
        ("Published 13 May 2026 at 15:44", "en", "2026-05-13T13:44:00", "minute"),
        ("13. Mai 2026, 15:44 Uhr", "de", "2026-05-13T13:44:00", "minute"),
        ("Publié le 13 mai 2026 à 15h44", "fr", "2026-05-13T13:44:00", "minute"),
        ("13 de mayo de 2026", "es", "2026-05-12T22:00:00", "day"),
        ("13 мая 2026, 15:44", "ru", "2026-05-13T13:44:00", "minute"),
        ("2026年5月13日 15時44分", "ja", "2026-05-13T13:44:00", "minute"),
        ("13.05.2026", "de", "2026-05-12T22:00:00", "day"),
        ("05/13/2026", "en", "2026-05-12T22:00:00", "day"),
        ("13/05/2026", "en", "2026-05-12T22:00:00", "day"),
        ("02/03/2026", "fr", "2026-03-01T23:00:00", "day"),
    ],
)
def test_printed_dates(text: str, language: str | None, at: str, precision: str) -> None:
    expected = DateClaim(at=datetime.fromisoformat(at).replace(tzinfo=UTC), precision=Precision(precision))
    assert read_date(text, zone=BERLIN, language=language) == expected


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("May 13, 2026, 8:15 a.m. ET", "2026-05-13T12:15:00", "minute"),
        ("January 13, 2026, 8:15 a.m. ET", "2026-01-13T13:15:00", "minute"),
        ("8:15 AM CT, May 13, 2026", "2026-05-13T13:15:00", "minute"),
        ("8:15 a.m. (MT) on 13 May 2026", "2026-05-13T14:15:00", "minute"),
        ("Updated May 13, 2026 8:15 pm pt", "2026-05-14T03:15:00", "minute"),
        ("May 13, 2026 8:15 a.m. Eastern Time", "2026-05-13T12:15:00", "minute"),
        ("May 13, 2026 8:15 a.m. US Pacific Daylight Time", "2026-05-13T15:15:00", "minute"),
        ("May 13, 2026 8:15 a.m. Eastern", "2026-05-13T12:15:00", "minute"),
        ("13 May 2026 10:15 UTC+2", "2026-05-13T08:15:00", "minute"),
        ("13 May 2026 10:15 (UTC+02:00)", "2026-05-13T08:15:00", "minute"),
        ("13 May 2026 10:15 GMT+5:30", "2026-05-13T04:45:00", "minute"),
        ("13 May 2026 10:15 GMT-4", "2026-05-13T14:15:00", "minute"),
        ("13 May 2026 10:15 UTC−0330", "2026-05-13T13:45:00", "minute"),
        ("10:15 GMT - 13 May 2026", "2026-05-13T10:15:00", "minute"),
        ("13 May 2026 10:15 +0300", "2026-05-13T07:15:00", "minute"),
        ("2026-05-13 08:15 ET", "2026-05-13T12:15:00", "minute"),
        ("2026-05-13 8:15 PM ET", "2026-05-14T00:15:00", "minute"),
        ("13 Mei 2026 10:15 WIB", "2026-05-13T03:15:00", "minute"),
        ("13 May 2026, 10:15 IST", "2026-05-12T22:00:00", "day"),
        ("2026-05-13 10:15 IST", "2026-05-12T22:00:00", "day"),
        ("13 May 2026 10:15 (CST)", "2026-05-12T22:00:00", "day"),
        ("13 May 2026 10:15 UTC+25", "2026-05-12T22:00:00", "day"),
        ("13 May 2026 10:15 CEST", "2026-05-13T08:15:00", "minute"),
        ("13 May 2026 10:15 BY ANA SILVA", "2026-05-13T08:15:00", "minute"),
        ("13 May 2026 10:15 AFP", "2026-05-13T08:15:00", "minute"),
        ("BBC 13 May 2026 10:15", "2026-05-13T08:15:00", "minute"),
        ("13 May 2026 10:15 Amsterdam", "2026-05-13T08:15:00", "minute"),
        ("13. MAI 2026, 10:15 UHR", "2026-05-13T08:15:00", "minute"),
        ("13 May 2026 1015 hrs, 10:15 HRS IST", "2026-05-12T22:00:00", "day"),
        ("13 May 2026 10:15 Art and design", "2026-05-13T08:15:00", "minute"),
        ("13 May 2026 10:15 Central Europe", "2026-05-13T08:15:00", "minute"),
    ],
)
def test_a_zone_after_the_time(text: str, at: str, precision: str) -> None:
    expected = DateClaim(at=datetime.fromisoformat(at).replace(tzinfo=UTC), precision=Precision(precision))
    assert read_date(text, zone=BERLIN, language="en") == expected


def test_an_ambiguous_zone_is_the_outlets_where_its_clock_goes_by_that_name() -> None:
    read = read_date("13 May 2026, 10:15 IST", zone=ZoneInfo("Asia/Kolkata"), language="en")
    assert read == DateClaim(at=datetime(2026, 5, 13, 4, 45, tzinfo=UTC), precision=Precision.MINUTE)
    french = read_date("Publié le 13 mai 2026 à 10:15 ET MODIFIÉ", zone=BERLIN, language="fr")
    assert french == DateClaim(at=datetime(2026, 5, 13, 8, 15, tzinfo=UTC), precision=Precision.MINUTE)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-45", "31.02.2026", "0000-00-00T00:00:00", "9999999999999", "May 2026", "2026-05-13T25:61:00Z"]
)
def test_what_is_no_date(text: str) -> None:
    read = read_date(text, zone=BERLIN, language="en")
    assert read is None


def _claim(value: str, origin: str = "jsonld", field: str = "published") -> Evidence:
    return Evidence(field=field, value=value, origin=origin)


def _published(*claims: Evidence) -> datetime | None:
    chosen = choose_published(claims, zone=BERLIN, language="de", now=NOW)
    return chosen[0].at if chosen else None


def test_json_ld_goes_before_what_is_printed() -> None:
    assert _published(_claim("1.5.2026", "html", "printed_date"), _claim("2026-05-02T10:00:00Z")) == datetime(2026, 5, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2026-05-16T00:00:01Z", "0001-01-01", "9999-12-31T23:59:59Z"]
)
def test_absurd_dates_are_passed_over(value: str) -> None:
    assert _published(_claim(value)) is None
    assert _published(_claim(value), _claim("2026-05-02T10:00:00Z", "opengraph")) == datetime(2026, 5, 2, 10, tzinfo=UTC)


_YEARS = (1, 99, 1000, 1492, 1582, 1752, 1815, 1899, 1900, 1914, 1969, 1970, 2027, 2036, 2038, 2099, 2106, 2554, 3026, 9998, 9999)
_ABSURD = (
    *(f"{year:04d}-06-15T10:00:00Z" for year in _YEARS),
    *(f"15 June {year:04d}" for year in _YEARS),
    *(
        f"2026-{month:02d}-{day:02d}T10:00:00Z"
        for month, day in ((0, 1), (13, 1), (99, 9), (1, 0), (1, 32), (2, 29), (2, 30), (4, 31), (5, 17))
    ),
    *("2026-05-14T25:00Z", "2026-05-14T10:61Z", "2026-05-14T99:99:99Z", "2026-05-14T24:60:00Z", "2026-05-00", "2026-05-32"),
    *("infinity", "-infinity", "NaN", "null", "None", "now", "today", "tomorrow", "epoch", "undefined", "Invalid Date", "[object Object]"),
    *(
        "0",
        "-1",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "10000-01-01",
        "99999-12-31T23:59:59Z",
        "+292278994-08-17",
        "1E400",
        "9" * 99,
        "1" * 20,
    ),
    *(
        "Mon, 00 Xxx 0000 00:00:00",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Wed, 14 May 2126 08:00:00 GMT",
        "{{ date }}",
        "%Y-%m-%d",
        "yyyy-MM-dd",
    ),
    *(
        "\N{ARABIC-INDIC DIGIT TWO}" * 4,
        "P1D",
        "--11-14",
        "31.02.2026",
        "32.01.2026",
        "00.00.0000",
        "29 February 2026",
        "in 5 minutes",
        "5/2126",
    ),
    *(
        "253402300800",
        "-62135596800",
        "99999999999999",
        "14.13.2026",
        "2026/13/45",
        "44.05.2026 10:00",
        "May 44, 2026",
        "the 99th of May 2026",
    ),
)


@pytest.mark.parametrize("origin", ["jsonld", "opengraph", "html"])
def test_of_a_hundred_absurd_dates_none_becomes_a_publication(origin: str) -> None:
    assert len(set(_ABSURD)) >= 100
    assert {text: at for text in _ABSURD if (at := _published(_claim(text, origin))) is not None} == {}


def test_a_day_is_sharpened_by_a_time_of_the_same_day() -> None:
    assert _published(_claim("2026-05-02"), _claim("2026-05-02T10:00:00+02:00", "html", "time")) == datetime(2026, 5, 2, 8, tzinfo=UTC)


def test_a_day_with_a_label_goes_before_one_in_a_sentence_and_behind_a_stamp_near_the_headline() -> None:
    near, teaser = _claim("A tram in Uman, 12 May 2026", "html", "date_within"), _claim("11 May 2026", "html", "printed_date")
    labelled = _claim("3 March 2019", "html", "labelled_date")
    assert _published(teaser, labelled, _claim("12 May 2026", "html", "date_near")) == datetime(2026, 5, 11, 22, tzinfo=UTC)
    assert _published(teaser, near, _claim("14 May 2026", "html", "labelled_date")) == datetime(2026, 5, 13, 22, tzinfo=UTC)


def test_the_day_of_the_crawl_in_the_page_head_is_not_believed() -> None:
    assert _published(_claim("Donnerstag, 14. Mai 2026", "html", "printed_date")) is None
    assert _published(_claim("14. Mai 2026, 9:30", "html", "printed_date")) == datetime(2026, 5, 14, 7, 30, tzinfo=UTC)


def test_modified_is_later_than_published() -> None:
    published = DateClaim(at=datetime(2026, 5, 2, 10, tzinfo=UTC), precision=Precision.SECOND)

    def modified(value: str) -> DateClaim | None:
        return choose_modified([_claim(value, field="modified")], published=published, zone=BERLIN, language=None, now=NOW)

    assert modified("2026-05-03T10:00:00Z") == DateClaim(at=datetime(2026, 5, 3, 10, tzinfo=UTC), precision=Precision.SECOND)
    assert modified("2026-05-01T10:00:00Z") is None
    assert modified("2031-05-01T10:00:00Z") is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.example/2026/05/13/harbour", "2026-05-13"),
        ("https://news.example/a/20260513-harbour", "2026-05-13"),
        ("https://news.example/world-2026-05-13", "2026-05-13"),
        ("https://2026.05.13.example/harbour", None),
        ("https://news.example/article/123456789", None),
    ],
)
def test_day_in_the_url(url: str, day: str | None) -> None:
    assert url_date(url) == day


def test_nothing_is_published_in_the_future() -> None:
    berlin, now = ZoneInfo("Europe/Berlin"), datetime(2026, 5, 3, 12, 0, tzinfo=UTC)

    def published(*values: str) -> DateClaim | None:
        claims = [Evidence(field="published", value=value, origin="jsonld") for value in values]
        found = choose_published(claims, zone=berlin, language="de", now=now)
        return found[0] if found else None

    assert published("2026-05-04T08:00:00+02:00") is None
    assert published("2026-05-04") is None
    assert published("2026-05-04T08:00:00+02:00", "2026-05-03T11:00:00+02:00") == DateClaim(
        at=datetime(2026, 5, 3, 9, tzinfo=UTC), precision=Precision.SECOND
    )
    # a system that writes local time and calls it UTC
    assert published("2026-05-03T13:30:00Z") == DateClaim(at=datetime(2026, 5, 3, 11, 30, tzinfo=UTC), precision=Precision.SECOND)
    assert published("2026-05-03T11:30:00Z") == DateClaim(at=datetime(2026, 5, 3, 11, 30, tzinfo=UTC), precision=Precision.SECOND)


@pytest.mark.parametrize("precision", list(Precision))
def test_a_written_date_is_read_as_it_was(precision: Precision) -> None:
    at = datetime(2026, 5, 12, 22, tzinfo=UTC) if precision is Precision.DAY else datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
    dated = DateClaim(at=at, precision=precision)
    assert read_date(written(dated, BERLIN), zone=BERLIN, language=None) == dated
