"""Gaps in what was seen of a feed."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table `endpoint_gap` and the columns of `endpoint` that healing needs."""
    op.get_bind().exec_driver_sql(migration_sql("0009_gaps"))
