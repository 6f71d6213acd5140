"""Readers of notations that more than one room meets: bounded, without I/O, and nothing but typed errors."""
