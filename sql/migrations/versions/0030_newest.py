"""Articles of a source by age, undated ones among the others."""

from alembic import op

from pipeline.store.queries import migration_sql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """One index of all in place of one of the undated ones."""
    op.get_bind().exec_driver_sql(migration_sql("0030_newest"), execution_options={"no_parameters": True})
