"""The rhythm of endpoints."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns of `endpoint` that hold its week."""
    op.get_bind().exec_driver_sql(migration_sql("0007_rhythm"))
