"""Benchmarks: speed and accuracy against named limits and peers; docs/benchmarks.md quotes them."""
