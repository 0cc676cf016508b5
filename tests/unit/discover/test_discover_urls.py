"""URLs: normal form, identity, hosts, forms of one address."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.errors import UnsafeUrlError
from pipeline.urls import (
    MAX_URL_CHARS,
    acceptable_canonical,
    article_key,
    is_amp,
    normalise,
    origin,
    other_forms,
    pace_key,
    registrable_domain,
    same_page_form,
    story_mark,
    unwrap_amp,
    url_sha256,
)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://Example.ORG:80/A/../b#top", "http://example.org/b"),
        ("https://example.org:443", "https://example.org/"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("  https://example.org/a b\n", "https://example.org/a%20b"),
        ("https://example.org/%d0%bd%c3", "https://example.org/%D0%BD%C3"),
        ("https://пример.рф/новость", "https://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=y#f", "https://example.org/a?id=7"),
        ("https://example.org/a?UTM_Medium=x", "https://example.org/a"),
        ("https://example.org/a?ref=rss&p=3", "https://example.org/a?p=3"),
        ("https://example.org/a?ref=story-9", "https://example.org/a?ref=story-9"),
        ("https://example.org/a?", "https://example.org/a"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::1]:8001/a", "http://[::1]:8001/a"),
    ],
)
def test_normal_forms(url: str, normal: str) -> None:
    assert normalise(url) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "mailto:desk@example.org",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "http://exa mple.org/",
        "http://[::1",
        "http://.../",
        "https://example.org/\ud800",
        "https://" + "a" * 64 + "." + "b" * 250 + ".org/",
        "https://example.org/" + "a" * 10_000,
        "https://example.org/" + "ü" * 3_000,  # fits before, not after percent-encoding
    ],
)
def test_refused(url: str) -> None:
    with pytest.raises(UnsafeUrlError):
        normalise(url)


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(UnsafeUrlError) as refusal:
        normalise("https://desk:hunter2@example.org/")
    assert "hunter2" not in str(refusal.value)


def test_the_longest_url_that_is_taken() -> None:
    start = "https://example.org/"
    url = start + "a" * (MAX_URL_CHARS - len(start))
    assert normalise(url) == url


def test_relative_links_are_resolved() -> None:
    assert normalise("../b?x=1", "https://example.org/news/today/") == "https://example.org/news/b?x=1"
    assert normalise("//cdn.example.org/a", "https://example.org/") == "https://cdn.example.org/a"


URL_PARTS = st.text(alphabet=st.sampled_from("aZ09-._~%/?#[]@!$&'()*+,;=:\\ \t\n\x00é日\ud800"), max_size=40)


@given(host=st.sampled_from(["example.org", "EXAMPLE.org.", "127.1", "0x7f.1..", "пример.рф", "[::1]", "a..b", "xn--a"]), rest=URL_PARTS)
@example(host="example.org", rest="?utm_a=1&&b=2")
@example(host="example.org", rest="/%2e%2E/%zz%e2%82%AC?%75tm_x=1&a=%c3")
def test_normalising_twice_changes_nothing(host: str, rest: str) -> None:
    try:
        normal = normalise(f"http://{host}/{rest}")
    except UnsafeUrlError:
        return
    assert normalise(normal) == normal
    assert normal.isascii()
    assert "#" not in normal


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    with suppress(UnsafeUrlError):
        assert normalise(text, "https://example.org/a/").startswith("http")


def test_hashes() -> None:
    url = "https://example.org/a"
    assert len(url_sha256(url)) == 32
    assert article_key(url) == int(format(int.from_bytes(url_sha256(url), "big"), "0256b")[:63], 2)
    assert 0 <= article_key(url) < 2**63


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.example.org:8443/a", "www.example.org"),
        ("http://www.example.org/a", "www.example.org"),
        ("http://127.0.0.1:8001/a", "127.0.0.1:8001"),
        ("http://127.0.0.1/a", "127.0.0.1:80"),
        ("https://[::1]/a", "[::1]:443"),
        ("http://93.184.216.34:8080/", "93.184.216.34"),
    ],
)
def test_pace_keys(url: str, key: str) -> None:
    assert pace_key(url) == key


def test_origin() -> None:
    assert origin("HTTPS://Example.org:443/a?b") == "https://example.org"
    assert origin("http://127.0.0.1:8001/a") == "http://127.0.0.1:8001"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("WWW.BBC.co.uk:443", "bbc.co.uk"),
        ("feeds.outlet.test:8001", "outlet.test"),
        ("outlet.test", "outlet.test"),
        ("one.github.io", "one.github.io"),
        ("github.io", "github.io"),
        ("127.0.0.1:8001", "127.0.0.1:8001"),
        ("[::1]:8001", "[::1]:8001"),
        ("localhost:80", "localhost:80"),
    ],
)
def test_registrable_domains(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("page", "claimed", "accepted"),
    [
        ("https://m.example.org/a?x=1", "https://www.example.org/a#c", "https://www.example.org/a"),
        ("https://example.org/a", " https://example.org/b\n", "https://example.org/b"),
        ("https://example.org/a", "/b", None),
        ("https://example.org/a", "https://example.com/a", None),
        ("https://one.github.io/a", "https://two.github.io/a", None),
        ("https://example.org/a", "https://example.org/", None),
        ("https://example.org/a", "https://www.example.org/index.html", None),
        ("https://example.org/", "https://www.example.org/", "https://www.example.org/"),
        ("https://example.org/a", "https://u:p@example.org/a", None),
        ("https://example.org/a", "https://example-org.cdn.ampproject.org/c/s/example.org/b", "https://example.org/b"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a", None),
    ],
)
def test_canonical_claims(page: str, claimed: str, accepted: str | None) -> None:
    assert acceptable_canonical(page, claimed) == accepted


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://www.example.org/a/", "https://example.org/a", True),
        ("https://m.example.org/a", "https://www.example.org/a", True),
        ("https://amp.example.org/a/amp/", "https://www.example.org/a/", True),
        ("https://example.org/amp/a.html", "https://example.org/a.html", True),
        ("https://example.org/a.amp.html", "https://example.org/a.html", True),
        ("https://example.org/a?outputType=amp", "https://example.org/a", True),
        ("https://example.org/a?id=1&amp=1", "https://example.org/a?id=1", True),
        ("https://example.org/a?id=1", "https://example.org/a?id=2", False),
        ("https://example.org/a", "https://example.org/b", False),
        ("https://news.example.org/a", "https://example.org/a", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a", False),
        ("https://m.org/a", "https://org/a", False),
    ],
)
def test_forms_of_one_page(one: str, other: str, same: bool) -> None:
    assert same_page_form(one, other) is same


@pytest.mark.parametrize(
    "form",
    [
        "http://www.example.org/2026/pier",
        "https://example.org/2026/pier/",
        "https://m.example.org/2026/pier",
        "https://amp.example.org/2026/pier",
        "https://www.example.org/2026/pier/amp/",
        "https://www.example.org/2026/pier?amp=1",
        "https://www.example.org/2026/pier/print",
        "https://www.example.org/2026/pier?print=1",
        "https://mobile.example.org/2026/pier?view=print",
    ],
)
def test_a_page_is_known_by_any_of_its_forms(form: str) -> None:
    assert "https://www.example.org/2026/pier" in other_forms(form)
    assert form in other_forms(form)
    assert same_page_form(form, "https://www.example.org/2026/pier")


@pytest.mark.parametrize(
    "other",
    ["https://www.example.org/2026/print", "https://www.example.org/print/2026/pier", "https://www.example.org/2026/pier?printer=1",
     "https://www.example.org/2026/pier?id=2", "https://news.example.org/2026/pier"],
)  # fmt: skip
def test_other_pages_are_no_forms(other: str) -> None:
    assert "https://www.example.org/2026/pier" not in other_forms(other)


def test_forms_keep_ports_and_addresses() -> None:
    assert "https://example.org:8443/a" in other_forms("https://www.example.org:8443/a/")
    assert all("127.0.0.1:8001" in form for form in other_forms("http://127.0.0.1:8001/a"))
    assert "https://example.org/" in other_forms("http://www.example.org/")


def test_amp() -> None:
    wrapped = "https://www-example-org.cdn.ampproject.org/v/s/www.example.org/a.html?id=2"
    assert unwrap_amp(wrapped) == "https://www.example.org/a.html?id=2"
    assert unwrap_amp("https://www.google.com/amp/s/example.org/a/amp/") == "https://example.org/a/amp/"
    assert unwrap_amp("https://example.org/c/s/x") == "https://example.org/c/s/x"
    assert is_amp("https://example.org/a/amp/") and is_amp("https://amp.example.org/a") and is_amp("https://example.org/a?amp=1")
    assert not is_amp("https://example.org/amplifier") and not is_amp("https://example.org/a?ampere=1")


@pytest.mark.parametrize(
    "other",
    [
        "https://www.example.org/local/mayor-opens-new-bridge-9480213",
        "http://m.example.org/2026/11/20/mayor-opens-new-bridge-9480213.html",
        "https://www.example.org/politics/mayor-opens-new-bridge-9480213/",
        "https://www.example.org/amp/politics/mayor-opens-new-bridge-9480213",
    ],
)
def test_an_article_keeps_its_mark_when_it_moves_to_another_section(other: str) -> None:
    assert story_mark(other) == story_mark("https://www.example.org/politics/mayor-opens-new-bridge-9480213.html") is not None


@pytest.mark.parametrize(
    "other",
    [
        "https://www.example.org/fr/mayor-opens-new-bridge-9480213",
        "https://www.example.org/local/mayor-opens-new-bridge-9480214",
        "https://www.example.org/local/mayor-opens-old-bridge-9480213",
        "https://live.example.org/local/mayor-opens-new-bridge-9480213",
        "https://www.example.com/local/mayor-opens-new-bridge-9480213",
    ],
)
def test_another_language_number_slug_or_site_is_another_article(other: str) -> None:
    assert story_mark(other) != story_mark("https://www.example.org/politics/mayor-opens-new-bridge-9480213")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/local/mayor-opens-new-bridge",
        "https://www.example.org/local/9480213",
        "https://www.example.org/local/news-briefing-for-today-20261127",
        "https://www.example.org/local/news-briefing-for-today-271126",
        "https://www.example.org/local/mayor-opens-new-bridge-9480213?page=2",
        "https://www.example.org/",
    ],
)
def test_addresses_that_may_be_of_several_articles_have_no_mark(url: str) -> None:
    assert story_mark(url) is None
