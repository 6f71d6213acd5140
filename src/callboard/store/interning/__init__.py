"""What findings share: made once, kept up to date, remembered between pages of a run.

Parsing hands out one object for records that repeat to the byte, so "the same object again" is the fast answer.
"""
