"""`dateline migrate`: the database's schema."""

from __future__ import annotations

import typer

from cli.context import settings_of
from cli.database import open_unchecked
from cli.output import say
from pipeline.store.database import transaction
from pipeline.store.migrate import migrate as run_migrations
from pipeline.store.schema import schema_version

app = typer.Typer(add_completion=False)


@app.command()
def migrate(ctx: typer.Context) -> None:
    """Bring the database to the schema of this version; views and grants are set anew. Safe to repeat."""
    with open_unchecked(settings_of(ctx)) as desk:
        with transaction(desk.engine) as connection:
            before = schema_version(connection)
        run_migrations(desk.engine)
        with transaction(desk.engine) as connection:
            after = schema_version(connection)
    say(f"The database is at {after}" + (", as it was." if after == before else f" now; it was at {before or 'no version'}."))
