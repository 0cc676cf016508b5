"""`python -m newsroom --folder DIR`: runs the simulated press until it is stopped (Ctrl-C or SIGTERM)."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsroom.house import SOURCES_FILE, running_press
from newsroom.script import Script
from pipeline.errors import DatelineError


def main(arguments: list[str] | None = None) -> int:
    """Run the press; the exit status: 0 after a stop, 1 with one sentence when it can't start."""
    options = _parser().parse_args(arguments)
    script = Script(
        seed=options.seed,
        start=datetime.now(UTC).replace(microsecond=0),
        articles=options.articles,
        speed=options.speed,
        frozen=options.frozen,
        calm=options.calm,
        judging=options.judging,
    )
    try:
        asyncio.run(_run(options.folder, script))
    except DatelineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _run(folder: Path, script: Script) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not stop.is_set():  # connections that the stop cuts off are no errors
            loop.default_exception_handler(context)

    loop.set_exception_handler(report)
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with running_press(folder, script) as running:
        articles = sum(map(len, running.press.lives.values()))
        sys.stdout.write(f"The press is running: {len(running.outlets)} outlets, {articles} articles, sources in {folder / SOURCES_FILE}\n")
        sys.stdout.flush()
        await stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m newsroom", description="Run the simulated press on loopback.")
    parser.add_argument("--folder", type=Path, required=True, help="where its files are; a press that lived there goes on")
    parser.add_argument("--seed", type=int, default=1, help="everything follows from it (default 1)")
    parser.add_argument("--articles", type=int, default=16, help="articles of each outlet at the start (default 16)")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than life the script runs (default 1)")
    parser.add_argument("--frozen", action="store_true", help="nothing is published and nothing changes after the start")
    parser.add_argument("--calm", action="store_true", help="no outages and no faults that pass")
    parser.add_argument("--judging", action="store_true", help="pages wear the templates that no rule was written by")
    return parser


if __name__ == "__main__":
    sys.exit(main())
