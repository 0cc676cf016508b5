"""The database: one public method is one transaction; all SQL lies in `sql/`."""
