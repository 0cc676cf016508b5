"""What texts are compared by."""

from __future__ import annotations

import subprocess
import sys

from pipeline.dedupe.fingerprint import profile, words_of
from tests.stories import body, paragraphs


def test_case_forms_and_punctuation_make_no_difference() -> None:
    one = profile("The ＰＩＥＲ, which storms had closed — in March — reopens to-day: nobody objected.")
    other = profile("the pier which storms had closed in march reopens to day nobody objected")
    assert (one.words, one.shingles, one.keys) == (other.words, other.shingles, other.keys)


def test_texts_without_spaces_are_read_in_pairs_of_characters() -> None:
    assert words_of("東京都は26日、Metro線") == ["東京", "京都", "都は", "26", "日", "metro", "線"]
    japanese = "港の評議会は火曜日、三月の嵐で閉鎖された古い桟橋を再建することを決めた。" * 2
    assert profile(japanese).content >= {"評議", "桟橋", "再建"}
    assert len(profile(japanese).shingles) > 30


def test_keys_are_dense_in_the_lead_and_sparse_behind_it() -> None:
    profiles = [profile(body(seed, 1064)) for seed in range(40)]
    lead = sum(len(_key_places(seed, 64)) for seed in range(40)) / 40
    everything = sum(len(text.keys) for text in profiles) / 40
    assert 13 <= lead <= 19  # 64 / 4
    assert 13 + 26 <= everything <= 19 + 36  # and 1000 / 32


def _key_places(seed: int, first: int) -> list[int]:
    """Which of the first shingles are keys."""
    text = body(seed, 1064)
    keys = set(profile(text).keys)
    words = words_of(text)
    return [at for at in range(first) if set(profile(" ".join(words[at : at + 3])).keys) & keys]


def test_copies_choose_the_same_keys_wherever_the_common_part_stands() -> None:
    story = paragraphs(1, 600)
    whole, rest = profile("\n".join(story)), profile("\n".join(story[5:]))
    late = set(whole.keys[-8:])
    assert late <= set(rest.keys)
    assert all(0 <= key < 2**63 for key in whole.keys)


def test_a_text_of_any_length_takes_bounded_work() -> None:
    assert len(profile(body(3, 400) + " tail" * 2_000_000).shingles) < 20_000


def test_another_process_chooses_the_same_keys() -> None:
    text = "The harbour council of Northmere voted on Tuesday to rebuild the old ferry pier, which storms had closed in March."
    program = f"from pipeline.dedupe.fingerprint import profile; print(*profile({text!r}).keys)"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert [int(key) for key in out.split()] == list(profile(text).keys)


def test_nothing_comes_of_nothing() -> None:
    for text in ("", "two words", "!!!"):
        assert profile(text).keys == ()
