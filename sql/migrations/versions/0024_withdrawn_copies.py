"""What is withdrawn belongs to no story."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Have the clusters of withdrawn articles made anew."""
    op.get_bind().exec_driver_sql(migration_sql("0024_withdrawn_copies"))
