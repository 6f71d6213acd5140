"""Callboard: security findings on the Backstage components that own them."""

__version__ = "0.1.0"
