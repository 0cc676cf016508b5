"""Near copies and their clusters."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables of keys, stop list and clusters, and give edges their scores."""
    op.get_bind().exec_driver_sql(migration_sql("0012_matching"))
