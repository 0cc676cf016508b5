"""What the drift alarm needs."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the index over the pages that were read of a source."""
    op.get_bind().exec_driver_sql(migration_sql("0013_drift"))
