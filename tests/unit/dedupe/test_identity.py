"""Which page is which article."""

from __future__ import annotations

from dataclasses import replace

from pipeline.dedupe.identity import KnownArticle, PageIdentity, identify

TEXT = "The harbour council voted to rebuild the old ferry pier which storms had closed in March and nobody objected."
PAGE = PageIdentity(
    source_id=1,
    own_url="https://www.a.test/2026/pier",
    claimed_url=None,
    aliases=frozenset({"https://www.a.test/2026/pier"}),
    title="Pier",
    body=TEXT,
)
KNOWN = KnownArticle(article_id=7, source_id=1, canonical_url="https://www.a.test/harbour/pier", claimed_url=None, title="Pier", body=TEXT)


def test_a_page_without_a_claim_is_keyed_by_its_own_url() -> None:
    assert PAGE.key_url == PAGE.own_url
    assert identify(PAGE, by_alias=[], by_url=[]) is None


def test_another_form_of_the_same_address_is_believed_at_once() -> None:
    mobile = replace(PAGE, own_url="https://m.a.test/2026/pier/", claimed_url="https://www.a.test/2026/pier")
    assert mobile.key_url == "https://www.a.test/2026/pier"
    assert mobile.unproven_url is None


def test_a_claim_of_another_address_is_not_the_key() -> None:
    page = replace(PAGE, claimed_url=KNOWN.canonical_url)
    assert page.key_url == PAGE.own_url
    assert page.unproven_url == KNOWN.canonical_url


def test_a_claim_counts_where_the_text_bears_it_out() -> None:
    page = replace(PAGE, claimed_url=KNOWN.canonical_url)
    same = identify(page, by_alias=[], by_url=[KNOWN])
    assert same is not None and same.article_id == 7
    almost = replace(page, body=TEXT.replace("nobody", "no one"))
    assert identify(almost, by_alias=[], by_url=[KNOWN]) is not None


def test_a_claim_is_not_believed_against_the_text() -> None:
    page = replace(
        PAGE,
        claimed_url=KNOWN.canonical_url,
        title="Bakers",
        body="Nine bakers shared the prize of the county fair for rye bread on Sunday.",
    )
    assert identify(page, by_alias=[], by_url=[KNOWN]) is None


def test_another_outlets_identical_text_is_its_own_article() -> None:
    page = replace(PAGE, source_id=2, claimed_url=KNOWN.canonical_url)
    assert identify(page, by_alias=[], by_url=[KNOWN]) is None


def test_a_proven_alias_needs_no_text() -> None:
    same = identify(replace(PAGE, body="quite another text"), by_alias=[KNOWN], by_url=[])
    assert same is not None and same.article_id == 7
