"""The first tables."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the schema `news` and its tables."""
    op.get_bind().exec_driver_sql(migration_sql("0001_tables"))
