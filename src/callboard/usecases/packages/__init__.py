"""Use cases of what components consist of, and of what is known about it."""
