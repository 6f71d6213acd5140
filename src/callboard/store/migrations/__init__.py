"""One numbered sequence for both databases."""

HEAD = "0001"
"""The schema that this program speaks."""

KNOWN = frozenset({"0001"})
"""Every schema that this program can bring up to `HEAD`."""
