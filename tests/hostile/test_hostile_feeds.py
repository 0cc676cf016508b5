"""Documents made to hang or fill a poller: each is refused or read in bounded time and memory, in this very process.

Read in a killable child all the same: what is not well-formed goes to feedparser, which was seen to work for more than 40 s on a broken
feed of 2.3 MB with 200,000 attributes on one tag, and five seconds on 20,000 broken items.
"""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.discover.autodiscover import find_endpoints, sitemap_lines
from pipeline.discover.document import read_document
from pipeline.discover.feeds import read_feed
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, Reading

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
URL = "https://www.example.org/feed.xml"
MEGABYTE = 1_000_000
ITEM = b"<item><title>t</title><link>https://www.example.org/a</link></item>"


def read(body: bytes, kind: EndpointKind = EndpointKind.RSS) -> Reading:
    return read_document(kind, body, url=URL, content_type=None, now=NOW)


@pytest.fixture
def in_bounded_time() -> Iterator[None]:
    """Ten CPU seconds, the limit that a child has; most take milliseconds."""
    start = time.process_time()
    yield
    assert time.process_time() - start < 10


def rss(inside: bytes) -> bytes:
    return b'<?xml version="1.0"?><rss version="2.0"><channel>' + inside + b"</channel></rss>"


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
QUADRATIC = b'<!DOCTYPE rss [<!ENTITY a "' + b"x" * 50_000 + b'">]>' + rss(b"<title>" + b"&a;" * 20_000 + b"</title>")


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE rss [<!ENTITY l0 "lol">' + LAUGHS + b"]>" + rss(b"<item><title>&l9;</title></item>"),
        QUADRATIC,
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + rss(b"<item><title>&x;</title></item>"),
        b'<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>' + rss(ITEM),
        b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]><urlset><url><loc>https://www.example.org/&x;</loc></url></urlset>',
    ],
)
@pytest.mark.usefixtures("in_bounded_time")
def test_entities_are_refused(body: bytes) -> None:
    with pytest.raises(FeedUnreadableError, match="entities"):
        read(body)


def test_twenty_xml_attacks_take_a_second_and_64_mib_at_the_most_and_read_nothing(tmp_path: Path) -> None:
    """FAULTS 11, in a process of its own: its memory is measured, and nothing that it does can reach this one."""
    secret = tmp_path / "secret"
    secret.write_text("canary")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        command = [sys.executable, str(Path(__file__).with_name("xml_child.py")), str(secret), str(listener.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        with pytest.raises(BlockingIOError):  # nobody came
            listener.accept()
    _, *results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == 20
    assert {result["name"]: result["seconds"] for result in results if result["seconds"] > 1} == {}
    assert {result["name"]: result["growth"] for result in results if result["growth"] > 64 * 1024 * 1024} == {}
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"])
def test_entities_in_another_encoding_are_not_resolved(encoding: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    document = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
    document += "<rss><channel><item><title>a&x;b</title><link>https://www.example.org/a</link></item></channel></rss>"
    try:
        reading = read(document.encode(encoding))
    except FeedUnreadableError:
        return
    assert "canary" not in repr(reading)


def test_xinclude_and_external_dtds_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY x "canary">')
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'.encode()
    body = f'<!DOCTYPE rss SYSTEM "file://{secret}">'.encode() + rss(
        b"<item><title>t" + include + b"&x;</title><link>https://www.example.org/a</link></item>"
    )
    assert "canary" not in repr(read(body))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (rss(b"<item><a>" * 100_000), EndpointKind.RSS),
        (b"<rss><channel>" + b"<item>" * 300_000, EndpointKind.RSS),
        (b"<urlset>" + b"<url>" * 300_000, EndpointKind.SITEMAP),
        (rss(b"<item><title>" + b"x" * 20 * MEGABYTE + b"</title></item>"), EndpointKind.RSS),
        (b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 500_000, EndpointKind.JSONFEED),
        (b'{"version":"https://jsonfeed.org/version/1","items":[{"id":' + b"9" * 500_000 + b"}]}", EndpointKind.JSONFEED),
    ],
)
@pytest.mark.usefixtures("in_bounded_time")
def test_depth_and_length_are_refused(body: bytes, kind: EndpointKind) -> None:
    with pytest.raises(FeedUnreadableError):
        read(body, kind)


def test_two_hundred_thousand_attributes() -> None:
    attributes = b" ".join(b'a%d="1"' % n for n in range(200_000))
    start = time.process_time()
    assert len(read(rss(b"<item " + attributes + b">" + ITEM[6:])).candidates) == 1
    assert time.process_time() - start < 3


@pytest.mark.usefixtures("in_bounded_time")
def test_many_namespaces_links_and_categories_of_one_entry() -> None:
    spaces = b"".join(b'<n%d:x xmlns:n%d="urn:%d"/>' % (n, n, n) for n in range(20_000))
    links = b"<link>https://www.example.org/a</link>" * 20_000 + b"<category>c</category>" * 20_000
    (candidate,) = read(rss(b"<item>" + links + spaces + b"</item>")).candidates
    assert len(candidate.categories) <= 50


@pytest.mark.usefixtures("in_bounded_time")
def test_a_feed_of_fifty_megabytes_is_read_up_to_its_limit_in_bounded_memory() -> None:
    item = b"<item><title>t%d</title><link>https://www.example.org/%d</link><description>" + b"word " * 19_200 + b"</description></item>"
    body = rss(b"".join(item % (n, n) for n in range(520)))
    assert len(body) < 50 * MEGABYTE < len(body) + 2 * MEGABYTE
    tracemalloc.start()
    try:
        assert len(read(body).candidates) == 520
        assert tracemalloc.get_traced_memory()[1] < 100 * MEGABYTE  # summaries included; the body itself is the caller's
    finally:
        tracemalloc.stop()
    with pytest.raises(FeedUnreadableError, match="larger"):
        read(body + b" " * 2 * MEGABYTE)


@pytest.mark.usefixtures("in_bounded_time")
def test_a_gigabyte_of_whitespace_is_not_inflated() -> None:
    """Packed in a hundred members of ten megabytes each, a hundred times over a sitemap's cap by its end."""
    bomb = gzip.compress(b"<urlset>") + gzip.compress(b" " * 10 * MEGABYTE) * 100
    tracemalloc.start()
    try:
        with pytest.raises(FeedUnreadableError, match="uncompressed"):
            read(bomb, EndpointKind.SITEMAP)
        assert tracemalloc.get_traced_memory()[1] < 60 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_large_broken_feeds_are_not_given_to_the_slow_reader() -> None:
    with pytest.raises(FeedUnreadableError, match="too large to repair"):
        read(rss(b"<item><b></item>" + b"x" * 4 * MEGABYTE))


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 200_000 + b"<a href=/x-y-z-w-v>a b c d e</a>",
        b"<a href=/x-y-z-w-v>" * 50_000,
        b"<a href=/x-y-z-w-v><b>" * 20_000,
        b"<a " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b" href=/x-y-z-w-v>a</a>",
        b"<p><x>" * 50_000,
    ],
)
@pytest.mark.usefixtures("in_bounded_time")
def test_pages_made_to_hang(page: bytes) -> None:
    body = b"<!doctype html><html><body>" + page
    with pytest.raises(FeedUnreadableError):
        read(body, EndpointKind.HOMEPAGE)
    with pytest.raises(FeedUnreadableError):
        find_endpoints(body, url=URL)


