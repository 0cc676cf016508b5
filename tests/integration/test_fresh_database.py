"""The databases that tests get, on the embedded Postgres as on a server of DATELINE_TEST_DATABASE_URL."""

from __future__ import annotations

import psycopg

from pipeline.settings import Settings
from pipeline.store.database import open_engine, verify
from pipeline.store.embedded import open_server
from pipeline.store.server import Server


def test_database_has_the_schema_of_this_version(database: str) -> None:
    engine = open_engine(database)
    verify(engine)
    engine.dispose()


def test_databases_are_made_once_and_dropped(server: Server, database: str) -> None:
    name = f"{database.rpartition('/')[2]}_beside"
    for _ in range(2):
        server.ensure_database(name)
    with psycopg.connect(server.connection_url(name)) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    for _ in range(2):
        server.drop_database(name)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is None


def test_a_server_of_ones_own_is_used_as_it_is(database_settings: Settings, database: str) -> None:
    with open_server(database_settings) as mine:
        assert mine.connection_url(mine.database) == database
    assert not database_settings.data_folder.exists(), "nothing embedded was started"
