"""Commands of the way from seen to fixed."""
