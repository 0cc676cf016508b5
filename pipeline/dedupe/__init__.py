"""Dedupe: which pages are the same article, and which new versions are edits. Pure."""
