"""The contents of all tables in a form in which two runs over the same frozen press can be compared.

Every column is compared but those named in `_OBSERVED`; ids that a database hands out are replaced by what they stand for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, text

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Contents = dict[str, Counter[str]]

# Times of observation, positions in the archive, the course of the work (who held what when), and what follows from arrival order
# (docs/decisions.md: which of one article's URLs is `loaded` and which `duplicate`).
_OBSERVED: Mapping[str, frozenset[str]] = {
    "source": frozenset({"created_at"}),
    "host": frozenset({"next_allowed_at", "next_due_at", "lease_token", "lease_until"}),
    "robots": frozenset({"fetched_at", "expires_at"}),
    "rights_file": frozenset({"fetched_at", "expires_at"}),
    "endpoint": frozenset(
        {
            "next_poll_at",
            "rate_at",
            "publish_rate",
            "fresh_until",
            "rhythm_entries",
            "rhythm_watched",
            "last_polled_at",
            "last_ok_at",
            "last_new_at",
            "created_at",
            "retired_at",
        }
    ),
    "url": frozenset(
        {"priority", "not_before", "claims", "unfinished", "tries", "lease_token", "first_seen_at", "first_run", "finished_at"}
    ),
    "sighting": frozenset({"first_seen_at", "last_seen_at"}),
    "capture": frozenset({"captured_at", "warc_file", "warc_offset", "warc_length"}),
    "article": frozenset({"url_id", "first_seen_at", "loaded_at", "changed_at"}),
    "url_alias": frozenset({"at"}),
    "revision": frozenset({"seen_at", "told"}),
    "edge": frozenset({"at"}),
    "unmatched": frozenset(),
    "fingerprint": frozenset(),
    "match_key": frozenset({"kept_at"}),
    "stop_list": frozenset({"made_at"}),
    "stop_key": frozenset(),
    "cluster": frozenset({"origin_id", "first_at", "last_at"}),  # of articles without a printed time of day the one seen first leads
    "cluster_member": frozenset({"out_at", "stands"}),
    "unclustered": frozenset({"seq"}),
    "recheck": frozenset({"url_id", "host", "due_at", "lease_token", "told", "told_in_vain"}),
    "change": frozenset({"seq", "xid", "at"}),
    "forgotten": frozenset({"at"}),
}
HISTORY = frozenset({"run", "attempt", "fetch_log", "endpoint_gap"})  # what was done, not what came of it
_SURROGATES = {
    "source_id": "source",
    "endpoint_id": "endpoint",
    "parent_id": "endpoint",
    "url_id": "url",
    "redirects_to": "url",
    "capture_id": "capture",
}
_NAMES = {"source": "slug", "endpoint": "url", "url": "url", "capture": "payload_sha256"}
_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'news'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"
)


def read_tables(engine: Engine) -> Tables:
    """Every row of every table, as Postgres writes it in JSON."""
    with engine.begin() as connection:
        names = connection.execute(_TABLES).scalars().all()
        return {name: _rows(connection, name) for name in names if name not in HISTORY}


def empty_tables(engine: Engine) -> None:
    """Remove every row: quicker than a fresh database for each of many short runs."""
    with engine.begin() as connection:
        names = connection.execute(_TABLES).scalars().all()
        connection.execute(text(f"TRUNCATE {', '.join(f'news.{name}' for name in names)} RESTART IDENTITY"))


def _rows(connection: Connection, table: str) -> list[Row]:
    return list(connection.execute(text(f"SELECT to_jsonb(t) FROM news.{table} t")).scalars())


def comparable(tables: Tables) -> Contents:
    """Each table as a bag of rows without what may differ between two runs. Raises KeyError for a table that nobody has judged."""
    named = {table: {row[f"{table}_id"]: row[column] for row in tables[table]} for table, column in _NAMES.items()}
    return {
        table: Counter(json.dumps(_plain(table, row, named), ensure_ascii=False, sort_keys=True) for row in rows)
        for table, rows in _without_readings(tables).items()
    }


def _without_readings(tables: Tables) -> Tables:
    """A version that comes of a better page than the one before stands in its place: whether it was needed follows from arrival order."""
    versions: list[Row] = []
    last: dict[int, Row] = {}
    for row in sorted(tables["revision"], key=lambda row: (row["article_id"], row["revision_no"])):
        before = last.get(row["article_id"])
        if before is not None and row["reason"] == "reextracted":
            before |= row | {name: before[name] for name in ("revision_no", "reason", "diff")}
            continue
        last[row["article_id"]] = row | {"revision_no": before["revision_no"] + 1 if before else 1}
        versions.append(last[row["article_id"]])
    articles = [row | {"revision_no": last[row["article_id"]]["revision_no"]} for row in tables["article"]]
    changes = [row for row in tables["change"] if row["kind"] != "reextract"]
    return {**tables, "revision": versions, "article": articles, "change": changes}


def _plain(table: str, row: Row, named: Mapping[str, Mapping[int, str]]) -> Row:
    kept = {name: value for name, value in row.items() if name not in _OBSERVED[table] and name != f"{table}_id"}
    kept |= {name: named[_SURROGATES[name]].get(value) for name, value in kept.items() if name in _SURROGATES}
    if table == "article":
        kept["article_id"] = row["article_id"]  # from the canonical URL, not from a counter
    if table == "url" and row["outcome"] in {"loaded", "duplicate"}:
        kept |= {"outcome": "an article's", "outcome_detail": None}
    return kept


def differences(one: Contents, other: Contents) -> dict[str, list[str]]:
    """By table, the rows that only one of the two has; tables that agree are left out.

    A row that the other has in another form is told by the columns that differ.
    """
    return {
        table: _told(list((one[table] - other[table]).elements()), list((other[table] - one[table]).elements()))
        for table in one
        if one[table] != other[table]
    }


def _told(ours: list[str], theirs: list[str]) -> list[str]:
    """The rows of two bags that have nothing in common, each beside the one most like it."""
    rows, others = [json.loads(row) for row in ours], [json.loads(row) for row in theirs]
    told = []
    for row in rows:
        twin = max(others, key=lambda other: sum(other[name] == row[name] for name in row), default=None)
        if twin is None or sum(twin[name] != row[name] for name in row) > len(row) / 2:
            told.append(f"- {row}")
            continue
        others.remove(twin)
        name = next((row[name] for name in ("url", "canonical_url", "slug", "host") if name in row), row)
        told.append(f"{name}: " + ", ".join(f"{key}: {row[key]!r} or {twin[key]!r}" for key in row if row[key] != twin[key]))
    return told + [f"+ {row}" for row in others]
