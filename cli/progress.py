"""A live display of work on the queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.output import error_console, note
from pipeline.steps.clock import pause_after_look

_LOOK_SECONDS = 0.5
_SAY_SECONDS = 10.0  # between two lines, where standard error is no terminal


class QueueProgress:
    """A progress bar on standard error; where that is no terminal, a line now and then. Use it as a context manager."""

    def __init__(self, title: str) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=error_console(),
            transient=True,
        )
        self._task = self._bar.add_task(title, total=None)
        self._said_at = time.monotonic()

    def __enter__(self) -> QueueProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, description: str, *, percent: float) -> None:
        """Say how far the work is."""
        self._bar.update(self._task, description=description, completed=percent, total=100)
        now = time.monotonic()
        if not self._bar.console.is_terminal and now - self._said_at > _SAY_SECONDS:
            self._said_at = now
            note(f"{description} ({percent:.0f} %)")


@asynccontextmanager
async def shown_progress(title: str, look: Callable[[QueueProgress], Awaitable[None]]) -> AsyncIterator[None]:
    """A progress bar as long as the block lasts; `look` is called twice a second at the most to say how far the work is."""

    async def keep_showing(bar: QueueProgress) -> None:
        while True:
            began = time.monotonic()
            await look(bar)
            await asyncio.sleep(pause_after_look(time.monotonic() - began, least=_LOOK_SECONDS))

    with QueueProgress(title) as bar:
        showing = asyncio.create_task(keep_showing(bar))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.wait([showing])
