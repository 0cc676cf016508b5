"""Where WARC files lie: a folder or any other fsspec target, and what it takes to make a file there last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from pipeline.errors import ArchiveRecordError, DataFolderError

SUFFIX = ".warc.gz"
_UNFINISHED = ".new"  # of a replacement that was never put in place


class Place:
    """The root of an archive. File names are relative to it, with slashes."""

    def __init__(self, root: str) -> None:
        """`root` is a path or an fsspec URL."""
        with _clear_errors(root):
            self._files, self._root = url_to_fs(root)
        self._is_local = isinstance(self._files, LocalFileSystem)

    def path(self, name: str) -> str:
        """The file system's own path of a file."""
        return f"{self._root.rstrip('/')}/{name}"

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """Write a new file. When the block ends it is on the disk, with the folders that lead to it; when it fails the file is gone.

        Raises DataFolderError when the target can't be written.
        """
        path = self.path(name)
        with _clear_errors(path):
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            stream = self._files.open(path, "wb")
            try:
                yield stream
                self._flush(stream)
            except BaseException:
                stream.close()
                self._files.rm_file(path)
                raise
            stream.close()
            self._sync_folders(path)

    def free_name(self, stem: str) -> str:
        """`stem`, with a number after it where a file of that name exists: a database made anew counts its tokens from the start."""
        names = (f"{stem}{'' if number == 1 else f'-{number}'}{SUFFIX}" for number in range(1, 1_000_000))
        with _clear_errors(self._root):
            return next(name for name in names if not self._files.exists(self.path(name)))

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Read a file. Raises ArchiveRecordError when it is not there."""
        try:
            stream = self._files.open(self.path(name), "rb")
        except FileNotFoundError:
            raise ArchiveRecordError(f"no file {name}") from None
        with _clear_errors(name), stream:
            yield stream

    def replace(self, name: str, data: bytes) -> None:
        """Put other content in a file's place, all at once. Raises DataFolderError."""
        path = self.path(name)
        with _clear_errors(path):
            if not self._is_local:
                self._files.pipe_file(path, data)  # object stores put a file as a whole
                return
            with Path(path + _UNFINISHED).open("wb") as stream:
                stream.write(data)
                self._flush(stream)
            Path(path + _UNFINISHED).replace(path)
            self._sync_folders(path)

    def names(self) -> list[str]:
        """All WARC files, and replacements that were left unfinished; sorted."""
        with _clear_errors(self._root):
            found = self._files.find(self._root) if self._files.exists(self._root) else []
        start = len(self.path(""))
        return sorted(path[start:] for path in found if path.endswith((SUFFIX, SUFFIX + _UNFINISHED)))

    def modified_at(self, name: str) -> datetime:
        """When a file was last written, UTC."""
        with _clear_errors(name):
            moment: datetime = self._files.modified(self.path(name))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def delete(self, name: str) -> None:
        """Remove a file. Raises DataFolderError."""
        with _clear_errors(name):
            self._files.rm_file(self.path(name))

    def _flush(self, stream: BinaryIO) -> None:
        stream.flush()
        if self._is_local:
            os.fsync(stream.fileno())

    def _sync_folders(self, path: str) -> None:
        """A file's name is safe only when its folder is written, and so on up to the root (fsync(2))."""
        if not self._is_local:
            return
        for folder in Path(path).parents:
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if str(folder) == str(Path(self._root)):
                break


@contextmanager
def _clear_errors(where: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, ImportError) as error:  # ValueError, ImportError: fsspec's for a protocol that it does not have
        raise DataFolderError(f"archive {where}: {error}") from error
