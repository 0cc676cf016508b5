"""Fetches a bomb in a process of its own and prints by how many bytes its peak memory grew: `python bomb_child.py ENCODING bounded|naive`.

The packed body comes on standard input. `naive` is the control: httpx's own decoders under the same cap, counted as its users do.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx  # the project is on the path only now

from pipeline.errors import BodyTooLargeError, BodyUndecodableError
from pipeline.extract.child import peak_bytes
from pipeline.fetch.http import Fetcher
from pipeline.records import Validators
from pipeline.settings import Settings

CAP = 5 * 1024 * 1024


async def bounded(url: str) -> str:
    """Fetch as Dateline does."""
    async with Fetcher(Settings(allow_loopback=True, allow_any_port=True)) as fetcher:
        try:
            response = await fetcher.exchange(url, validators=Validators(), cap_bytes=CAP, accept="*/*", deadline_seconds=30)
        except (BodyTooLargeError, BodyUndecodableError) as error:
            return type(error).__name__
        return f"{len(response.body)} bytes"


async def naive(url: str) -> str:
    """Count the decoded chunks that httpx hands out."""
    size = 0
    async with httpx.AsyncClient(trust_env=False) as client, client.stream("GET", url) as response:
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > CAP:
                return "BodyTooLargeError"
    return f"{size} bytes"


async def main(encoding: str, fetch: str, packed: bytes) -> None:
    """Serve a small page first, so that only the bomb's own memory is counted."""
    body = b"<html>"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        fields = f"Content-Encoding: {encoding}\r\n" if body is packed else ""
        writer.write(f"HTTP/1.1 200 OK\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
    run = bounded if fetch == "bounded" else naive
    await run(url)
    before = peak_bytes()
    body = packed
    came_to = await run(url)
    print(peak_bytes() - before, came_to)  # noqa: T201  # its answer
    listener.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.stdin.buffer.read()))
