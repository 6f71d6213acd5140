"""What a reader may ask about findings: one language, one order, one cursor, for the API, the pages and the command line.

`words` knows the keys and their values, `spelling` and `grammar` how a text looks, `values` dates, durations and numbers, `lists`
words, references and names, `terms` and `language` what a query is, `explain` how it is told, `paging` where a page ends.
"""

from callboard.domain.query.explain import explain
from callboard.domain.query.grammar import MAX_CHARACTERS
from callboard.domain.query.language import FOR_A_PERSON, FOR_ANYBODY, MAX_TERMS, MAX_VALUES, Query, parse
from callboard.domain.query.paging import DEFAULT_LIMIT, MAX_LIMIT, Cursor, Page
from callboard.domain.query.spelling import Match
from callboard.domain.query.terms import OPEN, OVERDUE, STEADY, Between, OneOf, Term, Text
from callboard.domain.query.values import Bound, Day, Moment, Number, Relative, Span, Today
from callboard.domain.query.words import BY_NAME, KEYS, Grouping, KeyHelp, Order, Takes

__all__ = [
    "BY_NAME", "DEFAULT_LIMIT", "FOR_ANYBODY", "FOR_A_PERSON", "KEYS", "MAX_CHARACTERS", "MAX_LIMIT", "MAX_TERMS", "MAX_VALUES", "OPEN",
    "OVERDUE", "STEADY", "Between", "Bound", "Cursor", "Day", "Grouping", "KeyHelp", "Match", "Moment", "Number", "OneOf", "Order",
    "Page", "Query", "Relative", "Span", "Takes", "Term", "Text", "Today", "explain", "parse",
]  # fmt: skip
