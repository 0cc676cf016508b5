"""What goes wrong, and the one sentence that says so."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_calls import Caller, url_of
from sqlalchemy import Engine, text


@pytest.fixture
def caller(engine: Engine, tmp_path: Path) -> Caller:
    return Caller(url_of(engine), tmp_path / "data")


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        yield door.getsockname()[1]


def test_a_database_that_is_down(tmp_path: Path) -> None:
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))  # bound, so that nobody else listens there
        port = door.getsockname()[1]
        caller = Caller(f"postgresql://me:secret@127.0.0.1:{port}/news", tmp_path)
        said = caller.sentence("status")
    assert said.startswith("The database does not answer: ") and str(port) in said
    assert "secret" not in said


def test_a_database_of_an_older_a_newer_and_no_schema(caller: Caller, engine: Engine) -> None:
    for version, remedy in (("0001", "run `dateline migrate`"), ("9999", "install the newer Dateline")):
        with engine.begin() as connection:
            connection.execute(text("UPDATE public.dateline_version SET version_num = :version"), {"version": version})
        said = caller.sentence("status")
        assert f"the database is at {version}" in said and remedy in said
    assert "at 9999" in caller.sentence("migrate")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE public.dateline_version"))
    assert "the database is at no version" in caller.sentence("sources", "list")


def test_settings_that_are_no_settings(tmp_path: Path) -> None:
    assert "DATELINE_DATABASE_URL: must begin with postgresql://" in Caller("sqlite:///x.db", tmp_path).sentence("status")
    assert "DATELINE_LANES: " in Caller(None, tmp_path, lanes="many").sentence("status")


def test_a_data_folder_that_can_t_be_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    for command in ("status", "ingest", "up"):
        said = Caller(None, file).sentence(command)
        assert said.startswith("The data folder can't be used: ") and str(file) in said


def test_a_port_that_is_taken(tmp_path: Path, taken_port: int) -> None:
    said = Caller(None, tmp_path, prefect_port=str(taken_port)).sentence("up")
    assert said == f"A port that is needed is taken by another program: {taken_port} on 127.0.0.1; set DATELINE_PREFECT_PORT to a free one"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('[[source]]\nslug = "x"\nname = "X"\nhomepage = "ftp://x.test/"', ("line 4", "'x'", "'homepage'")),
        ('[[source]]\nslug = "x"\nname = "X"\nhomepage = "http://x.test/"\ntimezone = "Mars/Base"', ("line 5", "'timezone'", "Mars/Base")),
        ('[[source]]\nslug = "x"\nname = \ncountry = "X"', ("line 3",)),
        ('[[source]]\nslug = "X y"', ("line 2", "'slug'")),
    ],
)
def test_a_source_file_with_a_mistake(caller: Caller, tmp_path: Path, lines: str, words: tuple[str, ...]) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(lines, encoding="utf-8")
    said = caller.sentence("sources", "sync", str(file))
    assert said.startswith("The source file has a mistake: ")
    assert str(file) in said
    for word in words:
        assert word in said


def test_source_files_that_are_none(caller: Caller, tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes(b'# caf\xe9\n[[source]]\nslug = "x"')
    assert "not UTF-8 at byte 5" in caller.sentence("sources", "sync", str(file))
    assert "there is no such file" in caller.sentence("sources", "sync", str(tmp_path / "none.toml"))
    assert "OPML" in caller.sentence("sources", "import", str(file))
    assert "No such file" in caller.sentence("sources", "import", str(tmp_path / "none.opml"))


OUTLINES = {
    "taken": '<outline text="Taken" xmlUrl="https://feeds.old.test/a" htmlUrl="https://taken.test/"/>',
    "half": '<outline text="Half" xmlUrl="https://feeds.old.test/a" htmlUrl="https://half.test/"/><outline xmlUrl="https://half.test/b"/>',
    "ftp": '<outline text="Old server" xmlUrl="ftp://old.test/feed"/>',
}


def test_an_import_names_what_it_does_not_add(caller: Caller, tmp_path: Path) -> None:
    toml, opml = tmp_path / "s.toml", tmp_path / "list.opml"
    toml.write_text(
        '[[source]]\nslug = "old"\nname = "Old"\nhomepage = "https://old.test/"\n'
        'endpoints = [{ kind = "rss", url = "https://feeds.old.test/a" }]\n'
    )
    caller.works("sources", "sync", str(toml))
    opml.write_text(f"<opml><body>{''.join(OUTLINES.values())}</body></opml>")
    result = caller.call("sources", "import", str(opml))
    assert (result.exit_code, result.stdout) == (0, "1 source added, 1 known already\n")
    assert "taken.test: all of its feeds are polled already, for old" in result.stderr
    assert "Skipped: Old server: " in result.stderr and "ftp://old.test/feed" in result.stderr
    assert "half.test: https://feeds.old.test/a is polled for another source" in result.stderr
    assert {one["slug"]: len(one["endpoints"]) for one in caller.json("sources", "list")} == {"old": 1, "half.test": 1}


def test_an_import_of_nothing_usable_fails(caller: Caller, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    for inside, words in ((OUTLINES["ftp"], "none of its feeds can be used"), ('<outline text="folder"/>', "it lists no feed")):
        opml.write_text(f"<opml><body>{inside}</body></opml>")
        result = caller.call("sources", "import", str(opml))
        assert result.exit_code == 1
        assert f"dateline: {opml}: {words}\n" in result.stderr
    assert caller.json("sources", "list") == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("articles", "show", "12"), "There is no such thing: an article whose id begins with 12"),
        (("articles", "list", "--source", "nobody"), "source nobody"),
        (("compare", "--source", "nobody"), "source nobody"),
        (("retry", "--outcome", "too_short", "--source", "nobody"), "source nobody"),
        (("reextract", "--source", "nobody"), "source nobody"),
        (("articles", "list", "--page", "x"), "It is not what is asked for here: 'x' is no page of a list"),
        (("why", "gopher://x"), "not http or https"),
        (("export", "--since", "yesterday"), "no cursor"),
        (("export", "--since", "999999999999:1"), "begin with a new snapshot"),
        (("export", "/no/such/folder/file.jsonl"), "there is no such folder"),
        (("forget", "nobody", "--yes"), "source nobody"),
        (("sources", "remove", "nobody", "--yes"), "source nobody"),
        (("sources", "check", "nobody"), "source nobody"),
        (("backfill", "nobody", "--from", "2026-01-01"), "source nobody"),
        (("sql", "SELECT nope"), 'column "nope" does not exist'),
        (("scorecard",), "no simulated press"),
        (("deploy",), "PREFECT_API_URL"),
    ],
)
def test_what_is_not_there(caller: Caller, command: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert words in caller.sentence(*command)


@pytest.mark.parametrize(
    "command",
    [
        ("statsu",),
        ("articles", "list", "--since", "yesterday"),
        ("articles", "list", "--limit", "0"),
        ("backfill", "x"),
        ("backfill", "x", "--from", "2026-02-01", "--to", "2026-01-01"),
        ("export", "--format", "parquet"),
        ("export", "--since", "0:0", "--cursor-file", "c"),
        ("sources", "add", "http://x.test/", "--respect", "some"),
        ("retry", "--source", "beacon"),
        ("extract", __file__, "--fetch"),
        ("extract", __file__, "--language", "!!"),
        ("history", "412", "--html", "f.html", "--json"),
        ("compare", "stored", __file__),
        ("compare", "current"),
    ],
)
def test_a_wrong_call_has_exit_status_2(caller: Caller, command: tuple[str, ...]) -> None:
    result = caller.call(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage" in result.stderr


def test_compare_looks_at_a_file_before_the_archive(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("no reading\n")
    without_database = Caller("postgresql://me@127.0.0.1:1/news", tmp_path)
    assert f"{bad}, line 1: not a result of `dateline reextract --output`" in without_database.sentence("compare", str(bad))
    bad.write_text("")
    assert f"source nobody in {bad}" in without_database.sentence("compare", str(bad), "--source", "nobody")


def test_articles_of_a_source_out_of_service_are_listed(stocked: Engine, tmp_path: Path) -> None:
    caller = Caller(url_of(stocked), tmp_path / "data")
    caller.works("sources", "remove", "wire", "--yes")
    assert [one["article_id"] for one in caller.json("articles", "list", "--source", "wire")["articles"]] == [41]


def test_debug_shows_the_traceback(caller: Caller) -> None:
    result = caller.call("--debug", "why", "gopher://x")
    assert result.exit_code == 1
    assert result.exc_info is not None and result.exc_info[0] is not None and result.exc_info[0].__name__ == "UnsafeUrlError"


def test_a_no_is_a_no(caller: Caller, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('[[source]]\nslug = "x"\nname = "X"\nhomepage = "http://x.test/"', encoding="utf-8")
    caller.works("sources", "sync", str(tmp_path / "s.toml"))
    for command in (("sources", "remove", "x"), ("forget", "x")):
        assert caller.call(*command, answer="n\n").exit_code == 1
    assert [source["slug"] for source in caller.json("sources", "list")] == ["x"]


def test_the_doctor_fails_with_a_database_that_is_down(tmp_path: Path) -> None:
    result = Caller("postgresql://me@127.0.0.1:1/news", tmp_path).call("doctor")
    assert result.exit_code == 1
    assert "start it, or correct DATELINE_DATABASE_URL" in result.stdout


def test_upkeep_ends_runs_that_vanished_and_can_be_repeated(caller: Caller, engine: Engine) -> None:
    with engine.begin() as connection:
        columns, ago = "run_id, flow, code_version, heartbeat_at", "now() - interval '3 days'"
        connection.execute(text(f"INSERT INTO news.run ({columns}) SELECT gen_random_uuid(), 'shift', 'x', {ago}"))
    assert "1 vanished runs ended" in caller.works("maintain")
    again = caller.json("maintain")
    assert (again["runs_abandoned"], again["partitions"]["made"]) == (0, [])
