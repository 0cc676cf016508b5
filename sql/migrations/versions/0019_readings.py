"""What a version that is no edit may come of."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Tell so."""
    op.get_bind().exec_driver_sql(migration_sql("0019_readings"))
