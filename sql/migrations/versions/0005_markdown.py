"""The structure of texts."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add `article.body_markdown`."""
    op.get_bind().exec_driver_sql(migration_sql("0005_markdown"))
