"""What the benchmarks share: pages served on loopback, measures of processes, the extractor alone."""
