"""Decoders: the same text out of every coding, however it is cut; broken streams have a name."""

from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import BodyTooLargeError, BodyUndecodableError
from pipeline.fetch.decode import BodyReader

TEXT = b"<html><body>" + b"".join(b"<p>The ferry number %d left at noon.</p>" % number for number in range(9000))


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "DEFLATE ": _raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "identity": bytes,
    "identity, gzip": gzip.compress,
}


def _read(encoding: str | None, data: bytes, *, cap: int = 10_000_000, step: int = 1000) -> bytes:
    reader = BodyReader(encoding, cap)
    for start in range(0, len(data), step):
        reader.add(data[start : start + step])
    return reader.finish()


@pytest.mark.parametrize("encoding", CODINGS)
@pytest.mark.parametrize("step", [1, 1000, 10_000_000])
def test_every_coding_however_it_is_cut(encoding: str, step: int) -> None:
    text = TEXT if step > 1 else TEXT[:3000]
    assert _read(encoding, CODINGS[encoding](text), step=step) == text


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_several_members_are_one_body(encoding: str) -> None:
    pack = CODINGS[encoding]
    assert _read(encoding, pack(b"one ") + pack(b"") + pack(b"two")) == b"one two"


def test_rubbish_after_gzip_is_ignored() -> None:
    assert _read("gzip", gzip.compress(b"text") + b"\0" * 2000) == b"text"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_needs_no_coding(encoding: str) -> None:
    assert _read(encoding, b"") == b""


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_stream_that_breaks_off_is_named(encoding: str) -> None:
    with pytest.raises(BodyUndecodableError, match="breaks off"):
        _read(encoding, CODINGS[encoding](TEXT)[:-9])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_stream_that_is_none_is_named(encoding: str) -> None:
    with pytest.raises(BodyUndecodableError):
        _read(encoding, b"\xff<html>this is no compressed page at all" * 50)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br,gzip", "gzip, identity, zstd", "compress", "utf-8", "x" * 5000])
def test_stacked_and_unknown_codings_are_refused(encoding: str) -> None:
    with pytest.raises(BodyUndecodableError):
        BodyReader(encoding, 1000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity"])
def test_the_cap_is_exact(encoding: str) -> None:
    data = CODINGS[encoding](TEXT)
    assert _read(encoding, data, cap=len(TEXT)) == TEXT
    with pytest.raises(BodyTooLargeError):
        _read(encoding, data, cap=len(TEXT) - 1)


def test_a_stream_that_decodes_to_nothing_for_ever_is_cut() -> None:
    with pytest.raises(BodyTooLargeError, match="sent"):
        _read("gzip", gzip.compress(b"") * 10_000, cap=1000)


def test_a_zstd_window_beyond_8_mib_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, write_content_size=0)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    noise = random.Random(7).randbytes(200_000)
    with pytest.raises(BodyUndecodableError):
        _read("zstd", packed.compress(noise) + packed.flush())


@given(st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.binary(max_size=400))
def test_any_bytes_end_in_a_body_or_a_name(encoding: str, data: bytes) -> None:
    try:
        assert len(_read(encoding, data, cap=100_000, step=7)) <= 100_000
    except (BodyUndecodableError, BodyTooLargeError) as error:
        assert str(error)
