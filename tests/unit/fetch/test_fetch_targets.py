"""URLs taken apart."""

from __future__ import annotations

import pytest

from pipeline.errors import UnsafeUrlError
from pipeline.fetch.targets import parse_target


def test_a_target_is_what_the_request_needs() -> None:
    target = parse_target("https://Example.org:8443/a|b/./ü?q=a b#part")
    assert (target.host, target.port, target.path_and_query) == ("example.org", 8443, "/a|b/%C3%BC?q=a%20b")
    assert target.url == "https://example.org:8443/a|b/./ü?q=a b".replace("./", "").replace("ü", "%C3%BC").replace(" ", "%20")


def test_standard_ports_and_ipv6() -> None:
    assert parse_target("http://example.org/").port == 80
    assert parse_target("https://[2606:4700::1111]/").host == "2606:4700::1111"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "//example.org/",
        "http://u:p@example.org/",
        "http://u@example.org/",
        "http://exa mple.org/",
        "http://example.org:99999/",
        "http://a.test/\ud800",
        "http://a.test/" + "a" * 8192,
        "data:text/html,hi",
        "",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UnsafeUrlError):
        parse_target(url)


def test_a_refusal_does_not_repeat_credentials() -> None:
    with pytest.raises(UnsafeUrlError) as caught:
        parse_target("https://user:canary@example.org/?api_key=canary")
    assert "canary" not in str(caught.value)
