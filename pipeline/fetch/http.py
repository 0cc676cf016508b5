"""One HTTP exchange: bounded in time and in decoded bytes, from connecting to the last byte."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import h2.exceptions
import httpcore
import httpx

from pipeline.errors import (
    BodyTooLargeError,
    DatelineError,
    ExchangeFailedError,
    ExchangeTimeoutError,
    ResponseCutError,
    SettingsError,
    UnsafeUrlError,
)
from pipeline.fetch.decode import OFFERED, BodyReader
from pipeline.fetch.network import Resolver, open_resolver, open_transport
from pipeline.fetch.targets import Target, parse_target
from pipeline.headers import conditional_headers, decode_headers, is_safe_value
from pipeline.records import Response, Validators
from pipeline.redaction import redact
from pipeline.settings import Settings
from pipeline.text import clean_line

_MESSAGE_CHARS = 200
# What a hostile server can make the libraries raise. OSError and ValueError: certificates, sockets, text that is none.
_BROKEN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, h2.exceptions.H2Error, OSError, ValueError)


class Fetcher:
    """Sends requests for everybody in this process; connections are kept alive between them."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolver: Resolver | None = None,
        dialler: httpcore.AsyncNetworkBackend | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`resolver` and `dialler` replace the system's, `now` the clock that dates responses.

        Raises SettingsError for a user agent or file that can't be used.
        """
        if not is_safe_value(settings.user_agent):
            raise SettingsError("DATELINE_USER_AGENT: only visible ASCII characters")
        self._now = now
        self._user_agent = settings.user_agent
        self._resolver = resolver or open_resolver(settings.resolver_file)
        self._transport = open_transport(settings, resolver=self._resolver, dialler=dialler or httpcore.AnyIOBackend())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._resolver.close()
        await self._transport.aclose()

    async def exchange(self, url: str, *, validators: Validators, cap_bytes: int, accept: str, deadline_seconds: float) -> Response:
        """GET a URL, once: no redirect is followed, nothing is tried again.

        `cap_bytes` bounds the decoded body, `deadline_seconds` the whole exchange. Raises UnsafeUrlError, UnsafeAddressError,
        BodyTooLargeError, BodyUndecodableError, ExchangeTimeoutError, ExchangeFailedError (KeptConnectionError where the server closed an
        idle connection meanwhile) and ResponseCutError; their texts hold no secrets of the URL.
        """
        target = parse_target(url)
        request = self._request(target, validators, accept)
        whole = False
        try:
            async with asyncio.timeout(deadline_seconds):
                response = await self._receive(target, request, cap_bytes)
            whole = True
        except (TimeoutError, httpx.TimeoutException):
            raise ExchangeTimeoutError(f"{deadline_seconds:g} s, host {target.host}") from None
        except DatelineError:
            raise
        except _BROKEN as error:
            raise ExchangeFailedError(_message(error)) from error
        finally:
            if not whole:
                await self._transport.drop(target)
        return response

    def _request(self, target: Target, validators: Validators, accept: str) -> httpx.Request:
        headers = (("User-Agent", self._user_agent), ("Accept", accept), ("Accept-Encoding", OFFERED), *conditional_headers(validators))
        try:
            # The path goes out as the URL has it, not as httpx would write it.
            request = httpx.Request("GET", target.url, headers=headers, extensions={"target": target.path_and_query.encode("ascii")})
        except (httpx.InvalidURL, ValueError):
            raise UnsafeUrlError("it can't be parsed") from None
        if request.url.raw_host.decode("ascii").strip("[]") != target.host:
            raise UnsafeUrlError(f"two readings of its host: {target.host}")
        return request

    async def _receive(self, target: Target, request: httpx.Request, cap_bytes: int) -> Response:
        started_at, started = self._now(), time.monotonic()
        answer = await self._transport.handle_async_request(request)
        ttfb_ms = round((time.monotonic() - started) * 1000)
        try:
            body = await _read_body(answer, cap_bytes)
        except httpx.TimeoutException:
            raise
        except _BROKEN as error:
            raise ResponseCutError(_message(error)) from error
        finally:
            await answer.aclose()
        return Response(
            url=target.url,
            status=answer.status_code,
            headers=decode_headers(answer.headers.raw),
            body=body,
            http_version=answer.http_version,
            started_at=started_at,
            ended_at=self._now(),
            ttfb_ms=ttfb_ms,
        )


async def _read_body(answer: httpx.Response, cap_bytes: int) -> bytes:
    declared = answer.headers.get("content-length", "")
    encoding = answer.headers.get("content-encoding")
    if declared.isdecimal() and len(declared) > len(str(cap_bytes)) + 1:
        raise BodyTooLargeError(f"{declared[:20]} bytes announced, {cap_bytes} allowed")
    reader = BodyReader(encoding, cap_bytes)
    async for data in answer.aiter_raw():
        reader.add(data)
    return reader.finish()


def _message(error: Exception) -> str:
    """What broke, without anything the URL might hide."""
    return clean_line(redact(f"{type(error).__name__}: {error}"), _MESSAGE_CHARS)
