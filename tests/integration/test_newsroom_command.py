"""`python -m newsroom` as a process, and the scorecard over the files that it writes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zlib import crc32

from test_newsroom_server import Reader

from newsroom.access_log import read_log
from newsroom.findings import LoadedArticle, LoadedRow
from newsroom.house import LOG_FILE, TRUTH_FILE, read_press_file
from newsroom.scorecard import RIGHTS_PATHS, score
from newsroom.truth import TruthArticle, read_truth
from pipeline.records import Outcome, Precision


@asynccontextmanager
async def command(folder: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The press as a process of its own, stopped at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "newsroom", "--folder", str(folder), *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def first_line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode()


async def test_the_press_says_when_it_runs_and_stops_when_told(tmp_path: Path) -> None:
    async with command(tmp_path, "--articles", "1", "--frozen", "--calm") as process:
        assert await first_line(process) == f"The press is running: 26 outlets, 26 articles, sources in {tmp_path / 'sources.toml'}\n"
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
        assert (process.returncode, errors) == (0, b"")


async def test_two_presses_in_one_folder_are_refused_with_one_sentence(tmp_path: Path) -> None:
    async with command(tmp_path, "--articles", "1", "--frozen") as first:
        await first_line(first)
        async with command(tmp_path, "--articles", "1", "--frozen") as second:
            _, errors = await second.communicate()
    assert second.returncode == 1
    assert errors.decode().count("\n") == 1
    assert "taken by another program: 127.0.0.1:" in errors.decode()


async def test_the_scorecard_of_a_reader_that_gets_everything_right_but_hurries(tmp_path: Path) -> None:
    async with command(tmp_path, "--articles", "3", "--frozen", "--calm") as process:
        await first_line(process)
        await read_all(tmp_path)
    truth = list(read_truth(tmp_path / TRUTH_FILE))
    card = score(truth, [row_of(number, article) for number, article in enumerate(truth)], read_log(tmp_path / LOG_FILE))
    assert card.required == len(truth) == 26 * 3
    assert card.loaded + card.refused == len(truth)
    assert set(card.accuracy.values()) == {1.0}
    found = Counter(finding.what for finding in card.findings)
    assert set(found) == {"too_fast", "disallowed"}
    assert found["disallowed"] == sum(article.outcome is Outcome.ROBOTS for article in truth)
    assert not card.holds


async def read_all(folder: Path) -> None:
    """Fetch every endpoint, child sitemap and article, without manners."""
    press = read_press_file(folder)
    assert press is not None
    reader = Reader(folder)
    async with reader.client:
        for source in press.sources:
            for path in RIGHTS_PATHS:
                await reader.get(source.homepage.removesuffix("/") + path)
            for endpoint in source.endpoints:
                await reader.get(endpoint.url)
                if endpoint.kind == "sitemap_index":
                    await reader.get(endpoint.url.replace("-index", "-0"))
        for article in read_truth(folder / TRUTH_FILE):
            await reader.get(article.url)


def row_of(number: int, article: TruthArticle) -> LoadedRow:
    """What a perfect pipeline stores of an article."""
    if article.outcome is not Outcome.LOADED:
        return LoadedRow(url=article.url, outcome=article.outcome)
    version = article.versions[0]
    row = LoadedArticle(
        article_id=number,
        canonical_url=article.url,
        title=version.title,
        body="\n\n".join(version.lines),
        authors=article.authors,
        published_at=article.published_at,
        published_precision=Precision.SECOND,
        cluster_id=crc32((article.syndicated_from or article.url).encode()),
        reserved=article.reserved,
    )
    return LoadedRow(url=article.url, outcome=Outcome.LOADED, article=row)
