"""Addresses for people: the same parameters and use cases as the API, as HTML."""
