"""What sites reserve in files of their own."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the table of such files, and let requests for them into the fetch log."""
    op.get_bind().exec_driver_sql(migration_sql("0016_rights"))
