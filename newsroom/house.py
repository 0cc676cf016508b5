"""Opens a press in a folder: its files, ports and clock, and the server that runs it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from newsroom import ragged
from newsroom.access_log import AccessLog
from newsroom.desk import Desk
from newsroom.outlets import host_names, load_outlets, with_origins
from newsroom.press import Press
from newsroom.records import Outlet
from newsroom.render import judging_names, template_names
from newsroom.script import Script
from newsroom.server import LOOPBACK, Door, PressApp, listen, serving
from newsroom.sources import AUTHORITY_FILE, RESOLVER_FILE, settings_env, source_spec, sources_toml
from newsroom.tls import TlsFiles, make_certificates
from newsroom.truth import truth_of, write_truth
from pipeline.errors import PortInUseError
from pipeline.records import SourceSpec

PRESS_FILE = "press.json"
SOURCES_FILE = "sources.toml"
ENV_FILE = "press.env"
LOG_FILE = "access.jsonl"
TRUTH_FILE = "truth.jsonl"
TICK = 0.5  # seconds between two looks at what is due for publication


@dataclass(frozen=True, kw_only=True)
class PressFile:
    """What press.json says: enough to run the same press again on the same ports."""

    script: Script
    ports: Mapping[str, int]  # by host name
    sources: tuple[SourceSpec, ...]


_PRESS_FILE = TypeAdapter(PressFile)


def read_press_file(folder: Path) -> PressFile | None:
    """The press that lives in `folder`, or None."""
    path = folder / PRESS_FILE
    return _PRESS_FILE.validate_json(path.read_bytes()) if path.exists() else None


@dataclass(frozen=True, kw_only=True)
class House:
    """A press that is ready to open: its sockets listen, its files are written."""

    folder: Path
    press: Press
    outlets: tuple[Outlet, ...]
    published_at: datetime  # all pages of the outlet whose pages misbehave
    sockets: Mapping[str, socket.socket]  # by host name
    doors: Mapping[int, Door]  # by port
    tls: TlsFiles
    clock: Callable[[], datetime]


@asynccontextmanager
async def running_press(folder: Path, script: Script) -> AsyncIterator[House]:
    """Run the press of `script` in `folder` until the block ends.

    A folder that holds a press of the same script but for its start resumes it: same start, same ports, same articles; with another
    script the ports stay and the log goes on. Raises PortInUseError when a port of the former run is taken.
    """
    house = prepare(folder, script)
    secure = {door.host for door in house.doors.values() if door.outlet.tls}
    with closing(AccessLog(house.folder / LOG_FILE)) as log:
        app = PressApp(Desk(house.press), house.doors, log, house.clock)
        plain_sockets = tuple(door for host, door in house.sockets.items() if host not in secure | {ragged.HOST})
        secure_sockets = tuple(door for host, door in house.sockets.items() if host in secure)
        async with serving(app, plain=plain_sockets, secure=secure_sockets, tls=house.tls), _ragged(house, log):
            publisher = asyncio.create_task(_publish(house.press, house.folder / TRUTH_FILE, house.clock))
            try:
                yield house
            finally:
                publisher.cancel()


@asynccontextmanager
async def _ragged(house: House, log: AccessLog) -> AsyncIterator[None]:
    """The outlet whose pages misbehave, where the press has it: not in calm ones."""
    if ragged.HOST not in house.sockets:
        yield
        return
    async with ragged.serving_ragged(house.sockets[ragged.HOST], log, house.published_at):
        yield


def prepare(folder: Path, script: Script) -> House:
    """Everything that comes before the first request."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    former = read_press_file(folder)
    if former is not None and replace(former.script, start=script.start) == script:
        script = former.script
    outlets = load_outlets(judging_names() if script.judging else template_names())
    hosts = host_names(outlets) if script.calm else (*host_names(outlets), ragged.HOST)
    sockets = _listen(hosts, former.ports if former else {})
    ports = {host: door.getsockname()[1] for host, door in sockets.items()}
    outlets = tuple(with_origins(outlet, ports) for outlet in outlets)
    tls = TlsFiles(authority=folder / AUTHORITY_FILE, certificate=folder / "server.pem", key=folder / "server.key")
    make_certificates(tls, [outlet.host(edition) for outlet in outlets if outlet.tls for edition in outlet.editions])
    press, clock = Press(script, outlets), _clock(script)
    truth, sources = [truth_of(press, life) for life in press.advance(clock())], [source_spec(outlet) for outlet in outlets]
    if ragged.HOST in ports:
        truth += ragged.ragged_truth(ports[ragged.HOST], script.start)
        sources.append(ragged.ragged_source(ports[ragged.HOST]))
    write_truth(folder / TRUTH_FILE, truth, anew=True)
    _write_files(folder, PressFile(script=script, ports=ports, sources=tuple(sources)))
    doors = {ports[outlet.host(edition)]: Door(outlet=outlet, edition=edition) for outlet in outlets for edition in outlet.editions}
    return House(folder=folder, press=press, outlets=outlets, published_at=script.start, sockets=sockets, doors=doors, tls=tls, clock=clock)


def _listen(hosts: tuple[str, ...], former: Mapping[str, int]) -> dict[str, socket.socket]:
    sockets: dict[str, socket.socket] = {}
    try:
        for host in hosts:
            sockets[host] = listen(former.get(host, 0))
    except PortInUseError:
        for door in sockets.values():
            door.close()
        raise
    return sockets


def _clock(script: Script) -> Callable[[], datetime]:
    return (lambda: script.start) if script.frozen else (lambda: datetime.now(UTC))


async def _publish(press: Press, truth: Path, clock: Callable[[], datetime]) -> None:
    """Let out what is due, the truth about it first; there is no await between the two, so no request sees one without the other."""
    while True:
        await asyncio.sleep(TICK)
        if lives := press.advance(clock()):
            write_truth(truth, [truth_of(press, life) for life in lives], anew=False)


def _write_files(folder: Path, press_file: PressFile) -> None:
    (folder / RESOLVER_FILE).write_text(json.dumps(dict.fromkeys(press_file.ports, LOOPBACK), indent=1), encoding="utf-8")
    (folder / SOURCES_FILE).write_text(sources_toml(press_file.sources), encoding="utf-8")
    (folder / ENV_FILE).write_text(settings_env(folder), encoding="utf-8")
    unfinished = folder / (PRESS_FILE + ".new")
    unfinished.write_bytes(_PRESS_FILE.dump_json(press_file, indent=1))
    unfinished.replace(folder / PRESS_FILE)  # last: who sees it finds all the others
