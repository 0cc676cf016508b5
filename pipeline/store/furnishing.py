"""Counts the lines of the articles that were loaded, day by day, and keeps what is known as each outlet's furniture.

A day is counted once, when it is over; the counts, not the texts, tell what returns. Needs the rights of the tables' owner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Engine, Row

from pipeline.blocks import Snapshot, Snapshots, block_of, lines_by_block
from pipeline.dedupe.match import FAR_WINDOW
from pipeline.notes import is_note
from pipeline.records import RecurringBlock
from pipeline.store.database import repeating, transaction
from pipeline.store.queries import query
from pipeline.store.wire import rows_json

KEPT = timedelta(days=90)  # of counts: what an outlet with one article a week needs for ten stories; of snapshots that were replaced
_STORIES_A_DAY = 3  # of one line: more would tell no more
_HEADLINES = 300  # of an outlet, beside which those over a line are held
_FETCHED = 100  # articles in memory, while a day is read

IsHidden = Callable[[RecurringBlock, Sequence[str], Sequence[str]], bool]


def count_blocks(engine: Engine, *, now: datetime) -> int:
    """Count the days that are over, and forget those past their time; returns how many days were counted."""
    today = now.astimezone(UTC).date()
    bound = {"since": today - KEPT, "until": today}
    with transaction(engine) as connection:
        connection.execute(query("drop_old_block_days"), {"before": today - KEPT})
        days = connection.execute(query("uncounted_days"), bound).scalars().all()
    for day in days:
        repeating(engine, partial(_count_day, day=day))
    return len(days)


def _count_day(connection: Connection, day: date) -> None:
    connection.execute(query("allow_long_statement"))
    rows = connection.execute(query("day_texts"), {"day": day}, execution_options={"yield_per": _FETCHED})
    counted = [(source_id, _seen(articles)) for source_id, articles in groupby(rows, key=attrgetter("source_id"))]
    for source_id, seen in counted:
        blocks, article_ids = [block for block, _ in seen], [article_id for _, article_id in seen]
        connection.execute(query("put_block_day"), {"source_id": source_id, "day": day, "blocks": blocks, "article_ids": article_ids})


def _seen(articles: Iterable[Row[Any]]) -> list[tuple[int, int]]:
    """Each line of a source's articles with the article that has it: of one story once, and of one line _STORIES_A_DAY times."""
    seen: list[tuple[int, int]] = []
    stories: set[tuple[int, int]] = set()
    times: Counter[int] = Counter()
    for article in articles:
        for block in _lines(article):
            if times[block] < _STORIES_A_DAY and (block, article.story) not in stories:
                stories.add((block, article.story))
                times[block] += 1
                seen.append((block, article.article_id))
    return seen


def _lines(article: Row[Any]) -> dict[int, str]:
    """An article's lines by their block, those that were left out of it included."""
    left_out = ((block_of(line), line) for line in article.hidden)
    return lines_by_block(article.body) | {block: line for block, line in left_out if block is not None}


def renew_furniture(engine: Engine, is_hidden: IsHidden, *, stories: int, days: int, now: datetime) -> int:
    """Bring every outlet's list of furniture up to date; returns for how many new pages will be read otherwise.

    On the list is what stands in `stories` stories on `days` days and more. `is_hidden` decides which of it is left out of texts, from the
    counts, the headlines over the line, and the outlet's newest headlines.
    """
    with transaction(engine) as connection:
        source_ids = connection.execute(query("sources_with_furniture")).scalars().all()
        connection.execute(query("drop_old_snapshots"), {"before": now - KEPT})
    least = {"stories": stories, "days": days}
    return sum(
        repeating(engine, partial(_renew, source_id=source_id, is_hidden=is_hidden, least=least, now=now)) for source_id in source_ids
    )


