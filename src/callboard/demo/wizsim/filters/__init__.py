"""Which rows and which things a filter lets through: one function per filter field, one file per kind.

A filter field stands in the schema only when it has a function here, so that none is ignored in silence.
"""
