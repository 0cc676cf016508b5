"""The commands that look: what they print for people, and for scripts."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from cli_calls import Caller, url_of
from sqlalchemy import Engine, text

from cli.main import COMMANDS
from pipeline.store import cluster


@pytest.fixture
def caller(stocked: Engine, tmp_path: Path) -> Caller:
    return Caller(url_of(stocked), tmp_path / "data")


def test_status_tells_ledger_queue_and_trouble(caller: Caller) -> None:
    said = caller.works("status")
    assert "11 discovered = 4 open + 4 loaded" in said
    assert "balanced" in said
    assert "429, Retry-After 3600" in said
    assert "https://www.wire.test/atom" in said
    found = caller.json("status")
    assert found["ledger"]["balanced"] is True
    assert {row["source"] for row in found["sources"]} == {"herald", "wire", "nichi", "mute"}


def test_articles_are_listed_page_after_page(caller: Caller) -> None:
    first = caller.json("articles", "list", "--limit", "3")
    second = caller.json("articles", "list", "--limit", "3", "--page", first["next_page"])
    assert [one["article_id"] for one in (*first["articles"], *second["articles"])] == [9000000000000000001, 77, 41, 412]
    assert [one["article_id"] for one in caller.json("articles", "list", "--source", "wire")["articles"]] == [41]
    assert "Storm hits the coast" in caller.works("articles", "list", "--language", "en")


def test_an_article_is_shown_with_its_versions_copies_and_evidence(caller: Caller) -> None:
    said = caller.works("articles", "show", "412", "--evidence")
    for words in (
        "Council passes the budget",
        "The mayor spoke of schools.",
        "Ann Lee",
        "publisher_edit",
        "jsonld",
        "https://m.herald.test/budget",
    ):
        assert words in said
    assert "wire" in caller.works("articles", "show", "https://www.herald.test/storm")
    assert caller.json("articles", "show", "412")["article"]["authors"] == ["Ann Lee"]


def test_the_history_of_an_article_shows_the_words_that_changed(caller: Caller, tmp_path: Path) -> None:
    said = caller.works("history", "412")
    for words in ("Council [-weighs-]{+passes+} the budget", "edited, undisclosed", "edited, owned up to", "[-it-]{+the budget+}"):
        assert words in said
    versions = caller.json("history", "https://m.herald.test/budget")["versions"]
    assert [version["title_changes"] for version in versions] == [[], [[8, "weighs", "passes"]], []]
    assert "No change has been seen" in caller.works("history", "41")
    page = tmp_path / "history.html"
    assert "3 versions" in caller.call("history", "412", "--html", str(page)).stderr
    assert "<del>weighs</del><ins>passes</ins>" in page.read_text(encoding="utf-8")
    assert "--overwrite" in caller.sentence("history", "412", "--html", str(page))


def test_a_page_of_history_runs_nothing_that_an_article_brought(caller: Caller, stocked: Engine, tmp_path: Path) -> None:
    with stocked.begin() as connection:
        connection.execute(text("UPDATE news.revision SET title = '<script>alert(1)</script>\x1b[2J' WHERE revision_no = 3"))
    caller.works("history", "412", "--html", str(tmp_path / "history.html"))
    assert "<script" not in (tmp_path / "history.html").read_text(encoding="utf-8")
    assert "\x1b[2J" not in caller.works("history", "412")


def test_search_shows_the_words_that_it_found(caller: Caller) -> None:
    said = caller.works("articles", "search", "mayor", "-storm")
    assert "Council passes the budget" in said
    assert "Storm hits" not in said
    assert "⟦" not in said
    assert [hit["article"]["article_id"] for hit in caller.json("articles", "search", "記者")] == [9000000000000000001]
    assert "Nothing found" in caller.works("articles", "search", "zeppelin")


def test_why_tells_what_became_of_a_url(caller: Caller) -> None:
    said = caller.works("why", "https://www.herald.test/budget#top")
    for words in ("loaded as article 412", "https://www.herald.test/news.xml", "revised", "2026/batch-9.warc.gz"):
        assert words in said
    assert caller.json("why", "https://nowhere.test/")["answer"] == "It was never on any list that was read."


def test_sql_answers_and_does_not_write(caller: Caller, stocked: Engine) -> None:
    assert "Storm hits the coast" in caller.works("sql", "TABLE v_article")
    assert caller.json("sql", "SELECT 1 AS one, 'a%b' AS text, now() IS NOT NULL AS yes") == [{"one": 1, "text": "a%b", "yes": True}]
    lists = caller.works("sql", """SELECT ARRAY[interval '90 min', '-100 h 1.5 s'] AS delays, '{"é": [1]}'::jsonb AS facts""")
    assert "01:30:00, -99:59:58.5" in lists and '{"é": [1]}' in lists
    assert caller.json("sql", "SELECT interval '-20 min' AS delay") == [{"delay": "-00:20:00"}]
    assert "read-only; --write lets it" in caller.sentence("sql", "DELETE FROM edge")
    assert "5 rows" in caller.call("sql", "-", answer="SELECT * FROM change").stderr
    assert "1 row changed" in caller.works("sql", "--write", "DELETE FROM edge")
    with stocked.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM edge")).scalar() == 0


def test_sql_takes_one_statement(caller: Caller, stocked: Engine) -> None:
    for several in ("SELECT 1 AS a; SELECT 2 AS b", "DELETE FROM edge; SELECT 1"):
        assert "one statement at a time, and nothing was done" in caller.sentence("sql", "--write", several)
    with stocked.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM edge")).scalar() == 1
    assert caller.json("sql", "SELECT ';' AS a; -- one; only") == [{"a": ";"}]
    for none in ("", " ;\n", " -- nothing", "/* nothing */;"):
        assert "there is no statement in it" in caller.sentence("sql", none)
    assert caller.works("sql", "--write", "CREATE TABLE mine (a int)") == "Done.\n"
    assert caller.call("sql", "--json").exit_code == 2


def test_sql_prints_bytes_in_hex(caller: Caller) -> None:
    assert "00ff41" in caller.works("sql", r"SELECT '\x00ff41'::bytea AS raw").split()
    assert caller.json("sql", r"SELECT '\x00ff41'::bytea AS raw") == [{"raw": "00ff41"}]


def test_psql_is_let_in_by_the_password_of_the_database(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(cluster._wheel_binaries()))
    assert caller.call("sql").exit_code == 0  # psql ends at the end of its input, with 2 where it can't connect


def test_the_small_shell_serves_where_there_is_no_psql(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = caller.call("sql", answer="SELECT count(*)\nFROM article;\nSELECT nope;\n\\d\n\\q\n")
    assert said.exit_code == 0
    assert 'column "nope" does not exist' in said.stderr
    for words in ("4", "v_article", "Every article as it reads now"):
        assert words in said.stdout


def test_export_writes_the_same_rows_in_every_format(caller: Caller, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in caller.works("export").splitlines()]
    assert {row["article_id"] for row in lines} == {412, 41, 77, 9000000000000000001}
    assert {row["change"] for row in lines} == {"snapshot"}
    for name in ("a.csv", "a.parquet", "a.jsonl"):
        caller.works("export", str(tmp_path / name))
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    assert table.column("authors").to_pylist()[list(table.column("article_id").to_pylist()).index(412)] == ["Ann Lee"]
    assert str(table.schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["body"] for row in rows] == [row["body"] for row in lines]
    assert list(rows[0]) == list(lines[0]) == table.column_names
    assert sorted(path.name for path in tmp_path.glob("a.*")) == ["a.csv", "a.jsonl", "a.parquet"]


def test_ids_stay_in_one_piece_on_a_narrow_terminal(caller: Caller) -> None:
    environment = os.environ | {name: value for name, value in caller.environment.items() if value is not None} | {"TERM": "xterm"}
    for columns in ("80", "50"):
        master, terminal = pty.openpty()
        program = [sys.executable, "-c", "from cli.main import main; main()", "articles", "list"]
        subprocess.run(program, env=environment | {"COLUMNS": columns}, stdout=terminal, stderr=subprocess.PIPE, check=True)
        said = re.sub(r"\x1b\[[\d;]*m", "", os.read(master, 65_536).decode())
        os.close(terminal)
        os.close(master)
        assert "9000000000000000001" in said
        assert max(map(len, said.splitlines())) <= int(columns)


@pytest.mark.parametrize(
    "command", [("export",), ("export", "--format", "csv"), ("articles", "list"), ("articles", "list", "--json"), ("sources", "export")]
)
def test_a_reader_that_has_seen_enough_ends_a_command_quietly(caller: Caller, command: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = os.environ | {name: value for name, value in caller.environment.items() if value is not None}
    program = [sys.executable, "-c", "from cli.main import main; main()", *command]
    done = subprocess.run(program, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_export_goes_on_where_the_cursor_file_says(caller: Caller, stocked: Engine, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor"
    assert len(caller.works("export", "--cursor-file", str(cursor)).splitlines()) == 4
    assert caller.works("export", "--cursor-file", str(cursor)) == ""
    with stocked.begin() as connection:
        connection.execute(text("INSERT INTO change (kind, article_id, revision_no) VALUES ('revise', 41, 2), ('delete', 5, NULL)"))
    changes = [json.loads(line) for line in caller.works("export", "--cursor-file", str(cursor)).splitlines()]
    assert [(row["change"], row["article_id"], row["title"]) for row in changes] == [
        ("revise", 41, "Storm hits the coast"),
        ("delete", 5, None),
    ]
    assert caller.works("export", "--since", cursor.read_text().strip()) == ""


def test_an_export_replaces_nothing_by_itself(caller: Caller, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("mine")
    assert "it is there already" in caller.sentence("export", str(file))
    caller.works("export", str(file), "--overwrite")
    assert "there is no such folder" in caller.sentence("export", str(tmp_path / "missing" / "a.jsonl"))
    assert caller.call("export", str(tmp_path / "a.xlsx")).exit_code == 2
    assert sorted(tmp_path.glob("a.*")) == [file]
    assert len(io.StringIO(file.read_text(encoding="utf-8")).readlines()) == 4


def test_what_comes_from_the_web_does_not_steer_the_terminal(caller: Caller, stocked: Engine) -> None:
    with stocked.begin() as connection:
        connection.execute(
            text("UPDATE article SET title = :title WHERE article_id = 41"), {"title": "\x1b[2J[bold]Storm[/bold] \u202ereversed"}
        )
    said = (
        caller.works("articles", "list")
        + caller.works("articles", "show", "41", "--evidence")
        + caller.works("why", "https://www.wire.test/storm")
    )
    assert "[bold]Storm[/bold]" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_settings_tell_values_and_origins_but_no_secrets(caller: Caller) -> None:
    rows = {row["name"]: row for row in caller.json("settings")}
    assert rows["DATELINE_DATABASE_URL"]["value"] == "(hidden)"
    assert (rows["DATELINE_DATABASE_URL"]["origin"], rows["DATELINE_LANES"]["origin"]) == ("environment", "default")
    assert str(caller.environment["DATELINE_DATABASE_URL"]) not in caller.works("settings")
    caller.environment["DATELINE_LANS"] = "3"
    assert "DATELINE_LANS" in caller.call("settings").stderr
    assert "DATELINE_LANS" in {check["found"] for check in caller.json("doctor") if check["verdict"] == "warn"}


def test_settings_of_the_demo_are_called_so(caller: Caller) -> None:
    caller.environment |= {"DATELINE_DEFAULT_DELAY_SECONDS": "5", "DATELINE_LANES": "3"}
    rows = {row["name"]: (row["value"], row["origin"]) for row in json.loads(caller.works("--demo", "settings", "--json"))}
    assert rows["DATELINE_DEFAULT_DELAY_SECONDS"] == (0.2, "demo")
    assert rows["DATELINE_DATABASE_URL"] == (None, "demo")
    assert rows["DATELINE_ALLOW_LOOPBACK"] == (True, "demo")
    assert rows["DATELINE_LANES"] == (3, "environment")
    assert rows["DATELINE_MAX_TRIES"][1] == "default"


def test_the_doctor_finds_what_is_wrong(caller: Caller) -> None:
    found = {(check["what"], check["verdict"]): check for check in caller.json("doctor")}
    assert ("database", "ok") in found
    assert ("ledger", "ok") in found
    assert "https://www.wire.test/atom" in found["endpoint", "warn"]["found"]
    assert found["contact", "warn"]["remedy"]
    caller.environment["PREFECT_API_URL"] = "http://user:secret@127.0.0.1:9/api"
    prefect = next(check for check in caller.json("doctor") if check["what"] == "Prefect")
    assert prefect["found"] == "no server at http://***@127.0.0.1:9/api"


def test_every_command_can_be_loaded_and_explains_itself(caller: Caller) -> None:
    said = caller.works("--help")
    for entry in COMMANDS:
        assert entry.help in " ".join(said.replace("│", " ").split())
        assert "Usage" in caller.works(entry.name, "--help")
    assert "the exit status is 0 only when" in " ".join(caller.works("demo", "--help").split())
