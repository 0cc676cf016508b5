"""Documents of endpoints in the archive."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(migration_sql("0021_documents"))
