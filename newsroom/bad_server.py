"""The catalogue of faults on a loopback port, for tests: `/good` answers well, `/<name>` with the fault of that name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from newsroom.channel import Channel, ClientGoneError, Receive, Reply, Send
from newsroom.faults import CATALOGUE, Fault
from newsroom.server import LOOPBACK, Scope, listen, serving
from newsroom.tls import TlsFiles


@asynccontextmanager
async def bad_server(good: Reply, faults: Mapping[str, Fault] = CATALOGUE, *, tls: TlsFiles | None = None) -> AsyncIterator[str]:
    """Serve until the block ends; yields the origin. With `tls` it speaks TLS and offers HTTP/2. Unknown names answer 404."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        channel = Channel(receive, send, http_version=scope["http_version"])
        fault = faults.get(scope["path"].removeprefix("/"))
        try:
            if fault is not None:
                await fault.answer(good, channel)
            else:
                await channel.reply(good if scope["path"] == "/good" else Reply(status=404))
        except ClientGoneError:
            pass

    door = listen()
    port = door.getsockname()[1]
    plain, secure = ((door,), ()) if tls is None else ((), (door,))
    async with serving(app, plain=plain, secure=secure, tls=tls):
        yield f"{'http' if tls is None else 'https'}://{LOOPBACK}:{port}"
