"""A sweep of unchanged feeds: how many a second, and what each costs in processor time.

    python bench/sweep.py [--feeds 1000]

Serves that many feeds of 20 entries, each on a host name of its own, on loopback and without a pace; reads all of them once, makes all of
them due again, and measures the second pass, in which each answers 304. The work is that of an ingest run's lanes: claims, leases,
robots.txt from the store, conditional requests, polls stored. Prints one table and writes bench/results/sweep.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text
from support.processes import Watch, family

from newsroom.request_head import read_request
from pipeline.records import EndpointKind, EndpointSpec, Run, SourceSpec
from pipeline.settings import Settings, load_settings
from pipeline.steps.shift import Shift
from pipeline.steps.workplace import open_workplace
from pipeline.store.database import open_engine, transaction
from pipeline.store.embedded import start
from pipeline.store.migrate import migrate
from pipeline.store.sources import Sources

_RESULTS = Path(__file__).resolve().parent / "results" / "sweep.json"
_SUPPORT = Path(__file__).parent / "support"
_DUE = text((_SUPPORT / "due.sql").read_text(encoding="utf-8"))
_ANSWERS = text((_SUPPORT / "answers.sql").read_text(encoding="utf-8"))
_PORT = 8801
_ITEMS = 20
_ETAG = '"unchanged"'


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A robots.txt, and a feed that never changes, at every host name."""
    try:
        while request := await read_request(reader):
            writer.write(_reply(*request))
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


def _reply(path: str, headers: dict[str, str]) -> bytes:
    if path == "/robots.txt":
        body = b"User-agent: *\nDisallow: /story/\n"  # the sweep is of feeds: their pages are not wanted
    elif headers.get("if-none-match") == _ETAG:
        return f"HTTP/1.1 304 Not Modified\r\nETag: {_ETAG}\r\n\r\n".encode()
    else:
        items = "".join(f"<item><title>Story {n}</title><link>http://{headers['host']}/story/{n}</link></item>" for n in range(_ITEMS))
        body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nETag: {_ETAG}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", _PORT)
    print("ready", flush=True)
    await server.serve_forever()


@contextmanager
def _served() -> Iterator[None]:
    """The feeds, served by a process of its own."""
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as server:
        try:
            if server.stdout is None or server.stdout.readline().strip() != "ready":
                sys.exit(f"bench/sweep.py: nothing listens on port {_PORT}")
            yield
        finally:
            server.terminate()


def _settings(folder: Path, names: list[str]) -> Settings:
    resolver = folder / "names.json"
    resolver.write_text(json.dumps(dict.fromkeys(names, "127.0.0.1")), encoding="utf-8")
    folder.chmod(0o755)
    return load_settings(
        data_folder=folder,
        resolver_file=resolver,
        allow_loopback=True,
        allow_any_port=True,
        ignore_pace=True,
        drain_patience_seconds=0.0,
        full_get_every=0,
    )


def measure(count: int) -> dict[str, Any]:
    """The figures of the second pass over `count` feeds."""
    names = [f"feed-{number}.test" for number in range(count)]
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder, _served():
        settings = _settings(Path(folder), names)
        with start(settings) as postgres:
            engine = open_engine(postgres.connection_url(postgres.database))
            migrate(engine)
            Sources(engine).sync([_source(name) for name in names])
            asyncio.run(_drain(settings, engine))
            with transaction(engine) as connection:
                connection.execute(_DUE)
            postmaster = postgres.postmaster_pid
            with Watch({"postgres": lambda processes: family(processes, postmaster)}) as watch:
                began, cpu_began = time.monotonic(), time.process_time()
                run_id = asyncio.run(_drain(settings, engine))
                seconds, cpu = time.monotonic() - began, time.process_time() - cpu_began
                time.sleep(0.5)  # the watch looks every quarter of a second
            with transaction(engine) as connection:
                answers = {row.answer: row.times for row in connection.execute(_ANSWERS, {"run_id": run_id})}
            engine.dispose()
    return {
        "feeds": count,
        "answers": answers,
        "seconds": seconds,
        "feeds_a_second": count / seconds,
        "worker_cpu_ms_a_feed": 1000 * cpu / count,
        "postgres_cpu_ms_a_feed": 1000 * watch["postgres"].cpu_seconds / count,
    }


def _source(name: str) -> SourceSpec:
    feed = EndpointSpec(kind=EndpointKind.RSS, url=f"http://{name}:{_PORT}/feed")
    return SourceSpec(slug=name, name=name, homepage=f"http://{name}:{_PORT}/", endpoints=(feed,))


async def _drain(settings: Settings, engine: Engine) -> UUID:
    """Work until nothing is due; returns the run's id."""
    run = Run(run_id=uuid4(), flow="bench", code_version="bench")
    async with open_workplace(settings, engine, run.run_id) as workplace:
        workplace.runs.start(run)
        shift = Shift(workplace, ends_at=None)
        await asyncio.gather(*(shift.work_lane() for _ in range(settings.lanes)))
        if shift.errors:
            sys.exit(f"bench/sweep.py: {shift.errors[0]}")
    return run.run_id


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000, help="how many feeds")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(_serve())
        return
    figures = measure(options.feeds)
    table = Table("", "", title="a sweep of unchanged feeds")
    for name, figure in figures.items():
        table.add_row(name.replace("_", " "), f"{figure:.1f}" if isinstance(figure, float) else str(figure))
    Console().print(table)
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
