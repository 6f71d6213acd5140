"""What a team leaves out of its own work list, by its own word: terms of the query language, each of them negated. Pure.

Nothing is closed or hidden by it: every total counts on, and the page tells of each term how many findings it leaves out.
"""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.query import OneOf, parse
from callboard.errors import InvalidQueryError

MOST = 20
"""Values of one team, of all its terms together."""
KEYS = ("rule", "severity", "kind", "env", "account", "region", "cloud", "tag", "source", "project", "package")
"""What may be left out: what a finding is about. Whose it is and what became of it are no taste."""
_NEVER = {"severity": "critical", "kind": "malicious-package"}
"""What no team leaves out."""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A team's word."""

    team: EntityRef
    terms: str
    """As they are written, for example "-env:test -rule:wc-id-7"."""
    actor: str
    at: Instant


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one term leaves out."""

    term: str
    query: str
    """The findings that it leaves out."""
    findings: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says about it."""

    left_out: LeftOut
    parts: tuple[Part, ...]
    """One finding may be in several."""


def read(text: str) -> tuple[OneOf, ...]:
    """The terms, which have to be negated. None at all: everything is shown again. Raises InvalidQueryError."""
    query = parse(text.strip() or "is:open")
    if not text.strip():
        return ()
    found = []
    for term in query.terms:
        if not isinstance(term, OneOf) or not term.is_negated or term.key not in KEYS:
            raise InvalidQueryError(
                f"{str(term)!r} leaves nothing out.", field="terms",
                hint=f"Write terms with a minus, of {', '.join(KEYS)}: for example -env:test.",
            )  # fmt: skip
        if _NEVER.get(term.key) in term.values:
            raise InvalidQueryError(f"{str(term)!r} is not for a team to leave out.", field="terms")
        found.append(term)
    if sum(len(term.values) for term in found) > MOST:
        raise InvalidQueryError(f"At most {MOST} things can be left out.", field="terms")
    return tuple(found)


def shown(term: OneOf) -> OneOf:
    """What a term leaves out, as a term that lists it."""
    return msgspec.structs.replace(term, is_negated=False)
