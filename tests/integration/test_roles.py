"""Who may do what in the database (FAULTS 19): the worker ingests, the reader reads, nobody but the owner does more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from builders import article, finished
from desk import Desk
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from pipeline.records import Outcome, Postponed, Purpose, Refused
from pipeline.store.database import open_engine, verify
from pipeline.store.forgetting import Forgetting
from pipeline.store.migrate import migrate
from pipeline.store.queries import repeatable_sql
from pipeline.store.reading import ArticleFilter, Reader
from pipeline.store.robots import RobotsFiles, StoredRobots
from pipeline.store.server import Server
from pipeline.store.upkeep import Upkeep

FORBIDDEN_TO_WORKERS = [
    "DROP TABLE article",
    "TRUNCATE url",
    "DELETE FROM article",
    "DELETE FROM url",
    "DELETE FROM revision",
    "UPDATE url SET url = 'https://elsewhere.test/'",
    "UPDATE article SET article_id = 5",
    "UPDATE revision SET body = 'what was never said'",
    "UPDATE fetch_log SET status = 200",
    "UPDATE change SET kind = 'insert'",
    "DELETE FROM forgotten",
    "INSERT INTO source (slug, name, homepage) VALUES ('mine', 'Mine', 'https://mine.test/')",
    "ALTER TABLE url ADD COLUMN mine text",
    "CREATE TABLE news.mine (n integer)",
    "CREATE TABLE public.mine (n integer)",
    "DROP VIEW v_ledger",
    "SELECT make_fetch_log_partitions(now())",
    "CREATE ROLE mine SUPERUSER",
    "COPY article TO '/tmp/articles'",
    "SET ROLE dateline_owner",
]
FORBIDDEN_TO_READERS = [
    "INSERT INTO host (host) VALUES ('mine')",
    "UPDATE url SET outcome = 'robots', finished_at = now()",
    "DELETE FROM article",
    "TRUNCATE article",
    "SELECT nextval('lease_token')",
    "UPDATE article SET title = 'mine'",
    "SELECT * FROM url FOR UPDATE",
    "CREATE TABLE news.mine (n integer)",
    "DROP VIEW v_article",
    "SET ROLE dateline_worker",
]


@pytest.fixture
def login(engine: Engine, database: str, server: Server) -> Iterator[dict[str, str]]:
    """Users that may take one role each, as a deployment makes them; by role, the URL that they connect with."""
    users = {role: f"test_{role}_{make_url(database).database}" for role in ("dateline_worker", "dateline_reader", "dateline_owner")}
    with engine.begin() as connection:
        for role, user in users.items():
            connection.execute(text(f"CREATE ROLE {user} LOGIN PASSWORD 'secret' IN ROLE {role}"))
    yield {
        role: make_url(database).set(username=user, password="secret").render_as_string(hide_password=False) for role, user in users.items()
    }
    with engine.begin() as connection:
        for user in users.values():
            connection.execute(text(f"DROP OWNED BY {user}"))
            connection.execute(text(f"DROP ROLE {user}"))


@pytest.fixture
def as_role(login: dict[str, str]) -> Iterator[dict[str, Engine]]:
    """An engine for each role, as its user."""
    engines = {role: open_engine(url, role=role) for role, url in login.items()}
    yield engines
    for engine in engines.values():
        engine.dispose()


def refused(engine: Engine, statement: str) -> bool:
    with engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            return getattr(error.orig, "sqlstate", None) == "42501"  # insufficient_privilege
    return False


@pytest.mark.usefixtures("stocked")
def test_a_worker_is_refused_what_ingesting_never_does(as_role: dict[str, Engine]) -> None:
    assert [statement for statement in FORBIDDEN_TO_WORKERS if not refused(as_role["dateline_worker"], statement)] == []


@pytest.mark.usefixtures("stocked")
def test_a_reader_is_refused_every_change(as_role: dict[str, Engine]) -> None:
    assert [statement for statement in FORBIDDEN_TO_READERS if not refused(as_role["dateline_reader"], statement)] == []


@pytest.mark.usefixtures("stocked")
def test_a_reader_reads_everything(as_role: dict[str, Engine]) -> None:
    verify(as_role["dateline_reader"])
    reader = Reader(as_role["dateline_reader"])
    assert len(reader.articles(ArticleFilter(), limit=10).articles) == 4
    assert reader.ledger_total().balanced
    assert reader.status().queue.due == 2
    assert reader.search("storm")


def test_a_worker_does_what_ingesting_does(engine: Engine, as_role: dict[str, Engine]) -> None:
    """Polls, claims, loads, rechecks and matches with the worker's rights; only the source is added by the owner."""
    verify(as_role["dateline_worker"])
    desk = Desk(as_role["dateline_worker"])
    desk.engine = engine
    desk.add_source("beacon", range(3), urls=["https://www.beacon.test/news/0/amp"])
    batch = desk.claim()
    first, form, second, third = sorted(batch.pages, key=lambda page: page.url)
    refusal = Refused(outcome=Outcome.TOO_SHORT, detail="12 words")
    wait = Postponed(detail="503", retry_at=datetime.now(UTC), spends_try=True)
    desk.load(batch, finished(form, article(0, title="As AMP has it", claimed_url=first.url)))
    desk.load(batch, finished(first, article(0)))
    assert desk.rows("SELECT title, revision_no FROM article") == [("Story 0", 2)]
    tally = desk.load(batch, finished(second, refusal), finished(third, wait))
    assert (tally.refused, tally.postponed) == (1, 1)
    desk.release(batch)
    desk.rows("UPDATE recheck SET due_at = now()")
    desk.rows("UPDATE host SET next_due_at = now()")
    again = desk.claim()
    edited = replace(article(0), body=f"{article(0).body}\n\n{article(5).body}", title="Rewritten")
    recheck = next(page for page in again.pages if page.purpose is Purpose.RECHECK)
    assert desk.load(again, finished(recheck, edited)).revised == 1
    desk.loader.match()
    RobotsFiles(as_role["dateline_worker"]).save(
        StoredRobots(
            origin="https://www.beacon.test",
            host="www.beacon.test",
            status=200,
            body="",
            fetched_at=datetime.now(UTC),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        ),
        crawl_delay_seconds=3.0,
    )
    assert Reader(as_role["dateline_reader"]).ledger_total().balanced


