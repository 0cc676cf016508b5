"""What re-extraction needs."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table `reextraction` and allow its names in `revision` and `change`."""
    op.get_bind().exec_driver_sql(migration_sql("0004_reextraction"))
