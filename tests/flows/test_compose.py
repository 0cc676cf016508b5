"""docker-compose.yml without a Docker engine: its structure, its secrets, and each service's very command run natively."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from flows.deployments import read_deployments
from flows.services import PROJECT
from pipeline.store.embedded import EmbeddedPostgres
from pipeline.store.server import Server

_COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
_SERVICES: dict[str, dict[str, Any]] = _COMPOSE["services"]
_AUTH = "admin:" + secrets.token_hex(8)
_FILLED_IN = {
    "POSTGRES_PASSWORD": secrets.token_hex(8),
    "PREFECT_AUTH": _AUTH,
    "DATELINE_USER_AGENT": "Dateline-Test/1 (+https://example.org/)",
}
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def test_the_file_has_the_structure_of_a_compose_file() -> None:
    jsonschema.validate(_COMPOSE, json.loads((Path(__file__).parent / "compose_schema.json").read_text(encoding="utf-8")))


def test_every_name_that_is_used_exists() -> None:
    for name, service in _SERVICES.items():
        assert set(service.get("depends_on", ())) <= set(_SERVICES), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in _COMPOSE["volumes"] or (PROJECT / source).exists(), volume


def test_whoever_is_waited_for_can_be_waited_for() -> None:
    for service in _SERVICES.values():
        for awaited, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in _SERVICES[awaited]
            else:
                assert _SERVICES[awaited]["restart"] == "no"


def test_no_secret_has_a_default_and_the_example_names_every_one() -> None:
    used = _VARIABLE.findall((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    required = {name for name, kind, _ in used if kind == "?"}
    assert required == set(_FILLED_IN)
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == required
    assert {name for name, _, _ in used} == set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    for service in _SERVICES.values():
        for name, value in service["environment"].items():
            if (re.search("PASSWORD|AUTH|_URL$", name) and "@" in value) or "PASSWORD" in name:
                assert ":?" in value, name


def test_workers_can_be_scaled_and_the_ui_listens_on_loopback_only() -> None:
    assert "container_name" not in _SERVICES["worker"]
    assert "ports" not in _SERVICES["worker"]
    assert _SERVICES["prefect"]["ports"] == ["${UI_ADDRESS:-127.0.0.1:4200}:4200"]
    assert not any("ports" in service for name, service in _SERVICES.items() if name != "prefect")


def test_the_image_runs_as_a_user_of_its_own_and_takes_pinned_packages_only() -> None:
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER dateline$", lines, re.MULTILINE)
    assert "--require-hashes" in lines
    assert "--no-index" in lines
    allowed = set(re.findall(r"^!(\S+)$", (PROJECT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", lines, re.MULTILINE) for name in line.split()}
    assert copied == allowed
    assert all((PROJECT / name).exists() for name in copied)


def test_docker_reads_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("no docker client with the compose plugin here")
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in _FILLED_IN.items()), encoding="utf-8")
    command = [docker, "compose", "--env-file", str(tmp_path / ".env"), "--file", str(PROJECT / "docker-compose.yml"), "config", "--quiet"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


# -- the commands, run here ---------------------------------------------------------------


def _fill_in(value: str) -> str:
    return _VARIABLE.sub(lambda found: _FILLED_IN.get(found[1], found[3] if found[2] == "-" else ""), value)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


class Native:
    """The services on this machine: the containers' names and ports are this machine's, everything else is what the file says."""

    def __init__(self, server: Server, database: str, folder: Path) -> None:
        self.prefect_port, self.worker_port = _free_port(), _free_port()
        self._folder = folder
        self._brings_extensions = not isinstance(server, EmbeddedPostgres)
        self._addresses = {
            r"postgresql://\S+/dateline": server.connection_url(database),
            r"postgresql\+asyncpg://\S+/prefect": server.connection_url(f"{database}_prefect", driver="asyncpg"),
            r"http://prefect:4200": f"http://127.0.0.1:{self.prefect_port}",
        }

    def environment(self, name: str) -> dict[str, str]:
        given = {key: self._moved(_fill_in(value)) for key, value in _SERVICES[name]["environment"].items()}
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "DATELINE_"))}
        image = {"PREFECT_HOME": str(self._folder / name), "DATELINE_DATA_FOLDER": str(self._folder), "DO_NOT_TRACK": "1"}
        path = f"{self._folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        ports = {"PREFECT_WORKER_WEBSERVER_PORT": str(self.worker_port)}
        return {**inherited, **image, **given, **ports, "PATH": path, "PYTHONPATH": str(PROJECT), "PREFECT_WORKER_QUERY_SECONDS": "1"}

    def _moved(self, value: str) -> str:
        for pattern, address in self._addresses.items():
            value = re.sub(pattern, lambda _, address=address: address, value)
        return value

    def command(self, name: str) -> list[str]:
        moved = {"0.0.0.0": "127.0.0.1", "4200": str(self.prefect_port)}
        command = [moved.get(word, word) for word in _SERVICES[name]["command"]]
        found = shutil.which(command[0], path=self.environment(name)["PATH"])
        assert found is not None, command[0]
        if name == "prefect" and not self._brings_extensions:
            return [sys.executable, "-m", "flows.prefect_server", *command[1:]]  # the same command, on a Postgres without pg_trgm
        return [found, *command[1:]]

    @contextmanager
    def running(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self._folder / f"{name}.log").open("wb") as log:
            command = self.command(name)
            guarded = command if "flows.guard" in command else [sys.executable, "-S", "-m", "flows.guard", "10", *command]
            process = subprocess.Popen(
                guarded, stdin=subprocess.PIPE, stdout=log, stderr=log, env=self.environment(name), cwd=PROJECT, start_new_session=True
            )
        with process:
            try:
                yield process
            finally:
                assert process.stdin is not None
                process.stdin.close()

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]


def _wait(native: Native, name: str, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, native.log(name)
        assert time.monotonic() < deadline, native.log(name)
        time.sleep(0.2)


def _status(url: str, auth: str | None = None) -> int:
    headers = {"Authorization": "Basic " + b64encode(auth.encode()).decode()} if auth else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


@pytest.fixture
def native(server: Server, tmp_path: Path) -> Iterator[Native]:
    name = f"test_compose_{secrets.token_hex(4)}"
    for database in (name, f"{name}_prefect"):
        server.ensure_database(database)
    dateline = tmp_path / "bin" / "dateline"  # the script that an installation makes
    dateline.parent.mkdir()
    dateline.write_text(f"#!{sys.executable}\nfrom cli.main import main\nmain()\n", encoding="utf-8")
    dateline.chmod(0o755)
    yield Native(server, name, tmp_path)
    for database in (name, f"{name}_prefect"):
        server.drop_database(database)


def _healthy(native: Native, name: str) -> bool:
    """The service's own health check, as the file has it."""
    command = [word.replace(":4200", f":{native.prefect_port}").replace(":8080", f":{native.worker_port}") for word in _health_test(name)]
    return subprocess.run(command, env=native.environment(name), capture_output=True, check=False).returncode == 0


def _health_test(name: str) -> list[str]:
    return [sys.executable if word == "python" else word for word in _SERVICES[name]["healthcheck"]["test"][1:]]


@pytest.mark.timeout(400)
def test_each_service_runs_its_very_command(native: Native) -> None:
    api = f"http://127.0.0.1:{native.prefect_port}/api"
    with native.running("prefect") as prefect:
        _wait(native, "prefect", prefect, lambda: _healthy(native, "prefect"))
        assert _status(f"{api}/admin/version") == 401
        assert _status(f"{api}/admin/version", _AUTH) == 200
        with native.running("setup") as setup:
            assert setup.wait(timeout=200) == 0, native.log("setup")
        for deployment in read_deployments():
            flow = deployment.entrypoint.rpartition(".")[2]
            assert _status(f"{api}/deployments/name/{flow}/{deployment.name}", _AUTH) == 200, native.log("setup")
        with native.running("worker") as worker:
            _wait(native, "worker", worker, lambda: _healthy(native, "worker"))
