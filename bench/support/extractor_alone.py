"""trafilatura and nothing else, over the same pages, in two processes: what the pipeline's speed is compared with."""

from __future__ import annotations

import gzip
import logging
import multiprocessing
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trafilatura import bare_extraction

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue
    from multiprocessing.sharedctypes import Synchronized

PROCESSES = 2


@dataclass(frozen=True, kw_only=True)
class Alone:
    """What one pass over the pages came to. Reading and unpacking a page is not counted: trafilatura is given text."""

    pages: int
    seconds: float  # of the process that was busy longer
    cpu_seconds: float
    peak_bytes: int  # resident, both processes


@dataclass(frozen=True, kw_only=True)
class _Share:
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def measure_alone(files: Sequence[Path]) -> Alone:
    """Extract each page once. Files hold gzipped UTF-8 pages."""
    context = multiprocessing.get_context("spawn")
    following: Synchronized[int] = context.Value("i", 0)
    shares: SimpleQueue[_Share] = context.SimpleQueue()
    processes = [context.Process(target=_work, args=(files, following, shares)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    done = [shares.get() for _ in processes]
    for process in processes:
        process.join()
    return Alone(
        pages=len(files),
        seconds=max(share.seconds for share in done),
        cpu_seconds=sum(share.cpu_seconds for share in done),
        peak_bytes=sum(share.peak_bytes for share in done),
    )


def _work(files: Sequence[Path], following: Synchronized[int], shares: SimpleQueue[_Share]) -> None:
    """Take page after page until none is left."""
    logging.disable(logging.CRITICAL)
    seconds = cpu_seconds = 0.0
    while (index := _next(following)) < len(files):
        html = gzip.decompress(files[index].read_bytes()).decode("utf-8", "replace")
        began, cpu_began = time.perf_counter(), time.process_time()
        bare_extraction(html, include_comments=False, with_metadata=True)
        seconds += time.perf_counter() - began
        cpu_seconds += time.process_time() - cpu_began
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    shares.put(_Share(seconds=seconds, cpu_seconds=cpu_seconds, peak_bytes=peak_bytes))


def _next(following: Synchronized[int]) -> int:
    with following.get_lock():
        index = following.value
        following.value += 1
    return index
