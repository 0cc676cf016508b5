"""What a server on loopback is asked: request lines and headers, no bodies."""

from __future__ import annotations

from asyncio import StreamReader


async def read_request(reader: StreamReader) -> tuple[str, dict[str, str]] | None:
    """The path and the headers (lower-case names) of the connection's next request; None at its end."""
    line = await reader.readline()
    if not line.strip():
        return None
    headers = {}
    while (header := await reader.readline()).strip():
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return line.split(b" ")[1].decode("latin-1"), headers
