"""The one place where connections are made: resolve, check every address, dial the checked one.

httpx has no public hook for this, so the transport's connection pool is replaced here, and only here (httpx and httpcore are pinned).
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import certifi
import httpcore
import httpx

from pipeline.errors import ExchangeFailedError, KeptConnectionError, SettingsError, UnsafeAddressError
from pipeline.fetch.addresses import address_verdict
from pipeline.fetch.targets import Target
from pipeline.settings import Settings

# Idle connections are closed before most servers do (Apache httpd and Node.js: 5 s), so that no request meets a closing one.
_KEEPALIVE_SECONDS = 4.0
_UNUSED_SECONDS = _KEEPALIVE_SECONDS  # an origin that was asked for something later than this ago is looked at
_ATTEMPT_SECONDS = 5.0  # per address, so that a dead IPv6 route leaves time for IPv4
_RESOLVER_THREADS = 16  # our own: a slow name server must not use up the threads of everybody else
_STANDARD_PORTS = (80, 443)


class Resolver(Protocol):
    """Turns host names into addresses."""

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of a host, best first. Raises ExchangeFailedError when there is none."""

    def close(self) -> None:
        """Let go of what it holds."""


class SystemResolver:
    """Answers from a fixed mapping first (the simulated press), then from the system's resolver, in threads of its own."""

    def __init__(self, known: Mapping[str, tuple[str, ...]]) -> None:
        self._known = known
        self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="resolve")

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of a host, in the system's order. Raises ExchangeFailedError when there is none."""
        if host in self._known:
            return self._known[host]
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: a label that IDNA does not know
            raise ExchangeFailedError(f"{host} has no address: {error}") from None
        return tuple(dict.fromkeys(found))

    def close(self) -> None:
        """Let the threads go; a look-up under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Dials for httpcore, and refuses what `addresses.py` refuses: one look-up, every address checked, a checked address dialled.

    Server name and Host header stay the host's, since httpcore takes them from the URL.
    """

    def __init__(self, resolver: Resolver, dialler: httpcore.AsyncNetworkBackend, *, allow_loopback: bool, allow_any_port: bool) -> None:
        self._resolver = resolver
        self._dialler = dialler
        self._allow_loopback = allow_loopback
        self._allow_any_port = allow_any_port

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers. Raises UnsafeAddressError, ExchangeFailedError, and httpcore's connect errors."""
        addresses = await self._checked_addresses(host, port)
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._dialler.connect_tcp(address, port, _ATTEMPT_SECONDS, local_address, socket_options)
        return await self._dialler.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def _checked_addresses(self, host: str, port: int) -> tuple[str, ...]:
        if port not in _STANDARD_PORTS and not self._allow_any_port:
            raise UnsafeAddressError(f"port {port} of {host}")
        addresses = await self._resolver.resolve(host, port)
        if not addresses:
            raise ExchangeFailedError(f"{host} has no address")
        for address in addresses:  # one bad answer spoils all: a name that is half inside our network is no publisher's
            verdict = address_verdict(address, allow_loopback=self._allow_loopback)
            if verdict is not None:
                raise UnsafeAddressError(f"{host}: {verdict}" if host == address else f"{host} is {address}: {verdict}")
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # httpcore's interface
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002  # httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """Never. Raises UnsafeAddressError."""
        raise UnsafeAddressError(f"the Unix socket {path}")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class OriginPools:
    """A small connection pool for each origin. One pool for all would look through all its connections twice a request: measured with
    40 hosts, a quarter of the event loop's time."""

    def __init__(self, backend: CheckedBackend, context: ssl.SSLContext) -> None:
        self._backend = backend
        self._context = context
        self._pools: OrderedDict[str, httpcore.AsyncConnectionPool] = OrderedDict()  # the one that was used last stands last
        self._used_at: dict[str, float] = {}

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request over its origin's pool. A new origin is when pools are let go whose connections were idle too long.

        Raises KeptConnectionError where the server closes a kept connection as the request comes, and httpcore's errors.
        """
        name = str(request.url.origin)
        if name not in self._pools:
            await self._let_go()
        if name not in self._pools:  # still, after the wait
            self._pools[name] = self._open_pool()
        self._note_use(name)
        pool = self._pools[name]
        kept = any(connection.is_available() and not connection.has_expired() for connection in pool.connections)
        try:
            return await pool.handle_async_request(request)
        except (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError) as error:
            if kept:
                raise KeptConnectionError(type(error).__name__) from error
            raise

    def _open_pool(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._context,
            http2=True,
            max_connections=None,  # a lease allows one request at a time
            keepalive_expiry=_KEEPALIVE_SECONDS,
            network_backend=self._backend,
        )

    def _note_use(self, name: str) -> None:
        self._used_at[name] = time.monotonic()
        self._pools.move_to_end(name)

    async def _let_go(self) -> None:
        """Look only at pools that nobody has used for long: each of 200 live ones would be asked at every exchange."""
        for name, pool in list(self._pools.items()):
            if self._used_at.get(name, 0.0) > time.monotonic() - _UNUSED_SECONDS:
                return
            if all(connection.has_expired() or connection.is_closed() for connection in pool.connections):
                await self.close(name)
            elif name in self._pools:
                self._note_use(name)  # a long exchange is under way

    async def close(self, name: str) -> None:
        """Close the connections to an origin."""
        self._used_at.pop(name, None)
        pool = self._pools.pop(name, None)
        if pool is not None:
            await pool.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        for name in list(self._pools):
            await self.close(name)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over pools that dial through a CheckedBackend; HTTP/1.1 and HTTP/2.

    It is used without httpx's client, which would follow proxies, keep cookies, and refuse a response whose Location it can't read.
    """

    def __init__(self, backend: CheckedBackend, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pools = OriginPools(backend, context)
        self._pool = self._pools  # type: ignore[assignment]  # httpx sends requests to its pool and closes it, nothing else

    async def drop(self, target: Target) -> None:
        """Close the connections to a target's origin: after an exchange that was cut off, an HTTP/2 server would go on sending.

        A host has one request in flight at a time (its lease), so nobody else's exchange is cut.
        """
        await self._pools.close(str(httpcore.URL(target.url).origin))


def tls_context(extra_authorities: Path | None) -> ssl.SSLContext:
    """Verification against the system's authorities, and those in a PEM file beside them. Raises SettingsError for an unusable file."""
    context = ssl.create_default_context()
    system = ssl.get_default_verify_paths()
    if system.cafile is None and system.capath is None:  # a slim container without ca-certificates
        context.load_verify_locations(certifi.where())
    if extra_authorities is not None:
        try:
            context.load_verify_locations(extra_authorities)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"DATELINE_EXTRA_CA_FILE: {extra_authorities}: {error}") from None
    return context


def open_resolver(resolver_file: Path | None) -> SystemResolver:
    """The resolver with the host names of a JSON file {name: address or [addresses]}. Raises SettingsError for an unusable file."""
    if resolver_file is None:
        return SystemResolver({})
    try:
        entries = json.loads(resolver_file.read_text("utf-8")).items()
        known = {str(name).lower(): (value,) if isinstance(value, str) else tuple(str(item) for item in value) for name, value in entries}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise SettingsError(f"DATELINE_RESOLVER_FILE: {resolver_file}: {error}") from None
    return SystemResolver(known)


def open_transport(settings: Settings, *, resolver: Resolver, dialler: httpcore.AsyncNetworkBackend) -> CheckedTransport:
    """The transport that these settings allow. Raises SettingsError."""
    for name in ("httpx", "httpcore", "hpack"):  # they log URLs and headers in full
        logging.getLogger(name).setLevel(logging.WARNING)
    backend = CheckedBackend(resolver, dialler, allow_loopback=settings.allow_loopback, allow_any_port=settings.allow_any_port)
    return CheckedTransport(backend, tls_context(settings.extra_ca_file))
