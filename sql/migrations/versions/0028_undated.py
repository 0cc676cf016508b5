"""Undated articles by when they were first seen."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add an index of them."""
    op.get_bind().exec_driver_sql(migration_sql("0028_undated"), execution_options={"no_parameters": True})
