"""Fixtures that stand for the world around Callboard: a database server, a browser, real payloads."""
