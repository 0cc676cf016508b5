"""What forgetting needs."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table `scrub` and the indexes from captures to articles and revisions."""
    op.get_bind().exec_driver_sql(migration_sql("0002_forgetting"))
