"""Lines that return on an outlet's pages."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the tables of counted lines, of furniture and of its snapshots."""
    op.get_bind().exec_driver_sql(migration_sql("0014_furniture"))
