"""The commands at work on the simulated press: from a home page to rows, and back to nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_calls import Caller

from newsroom.access_log import read_log
from newsroom.house import LOG_FILE, read_press_file
from newsroom.sources import AUTHORITY_FILE, RESOLVER_FILE
from pipeline.records import EndpointKind, SourceSpec
from pipeline.store.queries import SQL_FOLDER


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a press that runs, two articles an outlet, without passing faults."""
    folder = tmp_path_factory.mktemp("press")
    command = [sys.executable, "-m", "newsroom", "--folder", str(folder), "--articles", "2", "--frozen", "--calm"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "The press is running" in process.stdout.readline()
        yield folder
        process.terminate()


@pytest.fixture
def outlets(press: Path) -> dict[str, SourceSpec]:
    file = read_press_file(press)
    assert file is not None
    return {spec.slug: spec for spec in file.sources}


@pytest.fixture
def caller(press: Path, database: str, tmp_path: Path) -> Caller:
    return Caller(
        database,
        tmp_path / "data",
        resolver_file=str(press / RESOLVER_FILE),
        extra_ca_file=str(press / AUTHORITY_FILE),
        allow_loopback="true",
        allow_any_port="true",
        default_delay_seconds="0.1",
        drain_patience_seconds="2",
    )


def first_feed(spec: SourceSpec) -> str:
    return next(one.url for one in spec.endpoints if one.kind in (EndpointKind.RSS, EndpointKind.ATOM, EndpointKind.JSONFEED))


def test_a_site_is_added_by_its_home_page_and_by_a_feed(caller: Caller, outlets: dict[str, SourceSpec]) -> None:
    wire, ledger = outlets["wirelight"], outlets["ledger"]
    said = caller.works("sources", "add", wire.homepage, "--slug", "wirelight", "--country", "GB")
    assert "Added as wirelight" in said
    caller.works("sources", "add", first_feed(ledger), "--name", "The Ledger", "--slug", "ledger")
    added = {source["slug"]: source for source in caller.json("sources", "list")}
    assert added["wirelight"]["country"] == "GB" and added["wirelight"]["language"] == "en"
    assert added["ledger"]["homepage"] == ledger.homepage and added["ledger"]["name"] == "The Ledger"
    for url, slug, words in (
        (wire.homepage, "other", "polled already, for wirelight"),
        (ledger.homepage, "wirelight", "is a source wirelight already"),
    ):
        refused = caller.call("sources", "add", url, "--slug", slug)
        assert refused.exit_code == 2 and words in " ".join(refused.stderr.replace("│", " ").split())
    caller.works("sources", "remove", "wirelight", "--yes")
    assert "Added as other" in caller.works("sources", "add", wire.homepage, "--slug", "other")
    renamed = next(source for source in caller.json("sources", "list") if source["slug"] == "other")
    assert first_feed(wire) in [endpoint["url"] for endpoint in renamed["endpoints"]]
    for spec in (wire, ledger):
        assert first_feed(spec) in [endpoint["url"] for endpoint in added[spec.slug]["endpoints"]]


def test_a_site_that_does_not_answer_is_not_added(caller: Caller, outlets: dict[str, SourceSpec]) -> None:
    missing = outlets["ledger"].homepage + "no-such-feed.xml"
    assert "status 404" in caller.sentence("sources", "add", missing)
    assert caller.json("sources", "list") == []


def test_sources_travel_as_toml_and_opml(caller: Caller, press: Path, tmp_path: Path) -> None:
    assert "26 sources: 26 new" in caller.works("sources", "sync", str(press / "sources.toml"))
    copy, opml = tmp_path / "copy.toml", tmp_path / "list.opml"
    copy.write_text(caller.works("sources", "list", "--toml"), encoding="utf-8")
    assert "26 sources: 0 new, 26 known" in caller.works("sources", "sync", str(copy))
    caller.works("sources", "export", str(opml))
    caller.works("sources", "remove", "ledger", "--yes")
    assert "ledger" not in {source["slug"] for source in caller.json("sources", "list")}
    one = tmp_path / "one.toml"
    one.write_text(copy.read_text(encoding="utf-8").split("\n\n")[0] + "\n", encoding="utf-8")
    assert "24 retired" in caller.works("sources", "sync", str(one), "--retire")
    assert "added" in caller.works("sources", "import", str(opml))


def test_check_reads_endpoints_and_names_what_is_wrong(caller: Caller, outlets: dict[str, SourceSpec], tmp_path: Path) -> None:
    good = outlets["wirelight"]
    file = tmp_path / "sources.toml"
    bad_url = f"{good.homepage}nothing.xml"
    file.write_text(
        f'[[source]]\nslug = "x"\nname = "X"\nhomepage = "{good.homepage}"\n'
        f'endpoints = [{{ kind = "rss", url = "{first_feed(good)}" }}, {{ kind = "rss", url = "{bad_url}" }}]\n',
        encoding="utf-8",
    )
    caller.works("sources", "sync", str(file))
    result = caller.call("sources", "check", "x", "--json")
    assert result.exit_code == 1
    reports = {report["url"]: report for report in json.loads(result.stdout)["x"]}
    assert (reports[first_feed(good)]["problem"], reports[first_feed(good)]["entries"]) == (None, 2)
    assert reports[first_feed(good)]["newest"] is not None
    assert "status 404" in reports[bad_url]["problem"]


_NEVER = {"missing", "doubled", "rights", "disallowed", "too_fast", "too_early", "invented"}


def _found(caller: Caller, press: Path) -> set[str]:
    """The sorts of findings of the scorecard."""
    card = json.loads(caller.call("scorecard", "--press", str(press), "--json").stdout)
    assert card["required"] == 52
    return {finding["what"] for finding in card["findings"]}


def test_ingest_loads_the_press_and_the_scorecard_counts(caller: Caller, press: Path) -> None:
    caller.works("sources", "sync", str(press / "sources.toml"))
    said = caller.works("ingest")
    assert "balanced" in said and "NOT" not in said
    missing = (SQL_FOLDER / "examples" / "03_why_is_it_missing.sql").read_text(encoding="utf-8")
    assert [row["outcome"] for row in json.loads(caller.works("sql", "-", "--json", answer=missing))] == ["blocked"], (
        "the example asks for an outlet of the demo"
    )
    assert _found(caller, press) & _NEVER == set()
    reserved = caller.json(
        "sql", "SELECT source, count(*) FROM v_article WHERE rights->'origins' ?| ARRAY['tdmrep.json', 'ai.txt'] GROUP BY 1 ORDER BY 1"
    )
    assert [row["source"] for row in reserved] == ["cascade", "severny"], "the two with a file that reserves rights"
    for statement in ("UPDATE endpoint SET next_poll_at = now()", "UPDATE host SET next_due_at = now()"):
        caller.works("sql", "--write", statement)
    assert "0 loaded" in caller.works("ingest"), "a second drain has nothing to load"
    asked = [request for request in read_log(press / LOG_FILE) if request.if_none_match]
    assert len(asked) > 20 and {request.status for request in asked} == {304}
    assert _found(caller, press) & _NEVER == set()
    again = caller.json("reextract", "--dry-run", "--current-too")
    assert set(again["total"]) == {"unchanged"}
    assert f"{again['total']['unchanged']} were up to date" in caller.works("reextract")
    assert "There is no such thing: source nobody" in caller.sentence("reextract", "--source", "nobody")
    _look_into_a_page(caller)
    _compare(caller)


def _compare(caller: Caller) -> None:
    """The rows against the extractor of today, and two files of results."""
    assert caller.works("compare").startswith("Nothing to compare")
    folder = Path(str(caller.environment["DATELINE_DATA_FOLDER"]))
    before, after = str(folder / "before.jsonl"), str(folder / "after.jsonl")
    caller.works("reextract", "--dry-run", "--current-too", "--source", "ledger", "--output", before)
    assert "File exists" in caller.sentence("reextract", "--dry-run", "--output", before)
    caller.works(
        "sql",
        "--write",
        "UPDATE article SET extractor = 'dateline-0', title = title || ' (old)', section = NULL WHERE source_id = "
        "(SELECT source_id FROM source WHERE slug = 'ledger')",
    )
    found = caller.json("compare", "--source", "ledger")
    assert found["by_field"]["title"] == {"changed": 2} and found["by_field"]["body"] == {"equal": 2}
    assert [example["old"].removesuffix(" (old)") for example in found["examples"]["title"]] == [
        example["new"] for example in found["examples"]["title"]
    ]
    caller.works("reextract", "--output", after)
    assert set(caller.json("compare", before, after)["by_field"]["title"]) == {"equal"}
    assert caller.json("compare", before, "current", "--sample", "5000")["compared"] == 2
    assert "2 articles compared" in caller.works("compare", before, after)
    assert "line 1: not a result" in caller.sentence("compare", str(folder / "archive" / _a_file(folder / "archive")), after)


def _a_file(folder: Path) -> str:
    return str(next(path for path in folder.rglob("*.warc.gz")).relative_to(folder))


def _look_into_a_page(caller: Caller) -> None:
    """What the archive holds comes out as it was loaded, by id and by address; what is fetched anew, too."""
    article = caller.json("articles", "list", "--source", "ledger", "--limit", "1")["articles"][0]
    shown = caller.json("articles", "show", article["url"])["article"]
    archived = caller.json("extract", str(article["article_id"]))
    assert archived["origin"].startswith("the archive: ")
    assert {name: archived["result"][name] for name in ("title", "body", "authors")} == {
        name: shown[name] for name in ("title", "body", "authors")
    }
    explained = caller.json("extract", article["url"], "--explain")
    assert explained["explained"]["result"] == archived["result"]
    assert [line["text"] for line in explained["explained"]["lines"] if line["rule"] is None]
    fetched = caller.json("extract", article["url"], "--fetch")
    assert fetched["origin"].startswith("the web, just now: ") and fetched["result"]["body"] == shown["body"]
    assert "no such file" in caller.sentence("extract", "page.html")


def test_backfill_queues_the_past_behind_the_news(caller: Caller, outlets: dict[str, SourceSpec], tmp_path: Path) -> None:
    spec = outlets["beacon"]  # has a sitemap index
    file = tmp_path / "sources.toml"
    file.write_text(f'[[source]]\nslug = "beacon"\nname = "Beacon"\nhomepage = "{spec.homepage}"\n', encoding="utf-8")
    caller.works("sources", "sync", str(file))
    today = datetime.now(UTC)
    before = caller.json("backfill", "beacon", "--from", "2001-01-01", "--to", "2001-02-01")
    assert (before["queued"], before["problems"]) == (0, [])
    window = ("--from", f"{today - timedelta(days=30):%Y-%m-%d}")
    report = caller.json("backfill", "beacon", *window)
    assert report["queued"] == report["in_window"] == 2
    assert caller.json("backfill", "beacon", *window)["queued"] == 0
    assert caller.json("sql", "SELECT DISTINCT priority FROM url") == [{"priority": -10.0}]
    assert "This run: 0 discovered, 2 loaded" in caller.works("ingest")


def test_what_is_forgotten_is_gone_from_rows_and_archive(caller: Caller, outlets: dict[str, SourceSpec]) -> None:
    caller.works("sources", "add", outlets["wirelight"].homepage, "--slug", "wire")
    caller.works("ingest")
    articles = caller.json("articles", "list", "--source", "wire")["articles"]
    shown = caller.json("articles", "show", str(articles[0]["article_id"]))
    archive = Path(str(caller.environment["DATELINE_DATA_FOLDER"])) / "archive" / shown["archived"]["warc_file"]
    whole = archive.read_bytes()
    assert "1 article; 1 response wiped" in caller.works("forget", articles[0]["url"], answer="y\n")
    assert archive.read_bytes() != whole and archive.stat().st_size == len(whole)
    assert "forgotten" in caller.json("why", articles[0]["url"])["answer"]
    caller.works("forget", "wire", "--yes", "--reason", "the publisher asked")
    assert caller.json("articles", "list")["articles"] == []
    assert caller.json("status")["ledger"]["balanced"] is True


def test_a_demo_is_not_continued_with_another_press(press: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "demo"
    folder.mkdir(parents=True)
    (folder / "press").symlink_to(press)
    assert "holds a demo with --articles 2 --speed 1 --seed 1" in Caller(None, tmp_path / "data").sentence("demo", "--once")
