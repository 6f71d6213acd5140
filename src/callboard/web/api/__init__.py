"""Addresses for programs: parameters, one use case, JSON."""
