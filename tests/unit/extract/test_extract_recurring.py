"""Lines that return on an outlet's pages are left out of its texts, with their reason, and kept in the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.blocks import Snapshot, block_of
from pipeline.extract.article import extract
from pipeline.extract.context import Context
from pipeline.extract.explain import explain
from pipeline.extract.limits import Limits, name_extractor
from pipeline.extract.recurring import RULE, without_recurring
from pipeline.extract.structure import Structure
from pipeline.extract.wire import Job, job_from_json, job_to_json
from pipeline.records import Article, Evidence, Respect, Rights, SourceFacts

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
SOURCE = SourceFacts(source_id=1, slug="beacon", homepage="https://www.beacon.test/", language="eu", timezone="UTC", respect=Respect.NONE)
URL = "https://www.beacon.test/kaia"
CALL = "Harpidetu zaitez gure gutun berrira, eta jaso egunero albisteak doan."
TEXT = tuple(
    f"Portuko kontseiluak asteartean erabaki zuen {part} kaia berreraikitzea, eta lanak datorren maiatzean hasiko dira."
    for part in ("lehenengo", "bigarren", "hirugarren", "laugarren")
)
PAGE = (
    f"<html lang=eu><title>Kaia berreraikiko dute</title><body><article><h1>Kaia berreraikiko dute</h1>{{}}<p>{CALL}</p></article></body>"
)
_NO_STRUCTURE = Structure()
PLAIN = Context(url=URL, source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=Limits())
SNAPSHOT = Snapshot(
    blocks=frozenset(block for block in (block_of(CALL), *map(block_of, ("Kirola", "Gehiago:", "| Eguna | Ordua |"))) if block)
)


def page() -> str:
    return PAGE.format("".join(f"<p>{text}</p>" for text in TEXT))


def test_a_line_that_returns_is_left_out_and_kept_in_the_evidence() -> None:
    limits = Limits(furniture=SNAPSHOT)
    before, after = extract(page(), PLAIN), extract(page(), replace(PLAIN, limits=limits))
    assert isinstance(before, Article) and isinstance(after, Article)
    assert before.body == "\n\n".join((*TEXT, CALL)) and after.body == "\n\n".join(TEXT)
    assert after.evidence == (*before.evidence, Evidence(field="furniture", value=CALL, origin="text"))
    assert after.extractor == f"{before.extractor}{SNAPSHOT.suffix}" == name_extractor(limits, SOURCE)
    explained = explain(page(), replace(PLAIN, limits=limits))
    assert explained.result == after
    assert [(line.text, line.rule) for line in explained.lines[-2:]] == [(TEXT[-1], None), (CALL, RULE)]


def left(*lines: str, structure: Structure = _NO_STRUCTURE) -> list[str]:
    """The lines that are left out of a text of these and four paragraphs of its own."""
    kept, cuts = without_recurring((*TEXT, *lines), structure, SNAPSHOT)
    assert [*kept] == [line for line in (*TEXT, *lines) if line not in [cut.line for cut in cuts]] and {cut.rule for cut in cuts} <= {RULE}
    return [cut.line for cut in cuts]


def test_subheadings_labels_of_lists_and_tables_return_by_nature() -> None:
    own, heads = "Bi orduko bilera izan zen.", Structure(headings={"Kirola": 2, "Gehiago:": 3})
    assert left("Kirola", own) == ["Kirola"] and left("Kirola", own, structure=heads) == []
    assert left("Kirola", CALL, structure=heads) == ["Kirola", CALL], "nothing of the article's own follows"
    assert left("Kirola", "Gehiago:", own, structure=heads) == ["Kirola"]
    assert left("Gehiago:", "- bat", "- bi") == [] and left("Gehiago:", own) == ["Gehiago:"]
    assert left("| Eguna | Ordua |") == []


def test_a_page_of_what_returns_is_its_own_content() -> None:
    assert without_recurring((CALL, "Kirola", "Gaur"), _NO_STRUCTURE, SNAPSHOT) == ((CALL, "Kirola", "Gaur"), ())
    assert without_recurring((CALL, *TEXT), _NO_STRUCTURE, None) == ((CALL, *TEXT), ())


def test_a_snapshot_crosses_to_the_child() -> None:
    job = Job(
        content_type=None, context=Context(url=URL, source=SOURCE, facts=(), rights=Rights(), now=NOW, limits=Limits(furniture=SNAPSHOT))
    )
    assert job_from_json(job_to_json(job)) == job
