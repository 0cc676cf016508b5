"""Collects finished pages of a batch and loads them: archive first, closed and synced, then one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.archive.warc import open_warc
from pipeline.errors import DatabaseRefusedError, DatelineError, KeyCollisionError
from pipeline.records import Capture, Document, Finished, Page, PageRequest, Postponed, Tally
from pipeline.redaction import redact
from pipeline.steps.clock import lease_clock
from pipeline.steps.workplace import Workplace

# Bodies that wait for the archive in one chunk: what real pages of 200 KB never reach, and pages at their cap soon do.
_CHUNK_BYTES = 16_000_000
_PUT_OFF = timedelta(hours=6)  # a page that the database refuses is asked for again no sooner: its publisher can't help it


@dataclass(frozen=True, kw_only=True)
class Done:
    """One finished request, and the page to archive with it (None: no body, there already, or the publisher wants none)."""

    finished: Finished
    page: Page | None

    @property
    def size(self) -> int:
        """Bytes that are held until it is loaded."""
        return 0 if self.page is None else len(self.page.response.body)


class Chunk:
    """The finished pages of one batch that are not loaded yet."""

    def __init__(self, workplace: Workplace, token: int) -> None:
        self._workplace = workplace
        self._token = token
        self._parts = 0
        self._waiting: list[Done] = []
        self._documents: list[Document] = []
        self._oldest = 0.0
        self._loading = asyncio.Lock()
        self.tally = Tally()
        self.refused: list[DatabaseRefusedError] = []  # by the database, each of a page that was put off for it

    async def add(self, done: Done) -> None:
        """Take a finished page; loads what has gathered when it is enough."""
        if not self._waiting:
            self._oldest = lease_clock()
        self._waiting.append(done)
        if len(self._waiting) >= self._workplace.settings.load_chunk or self._size >= _CHUNK_BYTES:
            await self.load()

    async def keep(self, documents: Sequence[Document]) -> None:
        """Take what endpoints answered with, to be archived with the pages."""
        self._documents += documents
        if self._size >= _CHUNK_BYTES:
            await self.load()

    @property
    def _size(self) -> int:
        """Bytes that are held."""
        return sum(done.size for done in self._waiting) + sum(len(document.response.body) for document in self._documents)

    async def load_in_time(self) -> None:
        """Runs beside the batch until cancelled: no finished page waits longer than the setting."""
        limit = self._workplace.settings.load_within_seconds
        while True:
            age = lease_clock() - self._oldest if self._waiting else 0.0
            await asyncio.sleep(max(0.05, limit - age))
            if self._waiting and lease_clock() - self._oldest >= limit:
                await self.load()

    async def load(self) -> None:
        """Load everything that is finished."""
        async with self._loading:
            work, self._waiting = self._waiting, []
            documents, self._documents = self._documents, []
            if work or documents:
                self._parts += 1
                await asyncio.to_thread(self._archive_and_load, work, documents, self._parts)

    def _archive_and_load(self, work: list[Done], documents: list[Document], part: int) -> None:
        archived = self._archive(work, documents, part)
        self._workplace.polls.add_documents(archived.documents)
        if work:
            self._load_or_put_off([replace(done.finished, capture=archived.pages.get(index)) for index, done in enumerate(work)])
            self._workplace.loader.match()

    def put_off(self, request: PageRequest, error: DatabaseRefusedError) -> Done:
        """What becomes of a page whose rechecked article the database refuses: it goes back to the queue."""
        now = self._workplace.now()
        self.refused.append(_named(error, request))
        return Done(finished=Finished(request=request, result=_wait(error, now), finished_at=now), page=None)

    def _load_or_put_off(self, finished: Sequence[Finished]) -> None:
        """Load what the database takes. A page that it refuses holds up no other: it is found by halves, and goes back to the queue."""
        if self._is_stored(finished):
            return
        if len(finished) > 1:
            half = len(finished) // 2
            self._load_or_put_off(finished[:half])
            self._load_or_put_off(finished[half:])
            return
        waiting = replace(finished[0], result=_wait(self.refused[-1], self._workplace.now()))
        # where its response lies is kept, unless that is what is refused; what can't be put off goes back with the lease
        if not self._is_stored([waiting], noting=False):
            self._is_stored([replace(waiting, capture=None)], noting=False)

    def _is_stored(self, finished: Sequence[Finished], *, noting: bool = True) -> bool:
        """Store these in one transaction; notes the refusal of a single page."""
        try:
            self.tally += self._workplace.loader.load(finished, token=self._token, run_id=self._workplace.run_id)
        except (DatabaseRefusedError, KeyCollisionError) as error:
            if noting and len(finished) == 1:
                self.refused.append(_named(error, finished[0].request))
            return False
        return True

    def _archive(self, work: list[Done], documents: list[Document], part: int) -> _Archived:
        if not documents and all(done.page is None for done in work):
            return _Archived(pages={}, documents=())
        with open_warc(self._workplace.settings.archive_root, token=self._token, part=part, now=self._workplace.now()) as warc:
            return _Archived(
                pages={index: warc.write(done.page) for index, done in enumerate(work) if done.page is not None},
                documents=tuple(warc.write_document(document) for document in documents),
            )


def _named(error: DatelineError, request: PageRequest) -> DatabaseRefusedError:
    named = DatabaseRefusedError(f"{error.detail}, of {redact(request.url)}")
    named.__cause__ = error
    return named


def _wait(error: DatabaseRefusedError, now: datetime) -> Postponed:
    """No try is spent: the trouble is ours, and another version may store the page."""
    return Postponed(detail=redact(str(error)), retry_at=now + _PUT_OFF, spends_try=False)


@dataclass(frozen=True, kw_only=True)
class _Archived:
    """Where a chunk's responses lie."""

    pages: dict[int, Capture]  # by place in the work
    documents: tuple[Capture, ...]
