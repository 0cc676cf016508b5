"""Discovery: endpoint documents in, candidates out; and when to ask again. All pure."""
