"""Packages: what things consist of, what is known to be wrong with it, and who uses it. Pure."""
