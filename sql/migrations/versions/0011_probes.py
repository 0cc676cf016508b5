"""Weekly probes of what is gone, and depth of endpoints that others named."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add `probed` and `depth` to `endpoint`."""
    op.get_bind().exec_driver_sql(migration_sql("0011_probes"))
