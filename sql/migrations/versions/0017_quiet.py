"""Retry-After at the narrowest scope."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Note which URL of a host asked for quiet last."""
    op.get_bind().exec_driver_sql(migration_sql("0017_quiet"))
