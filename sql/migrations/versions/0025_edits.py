"""Edits by their time, and by what lists tell of them."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the index and the columns."""
    op.get_bind().exec_driver_sql(migration_sql("0025_edits"))
