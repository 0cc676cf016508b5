"""The WARC archive: pages are appended to one file per chunk of a batch, and read back by file, offset and length."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from pipeline.archive.facts import CaptureFacts, decode_facts, encode_facts
from pipeline.archive.members import facts_member, info_member, new_record_id, original_headers, response_member
from pipeline.archive.place import Place
from pipeline.errors import ArchiveRecordError
from pipeline.records import Capture, Document, Page, Response


class WarcFile:
    """One file that is being written. A file that is never finished is never referenced, and does no harm."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name  # relative to the archive's root
        self._stream = stream
        self._size = 0

    def write(self, page: Page) -> Capture:
        """Append a page's response, and after it the facts it came with. Returns where the response lies."""
        response, record_id = page.response, new_record_id()
        capture = self._write(response, record_id)
        self._append(facts_member(response, encode_facts(page), record_id))
        return replace(capture, url_id=page.request.url_id)

    def write_document(self, document: Document) -> Capture:
        """Append what an endpoint answered with. Nothing stands beside it: it is not extracted again."""
        return replace(self._write(document.response, new_record_id()), endpoint_id=document.endpoint_id)

    def _write(self, response: Response, record_id: str) -> Capture:
        payload = hashlib.sha256(response.body).digest()
        member = response_member(response, record_id, payload)
        return Capture(
            captured_at=response.started_at,
            status=response.status,
            final_url=response.url,
            content_type=response.header("content-type"),
            payload_sha256=payload,
            warc_file=self.name,
            warc_offset=self._append(member),
            warc_length=len(member),
        )

    def begin(self, now: datetime) -> None:
        """Write the record that opens every file."""
        self._append(info_member(file_name=self.name.rpartition("/")[2], now=now))

    def _append(self, member: bytes) -> int:
        offset = self._size
        self._stream.write(member)
        self._size += len(member)
        return offset


@contextmanager
def open_warc(root: str, *, token: int, part: int, now: datetime) -> Iterator[WarcFile]:
    """A new file YYYY/MM/DD/<token>-<part>.warc.gz under `root` (a path or fsspec URL).

    When the block has ended, the file is whole and synced to the disk: only then may a transaction reference it. Raises DataFolderError.
    """
    place = Place(root)
    name = place.free_name(f"{now.astimezone(UTC):%Y/%m/%d}/{token}-{part}")
    with place.create(name) as stream:
        warc = WarcFile(name, stream)
        warc.begin(now)
        yield warc


@dataclass(frozen=True, kw_only=True)
class Archived:
    """A capture as it was read back."""

    response: Response
    facts: CaptureFacts


def read_capture(root: str, warc_file: str, offset: int, length: int) -> Archived:
    """Read a capture: the response exactly as it was fetched, and the facts beside it.

    Raises ArchiveRecordError when there is no such file or record, or the record was removed (`dateline forget`).
    """
    where = f"{warc_file} at {offset}"
    with Place(root).open(warc_file) as stream:
        stream.seek(offset)
        records = ArchiveIterator(stream, check_digests=True)
        head, body = _next_record(records, where)
        if head.rec_type != "response" or head.http_headers is None:
            raise ArchiveRecordError(f"{where} was removed")
        if head.digest_checker.passed is False or records.get_record_length() != length:
            raise ArchiveRecordError(f"{where} is damaged")
        metadata, facts = _next_record(records, where)
    if metadata.rec_headers.get_header("WARC-Concurrent-To") != head.rec_headers.get_header("WARC-Record-ID"):
        raise ArchiveRecordError(f"{where} has no facts beside it")
    return _archived(head, body, decode_facts(facts))


def _next_record(records: ArchiveIterator, where: str) -> tuple[ArcWarcRecord, bytes]:
    try:
        record = next(records)
        return record, record.raw_stream.read()
    except (StopIteration, ArchiveLoadFailed, EOFError) as error:
        raise ArchiveRecordError(f"{where}: {error or 'the file ends'}") from None


def _archived(head: ArcWarcRecord, body: bytes, facts: CaptureFacts) -> Archived:
    response = Response(
        url=head.rec_headers.get_header("WARC-Target-URI"),
        status=int(head.http_headers.get_statuscode()),
        headers=original_headers(head.http_headers.headers),
        body=body,
        http_version=facts.http_version,
        started_at=datetime.fromisoformat(head.rec_headers.get_header("WARC-Date")),
        ended_at=facts.ended_at,
        ttfb_ms=facts.ttfb_ms,
    )
    return Archived(response=response, facts=facts)
