"""Measure RustyBT against other engines: ``make bench``, or ``python -m benchmarks --help``."""
