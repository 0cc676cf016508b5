"""Articles that their publishers withdraw."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the date and the status."""
    op.get_bind().exec_driver_sql(migration_sql("0022_withdrawals"))
