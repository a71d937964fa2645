"""Benchmarks, run by hand: ``python -m tests.bench``. Nothing here is a test, and no time is asserted."""
