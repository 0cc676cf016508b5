"""The archive: what is written is read back the same, by us and by other tools; half a file and removed records do no harm."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipeline.archive.members import original_headers, response_member, tombstone_member
from pipeline.archive.upkeep import delete_unreferenced, scrub_record
from pipeline.archive.warc import open_warc, read_capture
from pipeline.errors import ArchiveRecordError, DataFolderError, PermanentError
from pipeline.records import Candidate, Capture, DateClaim, Page, PageRequest, Precision, Purpose, Respect, Response, SourceFacts

NOW = datetime(2026, 11, 20, 23, 30, 5, 123456, tzinfo=UTC)
SOURCE = SourceFacts(source_id=1, slug="beacon", homepage="https://www.beacon.test/", language="en", timezone="UTC", respect=Respect.NONE)
HEADERS = (
    ("content-type", "text/html"),
    ("content-encoding", "br"),
    ("content-length", "17"),
    ("set-cookie", "a=1"),
    ("set-cookie", "b=2"),
)


def _page(number: int, body: bytes, headers: tuple[tuple[str, str], ...] = HEADERS) -> Page:
    url = f"https://www.beacon.test/{number}"
    facts = Candidate(url=url, title="Fährplan", published=DateClaim(at=NOW, precision=Precision.MINUTE), categories=("Hafen", "港"))
    request = PageRequest(
        url_id=number, source=SOURCE, url=url, host="www.beacon.test", purpose=Purpose.ARTICLE, tries=0, first_seen_at=NOW, facts=(facts,)
    )
    response = Response(
        url=url + "/final", status=200, headers=headers, body=body, http_version="HTTP/2", started_at=NOW,
        ended_at=NOW + timedelta(milliseconds=210), ttfb_ms=40,
    )  # fmt: skip
    return Page(request=request, response=response, hops=(url,))


BODIES = (b"<html>one</html>" * 100, b"", os.urandom(200_000), b"<html>last</html>")


@pytest.fixture(params=["folder", "memory"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A local folder, and a target that is none."""
    return str(tmp_path / "archive") if request.param == "folder" else f"memory://{tmp_path.name}-{os.getpid()}"


def _write(root: str, *, token: int = 7, part: int = 1) -> tuple[list[Page], list[Capture]]:
    pages = [_page(number, body) for number, body in enumerate(BODIES)]
    with open_warc(root, token=token, part=part, now=NOW) as warc:
        return pages, [warc.write(page) for page in pages]


def _read(root: str, capture: Capture) -> Response:
    return read_capture(root, capture.warc_file, capture.warc_offset, capture.warc_length).response


def test_a_capture_is_read_back_as_it_was(root: str) -> None:
    for page, capture in zip(*_write(root), strict=True):
        archived = read_capture(root, capture.warc_file, capture.warc_offset, capture.warc_length)
        assert archived.response == page.response
        assert (archived.facts.candidates, archived.facts.hops, archived.facts.url) == (page.request.facts, page.hops, page.request.url)


def test_the_file_is_named_by_day_token_and_part(root: str) -> None:
    _, captures = _write(root, token=12, part=3)
    assert {capture.warc_file for capture in captures} == {"2026/11/20/12-3.warc.gz"}


def test_a_name_that_is_taken_is_not_written_over(root: str) -> None:
    pages, first = _write(root)
    _, second = _write(root)
    assert second[0].warc_file == "2026/11/20/7-1-2.warc.gz"
    assert _read(root, first[0]) == pages[0].response


def test_other_tools_read_it(tmp_path: Path) -> None:
    _, captures = _write(str(tmp_path))
    file = tmp_path / captures[0].warc_file
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", "-v", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") == 1 + 2 * len(BODIES)
    with file.open("rb") as stream:
        records = [(record.rec_type, record.http_headers) for record in ArchiveIterator(stream)]
    kinds = [(kind, headers and headers.get_header("x-archive-orig-content-encoding")) for kind, headers in records]
    assert kinds == [("warcinfo", None)] + [("response", "br"), ("metadata", None)] * len(BODIES)


def test_offset_and_length_cut_out_one_gzip_member(tmp_path: Path) -> None:
    pages, captures = _write(str(tmp_path))
    data = (tmp_path / captures[0].warc_file).read_bytes()
    for page, capture in zip(pages, captures, strict=True):
        record = gzip.decompress(data[capture.warc_offset : capture.warc_offset + capture.warc_length])
        assert record.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")
        assert record.endswith(b"\r\n\r\n" + page.response.body + b"\r\n\r\n")


def test_a_failure_leaves_no_file(root: str) -> None:
    with pytest.raises(RuntimeError), open_warc(root, token=9, part=1, now=NOW) as warc:
        warc.write(_page(1, b"<html>"))
        raise RuntimeError
    assert delete_unreferenced(root, set(), datetime.now(UTC) + timedelta(days=1)) == []


