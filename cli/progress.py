"""A live display of work on the queue."""

from __future__ import annotations

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.output import error_console, note


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
        self._said = 0

    def __enter__(self) -> QueueProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, description: str, *, percent: float) -> None:
        """Say how far the work is."""
        self._bar.update(self._task, description=description, completed=percent, total=100)
        decile = int(percent // 10)
        if not self._bar.console.is_terminal and decile > self._said:
            self._said = decile
            note(description)
