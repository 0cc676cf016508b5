"""Facts of articles that had no column."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add `image_credit`, `place` and `modified_precision` to `article`."""
    op.get_bind().exec_driver_sql(migration_sql("0006_facts"))
