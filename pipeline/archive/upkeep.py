"""What is done to an archive later: files that nothing references go, and single records are made to say nothing."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.archive.members import tombstone_member
from pipeline.archive.place import Place
from pipeline.errors import ArchiveRecordError


def delete_unreferenced(root: str, referenced: Set[str], older_than: datetime) -> list[str]:
    """Delete the WARC files under `root` that are not in `referenced` and were last written before `older_than`.

    They are what killed batches left behind. Returns the names deleted, relative to the root. Raises DataFolderError.
    """
    place = Place(root)
    doomed = [name for name in place.names() if name not in referenced and place.modified_at(name) < older_than]
    for name in doomed:
        place.delete(name)
    return doomed


def scrub_record(root: str, warc_file: str, offset: int, *, now: datetime) -> None:
    """Make a capture's records say nothing: a tombstone of the same length takes their place, so that all other offsets stay valid.

    The file is replaced at once; scrubbing twice does no harm. Raises ArchiveRecordError when there is no such file or record, and
    DataFolderError when it can't be written.
    """
    place = Place(root)
    with place.open(warc_file) as stream:
        extents = _extents(stream, offset, f"{warc_file} at {offset}")
        if not extents:
            return
        stream.seek(0)
        data = bytearray(stream.read())
    for start, length in extents:
        data[start : start + length] = tombstone_member(length, now=now)
    place.replace(warc_file, bytes(data))


def _extents(stream: BinaryIO, offset: int, where: str) -> list[tuple[int, int]]:
    """Offset and length of the response at `offset` and of the facts beside it; nothing when they are tombstones already."""
    stream.seek(offset)
    records = ArchiveIterator(stream)
    try:
        first = next(records)
        if first.rec_type != "response":
            return []
        found = [(records.get_record_offset(), records.get_record_length())]
        beside = next(records, None)
        if beside is not None and beside.rec_headers.get_header("WARC-Concurrent-To") == first.rec_headers.get_header("WARC-Record-ID"):
            found.append((records.get_record_offset(), records.get_record_length()))
    except (StopIteration, ArchiveLoadFailed, EOFError) as error:
        raise ArchiveRecordError(f"{where}: {error or 'the file ends'}") from None
    return found
