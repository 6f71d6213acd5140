"""Use cases of the way from seen to fixed."""
