"""Writes exported articles as JSON lines, CSV or Parquet, batch by batch."""

from __future__ import annotations

import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from io import TextIOWrapper
from typing import Any, BinaryIO, get_type_hints

from cli.output import plain
from pipeline.store.rows import ArticleRow

COLUMNS = ("change", *ArticleRow.__dataclass_fields__)  # `change` is "snapshot", or an entry's kind in the change feed

Row = dict[str, Any]  # by column; of a deleted article `change` and `article_id` alone


class Format(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Writer(ABC):
    """Takes rows in batches."""

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""

    @abstractmethod
    def finish(self) -> None:
        """Write what the format ends with; the stream stays open."""


def row_of(change: str, article_id: int, article: ArticleRow | None) -> Row:
    """One row of an export."""
    return {"change": change, "article_id": article_id, **(vars(article) if article else {})}


def open_writer(wanted: Format, stream: BinaryIO) -> Writer:
    """A writer of this format on a stream of bytes."""
    if wanted is Format.PARQUET:
        return ParquetWriter(stream)
    return JsonLinesWriter(stream) if wanted is Format.JSONL else CsvWriter(stream)


class JsonLinesWriter(Writer):
    """One JSON object a line; columns without a value are null."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, rows: Sequence[Row]) -> None:
        """See Writer."""
        for row in rows:
            line = json.dumps({name: plain(row.get(name)) for name in COLUMNS}, ensure_ascii=False, separators=(",", ":"))
            self._stream.write(line.encode() + b"\n")

    def finish(self) -> None:
        """See Writer."""


class CsvWriter(Writer):
    """RFC 4180 with a header line; lists and objects are JSON texts."""

    def __init__(self, stream: BinaryIO) -> None:
        self._text = TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text)
        self._csv.writerow(COLUMNS)

    def write(self, rows: Sequence[Row]) -> None:
        """See Writer."""
        self._csv.writerows([_csv_cell(row.get(name)) for name in COLUMNS] for row in rows)

    def finish(self) -> None:
        """See Writer."""
        self._text.detach()


def _csv_cell(value: object) -> object:
    value = plain(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


class ParquetWriter(Writer):
    """Apache Parquet, zstd; a row group a batch. Times are UTC in microseconds, `rights` is a JSON text."""

    def __init__(self, stream: BinaryIO) -> None:
        self._arrow = import_module("pyarrow")  # takes half a second, which other formats need not wait for
        self._schema = self._arrow.schema([("change", self._arrow.string()), *self._fields()])
        self._file = import_module("pyarrow.parquet").ParquetWriter(stream, self._schema, compression="zstd")

    def _fields(self) -> list[tuple[str, Any]]:
        arrow = self._arrow
        types = {int: arrow.int64(), float: arrow.float64(), str: arrow.string(), datetime: arrow.timestamp("us", tz="UTC")}
        types |= {list[str]: arrow.list_(arrow.string()), dict[str, Any]: arrow.string()}
        return [(name, types[_without_none(hint)]) for name, hint in get_type_hints(ArticleRow).items()]

    def write(self, rows: Sequence[Row]) -> None:
        """See Writer."""
        if rows:
            columns = {name: [_parquet_cell(row.get(name)) for row in rows] for name in COLUMNS}
            self._file.write_table(self._arrow.table(columns, schema=self._schema))

    def finish(self) -> None:
        """See Writer."""
        self._file.close()


def _without_none(hint: Any) -> Any:
    """`X` for the type hint `X | None`."""
    members = [member for member in getattr(hint, "__args__", ()) if member is not type(None)]
    return members[0] if type(None) in getattr(hint, "__args__", ()) else hint


def _parquet_cell(value: object) -> object:
    return json.dumps(plain(value), ensure_ascii=False) if isinstance(value, dict) else value