def test_half_a_file_does_no_harm(tmp_path: Path) -> None:
    pages, captures = _write(str(tmp_path))
    file = tmp_path / captures[0].warc_file
    file.write_bytes(file.read_bytes()[: captures[2].warc_offset + 1000])
    assert _read(str(tmp_path), captures[0]) == pages[0].response
    for capture in captures[2:]:
        with pytest.raises(ArchiveRecordError):
            _read(str(tmp_path), capture)


def test_unreferenced_files_go_after_their_time(root: str) -> None:
    _, kept = _write(root, token=1)
    _write(root, token=2)
    referenced = {capture.warc_file for capture in kept}
    assert delete_unreferenced(root, referenced, datetime.now(UTC) - timedelta(days=1)) == []
    assert delete_unreferenced(root, referenced, datetime.now(UTC) + timedelta(minutes=1)) == ["2026/11/20/2-1.warc.gz"]
    assert _read(root, kept[0]).body == BODIES[0]
    assert delete_unreferenced(root + "-never-made", set(), NOW) == []


def test_a_removed_record_is_gone_and_its_neighbours_stay(root: str) -> None:
    pages, captures = _write(root)
    for _ in range(2):  # the second time there is nothing left to remove
        scrub_record(root, captures[2].warc_file, captures[2].warc_offset, now=NOW)
    with pytest.raises(ArchiveRecordError, match="was removed"):
        _read(root, captures[2])
    assert [_read(root, captures[number]) for number in (0, 1, 3)] == [pages[number].response for number in (0, 1, 3)]
    with fsspec.open(f"{root}/{captures[2].warc_file}", "rb") as stream:
        everything = gzip.decompress(stream.read())
    assert BODIES[2] not in everything
    assert everything.count(b"https://www.beacon.test/2") == 0


def test_a_scrubbed_file_still_passes_the_check(tmp_path: Path) -> None:
    _, captures = _write(str(tmp_path))
    for capture in captures:
        scrub_record(str(tmp_path), capture.warc_file, capture.warc_offset, now=NOW)
    file = tmp_path / captures[0].warc_file
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(file)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]


@pytest.mark.parametrize("offset", [5, 10**9])
def test_an_offset_without_a_record_has_a_name(root: str, offset: int) -> None:
    _, captures = _write(root)
    with pytest.raises(ArchiveRecordError):
        read_capture(root, captures[0].warc_file, offset, 100)
    with pytest.raises(ArchiveRecordError):
        scrub_record(root, captures[0].warc_file, offset, now=NOW)


def test_a_file_that_is_not_there_has_a_name(root: str) -> None:
    with pytest.raises(ArchiveRecordError):
        read_capture(root, "2026/01/01/1-1.warc.gz", 0, 10)


def test_a_damaged_record_is_not_passed_on(tmp_path: Path) -> None:
    _, captures = _write(str(tmp_path))
    file = tmp_path / captures[0].warc_file
    data = bytearray(file.read_bytes())
    data[captures[2].warc_offset + 5000] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(ArchiveRecordError):
        _read(str(tmp_path), captures[2])


@pytest.mark.parametrize("target", ["nosuchprotocol://bucket", "{file}/archive"])
def test_a_target_that_can_not_be_written_has_a_name(tmp_path: Path, target: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataFolderError), open_warc(target.format(file=tmp_path / "file"), token=1, part=1, now=NOW):
        pass


def test_no_record_fits_into_nothing() -> None:
    with pytest.raises(PermanentError):
        tombstone_member(20, now=NOW)


_VALUES = st.text(st.characters(min_codepoint=0x20, exclude_characters="\x7f", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)
_NAMES = st.sampled_from(["content-type", "content-length", "content-encoding", "transfer-encoding", "x-a", "link", "date"])


@settings(max_examples=200)
@given(st.lists(st.tuples(_NAMES, _VALUES.map(str.strip)), max_size=8).map(tuple), st.binary(max_size=200), st.integers(100, 999))
def test_any_response_survives(headers: tuple[tuple[str, str], ...], body: bytes, status: int) -> None:
    response = replace(_page(1, body, headers).response, status=status)
    record = gzip.decompress(response_member(response, "<urn:uuid:1>", b"digest"))
    _, _, block = record.removesuffix(b"\r\n\r\n").partition(b"\r\n\r\n")
    head = block[: len(block) - len(body)].decode("utf-8").removesuffix("\r\n\r\n")
    start, *lines = head.split("\r\n")
    assert start.startswith(f"HTTP/1.1 {status} ")
    assert original_headers((name, value) for name, _, value in (line.partition(": ") for line in lines)) == headers
