"""Content decoding in bounded steps: a few hundred bytes can decode to hundreds of megabytes (FAULTS, finding 1)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli
import zstandard

from pipeline.errors import BodyTooLargeError, BodyUndecodableError

OFFERED = "gzip, br, zstd"  # Accept-Encoding: every coding here has a bounded decoder below
_STEP = 64 * 1024  # decoded bytes that come out of one call, about
_ZSTD_SLICE = 128  # zstandard has no output limit: 32 blocks of 4 bytes are 4 MiB decoded at the most (RFC 8878, 3.1.1.2)
_ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659: what a decoder of HTTP content must support, and need not exceed
_SLACK = 64 * 1024  # a coding may make what can't be compressed this much longer


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to, in pieces; raises BodyUndecodableError."""

    def is_complete(self) -> bool:
        """Whether the coded stream has come to its end."""


class BodyReader:
    """Collects one response body, decoded, and never holds more than its cap (and one step)."""

    def __init__(self, content_encoding: str | None, cap_bytes: int) -> None:
        """`content_encoding` is the header's value, or None. Raises BodyUndecodableError for codings that are unknown or stacked."""
        self._decoder = _decoder_for(content_encoding)
        self._cap = cap_bytes
        self._received = 0
        self._body = bytearray()

    def add(self, data: bytes) -> None:
        """Take bytes as they came. Raises BodyTooLargeError and BodyUndecodableError."""
        self._received += len(data)
        if self._received > self._cap + _SLACK:
            raise BodyTooLargeError(f"more than {self._cap} bytes sent")
        for piece in self._decoder.feed(data):
            self._body += piece
            if len(self._body) > self._cap:
                raise BodyTooLargeError(f"more than {self._cap} bytes decoded from {self._received}")

    def finish(self) -> bytes:
        """The whole decoded body. Raises BodyUndecodableError when the coded stream breaks off although the response is whole."""
        if self._received and not self._decoder.is_complete():
            raise BodyUndecodableError("the compressed body breaks off")
        return bytes(self._body)


def _decoder_for(content_encoding: str | None) -> _Decoder:
    codings = [coding.strip().lower() for coding in (content_encoding or "").split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if not codings:
        return _Identity()
    if len(codings) > 1:
        raise BodyUndecodableError(f"{len(codings)} stacked content codings")
    if codings[0] not in _DECODERS:
        raise BodyUndecodableError(f"content coding {codings[0][:40]!r}")
    return _DECODERS[codings[0]]()


class _Identity:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def is_complete(self) -> bool:
        return True


class _Gzip:
    """One or more members (RFC 1952, 2.2); zeros or rubbish after the last one are ignored, as browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member.eof:
                if not data.startswith(b"\x1f"):
                    return
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            yield from _inflate(self._member, data)
            data = self._member.unused_data

    def is_complete(self) -> bool:
        return self._member.eof


class _Deflate:
    """zlib's format, as the RFC says, or a bare deflate stream, as some servers send it (RFC 9110, 8.4.1.2)."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._start = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._start += data
            if len(self._start) < 2:
                return
            is_zlib = self._start[0] & 0x0F == 8 and int.from_bytes(self._start[:2], "big") % 31 == 0  # RFC 1950, 2.2
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
            data = self._start
        if not self._stream.eof:
            yield from _inflate(self._stream, data)

    def is_complete(self) -> bool:
        return self._stream is not None and self._stream.eof


def _inflate(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    try:
        while True:
            piece = stream.decompress(data, _STEP)
            if piece:
                yield piece
            data = stream.unconsumed_tail
            if stream.eof or (not data and len(piece) < _STEP):
                return
    except zlib.error as error:
        raise BodyUndecodableError(str(error)) from None


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._stream.is_finished():
                piece = self._stream.process(data, output_buffer_limit=_STEP)
                if not piece:  # can_accept_more_data() says yes while decoded bytes are still held back
                    return
                yield piece
                data = b""
        except brotli.error as error:
            raise BodyUndecodableError(str(error)) from None

    def is_complete(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstd:
    """One or more frames (RFC 8878, 3.1)."""

    def __init__(self) -> None:
        self._codec = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._codec.decompressobj(write_size=_STEP)

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            yield from self._feed_slice(data[start : start + _ZSTD_SLICE])

    def _feed_slice(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                if self._frame.eof:
                    self._frame = self._codec.decompressobj(write_size=_STEP)
                yield self._frame.decompress(data)
                data = self._frame.unused_data
        except zstandard.ZstdError as error:
            raise BodyUndecodableError(str(error)) from None

    def is_complete(self) -> bool:
        return self._frame.eof


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
