"""What is an edit, and when to look again."""

from __future__ import annotations

import pytest

from pipeline.dedupe.revisions import is_edit, next_recheck_seconds

BODY = "The council paid 4 million for the pier.\n\nWork begins in May."


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (BODY.replace("\n\n", "  \n"), "white space"),
        (BODY.upper(), "case"),
        (BODY + " 1,204 views", "a counter"),
        (BODY + " 5 minutes ago", "a relative date"),
        (BODY + " vor 3 Stunden", "a relative date in German"),
        (BODY.replace(".", "…"), "punctuation"),
    ],
)
def test_noise_is_no_edit(body: str, why: str) -> None:
    assert not is_edit(old_title="Pier", old_body=BODY, new_title="“Pier”", new_body=body), why


@pytest.mark.parametrize(
    "body", [BODY.replace("4", "5"), BODY.replace("May", "June"), BODY + " The mayor resigned.", BODY.replace("not", "")[:-20]]
)
def test_a_change_of_substance_is_an_edit(body: str) -> None:
    assert is_edit(old_title="Pier", old_body=BODY, new_title="Pier", new_body=body)


def test_a_new_headline_is_an_edit() -> None:
    assert is_edit(old_title="Pier to be rebuilt", old_body=BODY, new_title="Pier will not be rebuilt", new_body=BODY)


def test_an_edit_in_an_unspaced_script_is_seen() -> None:
    assert is_edit(old_title="桟橋", old_body="港湾評議会は四百万を支払った", new_title="桟橋", new_body="港湾評議会は五百万を支払った")


def test_looks_come_at_the_given_ages() -> None:
    ages = (1.0, 6.0, 24.0)
    assert [next_recheck_seconds(checks, ages) for checks in range(4)] == [3600, 5 * 3600, 18 * 3600, None]