@pytest.mark.usefixtures("in_bounded_time")
def test_long_flat_pages_are_read() -> None:
    links = b"".join(b'<li><a href="/news/%d/a-slug-of-five-words">A headline of five words</a>' % n for n in range(50_000))
    svg = b'<svg><path d="' + b"1 2 " * 200_000 + b'"/></svg>'
    feeds = b"<link rel=alternate type=application/rss+xml href=/f>" * 10_000
    assert len(read(b"<!doctype html>" + svg + links, EndpointKind.HOMEPAGE).candidates) == 5_000
    assert len(find_endpoints(b"<!doctype html>" + feeds + svg, url=URL)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<" * 300_000,
        "<a" * 100_000,
        "<!--" * 200_000,
        "&" * MEGABYTE,
        "<!DOCTYPE" * 100_000,
        "<?xml " * 100_000,
        "]" * MEGABYTE,
        "<![CDATA[" * 100_000,
        "\n " * 300_000,
    ],
)
@pytest.mark.usefixtures("in_bounded_time")
def test_patterns_stay_linear(text: str) -> None:
    for body in (text, f"<!DOCTYPE rss [{text}", f"<rss>{text}"[: 2 * MEGABYTE]):
        with pytest.raises(FeedUnreadableError):
            read_feed(body.encode(), url=URL, content_type=None, now=NOW)
    (candidate,) = read(
        rss(b"<item><link>https://www.example.org/a</link><title><![CDATA[" + text.replace("]]>", "").encode() + b"]]></title></item>")
    ).candidates
    assert candidate.title is None or len(candidate.title) <= 2000


@pytest.mark.usefixtures("in_bounded_time")
def test_headers_and_robots_stay_linear() -> None:
    header = '<https://e.org/f>; rel="' + "a;b=" * 100_000
    find_endpoints(b"", url=URL, link_header=header)
    find_endpoints(b"", url=URL, link_header="<" * 200_000)
    assert len(sitemap_lines("Sitemap: /x.xml\n" * 100_000 + "sitemap" + " " * 500_000, url=URL)) == 1
