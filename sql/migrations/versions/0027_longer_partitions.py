"""Longer partitions of keys."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Drop the empty partitions of weeks to come; views/00_partitions.sql makes the new ones."""
    op.get_bind().exec_driver_sql(migration_sql("0027_longer_partitions"), execution_options={"no_parameters": True})
