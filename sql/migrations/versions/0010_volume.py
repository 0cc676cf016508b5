"""Volumes."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table `volume`."""
    op.get_bind().exec_driver_sql(migration_sql("0010_volume"))
