"""Use cases of who is asking."""