@pytest.mark.usefixtures("stocked")
def test_an_owner_migrates_maintains_and_forgets_without_being_superuser(as_role: dict[str, Engine]) -> None:
    owner = as_role["dateline_owner"]
    migrate(owner)
    assert Upkeep(owner).bloated_tables() == ()
    assert Forgetting(owner).url("https://www.herald.test/budget", reason="law").articles == (412,)


@pytest.fixture
def plain_user(stocked: Engine, server: Server) -> Iterator[PlainUser]:
    """A user of the server that is no superuser."""
    user = PlainUser(stocked, server)
    yield user
    user.remove()


class PlainUser:
    """A login without rights over the server, and the databases that it owns."""

    name = "test_plain"

    def __init__(self, admin: Engine, server: Server) -> None:
        self._admin, self._server = admin, server
        self._engines: dict[str, Engine] = {}
        self.run(f"CREATE ROLE {self.name} LOGIN PASSWORD 'secret'")

    def run(self, statement: str) -> None:
        with self._admin.begin() as connection:
            connection.execute(text(statement))

    def database(self, name: str) -> Engine:
        self._server.ensure_database(name)
        self.run(f"ALTER DATABASE {name} OWNER TO {self.name}")
        url = make_url(self._server.connection_url(name)).set(username=self.name, password="secret")
        self._engines[name] = open_engine(url.render_as_string(hide_password=False))
        return self._engines[name]

    def remove_databases(self) -> None:
        while self._engines:
            name, engine = self._engines.popitem()
            engine.dispose()
            self._server.drop_database(name)

    def remove(self) -> None:
        self.remove_databases()
        self.run(f"DROP ROLE {self.name}")


def test_grants_are_left_out_where_roles_may_not_be_taken(plain_user: PlainUser) -> None:
    """A user that owns a database and may neither make roles nor take ours migrates it all the same, again and again."""
    engine = plain_user.database("test_plain_a")
    migrate(engine)
    migrate(engine)
    assert Reader(engine).ledger_total().balanced


def test_databases_of_one_server_may_make_the_roles_at_the_same_time(plain_user: PlainUser) -> None:
    """The script under other role names, which nobody has yet: run by a user that makes them and grants them to itself."""
    plain_user.run(f"ALTER ROLE {plain_user.name} CREATEROLE")
    engines = [plain_user.database(f"test_plain_{letter}") for letter in "abc"]
    for engine in engines:
        migrate(engine)
    script = re.sub(r"dateline_(?=owner|worker|reader)", "test_twin_", repeatable_sql()[-1])
    together = Barrier(len(engines))

    def make_roles(engine: Engine) -> None:
        with engine.begin() as connection:
            together.wait(timeout=10)
            connection.exec_driver_sql(script, execution_options={"no_parameters": True})

    try:
        with ThreadPoolExecutor(len(engines)) as pool:
            list(pool.map(make_roles, engines))
        for engine in engines:
            with engine.begin() as connection:
                connection.execute(text("SET ROLE test_twin_reader"))
                assert connection.execute(text("SELECT count(*) FROM v_article")).scalar_one() == 0
    finally:
        plain_user.remove_databases()
        plain_user.run("DROP ROLE test_twin_owner, test_twin_worker, test_twin_reader")
