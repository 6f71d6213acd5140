"""Benchmarks: each figure beside its own floor, measured in the same run."""
