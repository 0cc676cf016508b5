"""The pages of a folder served on loopback, as sources that Dateline can be pointed at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.records import EndpointKind, EndpointSpec, SourceSpec

PORT = 8800
OUTLETS = 40
_PRESS = Path(__file__).with_name("corpus_press.py")


@contextmanager
def serve(articles: Path, *, copies: int) -> Iterator[tuple[SourceSpec, ...]]:
    """Serve each page `copies` times in a process of its own; the outlets are in the block's variable."""
    command = [
        sys.executable,
        str(_PRESS),
        "--articles",
        str(articles),
        "--copies",
        str(copies),
        "--port",
        str(PORT),
        "--outlets",
        str(OUTLETS),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as press:
        try:
            if press.stdout is None or press.stdout.readline().strip() != "ready":
                sys.exit(f"the press does not listen on port {PORT}")
            yield tuple(_outlet(number) for number in range(OUTLETS))
        finally:
            press.terminate()


def _outlet(number: int) -> SourceSpec:
    origin = f"http://127.0.0.{number + 2}:{PORT}"
    feed = EndpointSpec(kind=EndpointKind.RSS, url=f"{origin}/feed.xml")
    return SourceSpec(slug=f"outlet-{number}", name=f"Outlet {number}", homepage=f"{origin}/", endpoints=(feed,))
