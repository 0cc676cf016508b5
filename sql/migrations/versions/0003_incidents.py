"""Incidents."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table `incident`."""
    op.get_bind().exec_driver_sql(migration_sql("0003_incidents"))
