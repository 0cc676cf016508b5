"""Edits that lists told of."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(migration_sql("0029_told_edits"))
