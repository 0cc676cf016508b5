"""Which member stands for its cluster."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(migration_sql("0018_standing"))