def _renew(connection: Connection, source_id: int, is_hidden: IsHidden, least: Mapping[str, int], now: datetime) -> bool:
    """One outlet's list; returns whether its snapshot is another one now."""
    connection.execute(query("allow_long_statement"))
    rows = connection.execute(query("recurring_blocks"), {"source_id": source_id, **least}).mappings()
    found = [RecurringBlock(**{**row, "article_ids": tuple(row["article_ids"])}) for row in rows]
    lines = _texts_of(connection, source_id, found)
    # One whose articles are gone is no more than a number; a note of correction tells of its article, however often it is worded so.
    listed = [block for block in found if block.block in lines and not is_note(lines[block.block])]
    hidden = _hidden(connection, source_id, listed, is_hidden)
    _compare_anew(connection, source_id, {block.block for block in listed}, now)
    connection.execute(query("drop_furniture"), {"source_id": source_id, "blocks": [block.block for block in listed]})
    listing = [
        {
            **vars(block),
            "line": lines[block.block],
            "hidden": block.block in hidden,
            "first_day": str(block.first_day),
            "last_day": str(block.last_day),
        }
        for block in listed
    ]
    connection.execute(query("put_furniture"), {"source_id": source_id, "rows": rows_json(listing)})
    return _put_snapshot(connection, source_id, Snapshot(blocks=frozenset(hidden)))


def _compare_anew(connection: Connection, source_id: int, listed: set[int], now: datetime) -> None:
    """Note the articles that have a line which joins or leaves the list: copies are compared without such lines.

    Matchers that are at work are waited for, and those who come later see the new list: so clusters always follow from one version.
    """
    changed = listed ^ set(connection.execute(query("furniture_blocks"), {"source_id": source_id}).scalars())
    if changed:
        connection.execute(query("hold_stop_list"))
        bound = {"source_id": source_id, "since": now - FAR_WINDOW}
        texts = connection.execute(query("texts_compared_since"), bound, execution_options={"yield_per": _FETCHED})
        concerned = [row.article_id for row in texts if not changed.isdisjoint(lines_by_block(row.body))]
        connection.execute(query("add_unmatched"), {"article_ids": concerned})


def _texts_of(connection: Connection, source_id: int, found: Sequence[RecurringBlock]) -> dict[int, str]:
    """The lines' texts by their block: as they are on the list, else out of the newest article that has one."""
    known = {row.block: row.line for row in connection.execute(query("known_furniture"), {"source_id": source_id})}
    missing = {block.block: block.article_ids[0] for block in found if block.block not in known}
    texts = connection.execute(query("texts_with_lines"), {"article_ids": sorted(set(missing.values()))}) if missing else ()
    lines = {row.article_id: _lines(row) for row in texts}
    return known | {block: line for block, article_id in missing.items() if (line := lines.get(article_id, {}).get(block))}


def _hidden(connection: Connection, source_id: int, listed: Sequence[RecurringBlock], is_hidden: IsHidden) -> set[int]:
    outlet = connection.execute(query("newest_headlines"), {"source_id": source_id, "most": _HEADLINES}).scalars().all()
    wanted = sorted({article_id for block in listed for article_id in block.article_ids})
    headlines = {row.article_id: row.title for row in connection.execute(query("headlines_of"), {"article_ids": wanted})}
    over = {block.block: [headlines[article_id] for article_id in block.article_ids if article_id in headlines] for block in listed}
    return {block.block for block in listed if is_hidden(block, over[block.block], outlet)}


def _put_snapshot(connection: Connection, source_id: int, snapshot: Snapshot) -> bool:
    newest = connection.execute(query("newest_snapshot"), {"source_id": source_id}).scalar_one_or_none()
    if newest == snapshot.mark or (newest is None and not snapshot.blocks):
        return False
    blocks = sorted(snapshot.blocks)
    connection.execute(query("put_snapshot"), {"source_id": source_id, "mark": snapshot.mark, "blocks": blocks})
    return True


def read_snapshots(engine: Engine) -> Snapshots:
    """Every outlet's snapshots. Raises DatabaseDownError."""
    current: dict[int, Snapshot] = {}
    kept: dict[tuple[int, str], Snapshot] = {}
    with transaction(engine) as connection:
        for row in connection.execute(query("read_snapshots")):
            snapshot = Snapshot(blocks=frozenset(row.blocks))
            current[row.source_id] = kept[row.source_id, snapshot.mark] = snapshot
    return Snapshots(current={source_id: snapshot for source_id, snapshot in current.items() if snapshot.blocks}, kept=kept)
