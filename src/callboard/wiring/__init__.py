"""Introduces the rooms to each other: from a configuration to everything that a command or the server works with."""
