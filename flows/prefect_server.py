"""`python -m flows.prefect_server server start …`: the command `prefect` on a Postgres that brings no extensions.

Prefect's migrations ask for pg_trgm, for indexes that speed up searching runs by a part of their name, and for nothing else. The embedded
Postgres has no such extension; these statements are left out there. Everything else is Prefect's own server, untouched.
"""

from __future__ import annotations

from typing import Any

from prefect.cli import app
from sqlalchemy import Connection, Engine, event

_NOTHING = "SELECT 1"


def without_trigrams(
    _connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _executemany: bool
) -> tuple[str, Any]:
    """Listens to SQLAlchemy's `before_cursor_execute`: a statement about pg_trgm or its indexes (trgm_ix_…) becomes one without effect."""
    return (_NOTHING if "trgm" in statement else statement), parameters


def main() -> None:
    """Run the command that stands in this process's arguments."""
    event.listen(Engine, "before_cursor_execute", without_trigrams, retval=True)
    app()


if __name__ == "__main__":
    main()
