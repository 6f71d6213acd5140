"""What a reader probably meant by a query that cannot be read, as a query that can be."""

from __future__ import annotations

import re

from callboard.domain.query import parse
from callboard.errors import InvalidQueryError

_MEANT = re.compile(r'Did you mean "(?P<meant>[^"]+)"\?')
_PLACE = re.compile(r"at character (?P<place>\d+)")
_QUOTED = re.compile(r'"([^"]*)"')


def meant(text: str, error: InvalidQueryError) -> str | None:
    """`text` with the mistake mended as the error's hint says. None: the hint tells no word, or more is wrong."""
    hint, place = _MEANT.search(error.hint or ""), _PLACE.search(error.message)
    if hint is None or place is None:
        return None
    start = int(place["place"]) - 1
    start += text[start : start + 1] == "-"
    for wrong in reversed(_QUOTED.findall(error.message)):
        right = hint["meant"] if wrong.endswith(":") else hint["meant"].partition(":")[2]
        if wrong and right and text.startswith(wrong, start):
            # Where more than another key is meant, it stands for the whole term.
            is_term = wrong.endswith(":") and not right.endswith(":")
            instead = text[start:].split(maxsplit=1)[0] if is_term else wrong
            return _readable(f"{text[:start]}{right}{text[start + len(instead) :]}")
    return None


def _readable(text: str) -> str | None:
    try:
        return parse(text).canonical
    except InvalidQueryError:
        return None
