"""The archive: every article response as a WARC record, written once and read back for replay."""
