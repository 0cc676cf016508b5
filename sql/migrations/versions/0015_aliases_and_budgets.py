"""Aliases that are known before they are fetched, budgets of rechecks, outlets of clusters."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the columns and indexes."""
    op.get_bind().exec_driver_sql(migration_sql("0015_aliases_and_budgets"))
