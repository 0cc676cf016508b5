"""Lines as they are counted, and the choice of the snapshot that a page is read with."""

from __future__ import annotations

from pipeline.blocks import MAX_BLOCK_CHARS, Snapshot, Snapshots, block_of, lines_by_block


def test_a_line_is_known_again_whatever_its_case_and_punctuation() -> None:
    assert (
        block_of("Harpidetu gure gutun berrira!") == block_of("»  HARPIDETU gure   gutun berrira ") != block_of("Harpidetu gure gutunera")
    )
    assert block_of("Ｐｉｅｒ　９") == block_of("pier 9") != block_of("pier 8")
    assert block_of("* * *") is block_of("–") is block_of("") is None
    assert block_of("a" * MAX_BLOCK_CHARS) is not None and block_of("a" * (MAX_BLOCK_CHARS + 1)) is None
    assert lines_by_block("One line\n\n***\n\nONE LINE.\n\nAnother") == {block_of("one line"): "One line", block_of("another"): "Another"}


def test_a_mark_stands_for_the_content() -> None:
    assert Snapshot(blocks=frozenset({1, 22})).mark == Snapshot(blocks=frozenset({22, 1})).mark != Snapshot(blocks=frozenset({12, 2})).mark


def test_a_known_article_is_read_with_what_it_was_read_with() -> None:
    old, new = Snapshot(blocks=frozenset({1})), Snapshot(blocks=frozenset({1, 2}))
    snapshots = Snapshots(current={7: new}, kept={(7, old.mark): old, (7, new.mark): new})
    assert snapshots.choose(7, None) is new
    assert snapshots.choose(7, f"dateline-1==x+rules-1{old.suffix}") is old
    assert snapshots.choose(7, "dateline-1==x+rules-1") is None, "it was read before anything was known"
    assert snapshots.choose(7, "dateline-1==x+rules-1+furniture-00000000") is new, "its own is past its time"
    assert snapshots.choose(8, None) is None
