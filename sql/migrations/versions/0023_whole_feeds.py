"""Feeds that list all their entries, and archived documents."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add their columns."""
    op.get_bind().exec_driver_sql(migration_sql("0023_whole_feeds"))
