"""Alembic's environment: runs the migrations on the connection that pipeline.store.migrate hands in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="dateline_version")
with context.begin_transaction():
    context.run_migrations()
