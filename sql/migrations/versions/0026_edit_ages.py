"""When outlets edit."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(migration_sql("0026_edit_ages"))
