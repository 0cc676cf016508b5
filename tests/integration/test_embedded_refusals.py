"""The embedded Postgres where it can't run: one clear sentence each; and under root, where its user can't reach the folders."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from pipeline.errors import DatabaseDownError, DataFolderError, PortInUseError, ServiceDiedError, SettingsError
from pipeline.settings import Settings
from pipeline.store import cluster
from pipeline.store.embedded import open_server, start

_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
_not_as_root = pytest.mark.skipif(os.geteuid() == 0, reason="root can write anywhere")


def test_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataFolderError, match=r"^The data folder can't be used: .*/file/data.*: Not a directory$"):
        start(Settings(data_folder=tmp_path / "file" / "data"))


@_not_as_root
def test_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    with pytest.raises(DataFolderError, match="Permission denied"):
        start(Settings(data_folder=tmp_path / "data"))


def test_port_in_use_is_named(reachable_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"{port}.*DATELINE_POSTGRES_PORT"):
            start(Settings(data_folder=reachable_folder / "port", postgres_port=port))


def test_kept_port_that_is_taken_by_now_is_replaced(reachable_folder: Path) -> None:
    settings = Settings(data_folder=reachable_folder / "taken")
    with start(settings) as server:
        port = server.home / "port"
        kept = int(port.read_text())
    with socket.create_server(("127.0.0.1", kept)), start(settings):
        assert int(port.read_text()) != kept


def test_tables_of_another_version_are_refused(reachable_folder: Path) -> None:
    tables = reachable_folder / "old" / "postgres" / "cluster"
    tables.mkdir(parents=True)
    (tables / "PG_VERSION").write_text("15\n")
    with pytest.raises(DataFolderError, match="was made by Postgres 15"):
        start(Settings(data_folder=reachable_folder / "old"))


def test_postgres_that_does_not_come_up_tells_its_last_words(reachable_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_folder=reachable_folder / "broken")
    with start(settings) as server:
        home = server.home
    (home / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(ServiceDiedError, match=r"configuration file .* contains errors.*postgres\.log"):
        start(settings)


@_as_root
def test_under_root_unreachable_folders_move_to_temporary_space(reachable_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = reachable_folder / "space"
    space.mkdir(mode=0o755)
    private = reachable_folder / "private"
    private.mkdir(mode=0o700)
    package = cluster._wheel_binaries().parents[1]
    wheel = private / package.name / "pginstall18"
    shutil.copytree(package / "pginstall18", wheel)
    shutil.copytree(package.with_suffix(".libs"), private / f"{package.name}.libs")
    monkeypatch.setattr(cluster, "_TEMPORARY_SPACES", (space,))
    monkeypatch.setattr(cluster, "_wheel_binaries", lambda: wheel / "bin")
    settings = Settings(data_folder=private / "data")
    for _ in range(2):
        with start(settings) as server:
            assert server.home.is_relative_to(cluster.temporary_home())
            assert (private / "data" / "postgres").resolve() == server.home
            assert server.binaries.is_relative_to(space)
            with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
    assert (server.home / "cluster").stat().st_uid != 0


@_as_root
def test_under_root_a_temporary_folder_of_somebody_else_is_not_used(reachable_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = reachable_folder / "foreign"
    space.mkdir(mode=0o755)
    monkeypatch.setattr(cluster, "_TEMPORARY_SPACES", (space,))
    cluster.temporary_home().mkdir()
    os.chown(cluster.temporary_home(), 65534, 65534)
    private = reachable_folder / "private2"
    private.mkdir(mode=0o700)
    with pytest.raises(DataFolderError, match="belongs to somebody else"):
        start(Settings(data_folder=private))


def test_folder_with_a_path_too_long_for_a_socket_works(reachable_folder: Path) -> None:
    with start(Settings(data_folder=reachable_folder / ("long" * 30))) as server:
        assert server.postmaster_pid
        socket_path = Path(cluster.locate(server.home.parent).socket_path)
        assert socket_path.is_relative_to("/tmp")
    assert not socket_path.exists()


@pytest.mark.parametrize("url", ["mysql://user:password@host/name", "postgresql://host", "no url"])
def test_database_url_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="DATELINE_DATABASE_URL"):
        open_server(Settings(database_url=SecretStr(url)))


def test_server_out_of_reach_is_named() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://user:secret@127.0.0.1:{closed.getsockname()[1]}/name"
        with open_server(Settings(database_url=SecretStr(url))) as server, pytest.raises(DatabaseDownError) as caught:
            server.ensure_database("other")
    assert "secret" not in str(caught.value)
