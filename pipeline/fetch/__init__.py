"""Fetching: one polite, bounded exchange at a time, and what its response means."""
