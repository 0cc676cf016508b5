"""What the history of an article needs."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the words that each version changed, and names for the ways in which an article goes."""
    op.get_bind().exec_driver_sql(migration_sql("0008_edits"))
