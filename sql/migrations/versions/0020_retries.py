"""What is read of a refused URL that is taken up again."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(migration_sql("0020_retries"))
