"""What waits for an owner, put together by what one action would map. Pure.

One resource may wait in several places at a time, in a project and in an account, so the places of a queue overlap: each
says what acting there would map, and lists exactly that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.ownership.explanation import Spoken
from callboard.domain.ownership.likeness import Suggestion
from callboard.domain.ownership.suggesting import Place
from callboard.domain.query import OneOf, Query
from callboard.domain.query.terms import OPEN
from callboard.errors import InvalidQueryError

ACTED_ON = ("project", "account")
"""Kinds of places that one annotation or one rule maps as a whole, what is said first in a tie."""
MOST_PROPOSED = 3
MOST_EXAMPLES = 5


class Waiter(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that nobody owns."""

    source: str
    external_id: str
    name: str
    type: str
    open: int
    """Open findings on it."""
    places: tuple[Place, ...]
    suggestions: tuple[Suggestion, ...]
    """The likeliest first."""
    said: tuple[Spoken, ...] = ()
    """What people said about it that stands, the newest first: whose it is not."""

    @property
    def is_suggested(self) -> bool:
        """Whether some component is likely enough to be suggested."""
        return any(not each.is_clerical for each in self.suggestions)


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A component that resources of one place are like."""

    component: EntityRef
    owner: EntityRef | None
    resources: int
    """How many of them it is suggested for."""
    sentence: str
    """Why, for the one that says it loudest."""
    is_clerical: bool
    """For none of them is it a suggestion: a person has to look."""


class Heap(msgspec.Struct, frozen=True, kw_only=True):
    """What one action would map."""

    kind: str
    """project or account."""
    value: str
    title: str
    findings: int
    """Open ones."""
    resources: int
    query: str
    """Lists exactly these findings."""
    proposed: tuple[Proposed, ...]
    """The component that most of them are like first."""
    examples: tuple[Waiter, ...]
    """Those with most open findings."""


def turn(waiter: Waiter) -> tuple[bool, bool, int, str, str]:
    """Sorts a queue: first what somebody waits for who has said that it is not theirs, then what can be answered."""
    return not waiter.said, not waiter.is_suggested, -waiter.open, waiter.name, waiter.external_id


def heaps(waiters: Iterable[Waiter], titles: dict[Place, str]) -> tuple[Heap, ...]:
    """Places by what acting there would map, the most open findings first. `titles` are names of places for people."""
    found: defaultdict[Place, list[Waiter]] = defaultdict(list)
    for each in waiters:
        for place in dict.fromkeys(each.places):
            if place[0] in ACTED_ON:
                found[place].append(each)
    made = [_heap(place, many, titles.get(place, place[1])) for place, many in found.items()]
    return tuple(
        sorted(
            (each for each in made if each is not None),
            key=lambda heap: (-heap.findings, -heap.resources, ACTED_ON.index(heap.kind), heap.value),
        )
    )


def _heap(place: Place, many: Sequence[Waiter], title: str) -> Heap | None:
    kind, value = place
    try:
        query = Query((OPEN, OneOf("is", ("unmapped",)), OneOf(kind, (value,)))).canonical
    except (ValueError, InvalidQueryError):
        return None  # a name that cannot be asked for: its resources are listed one by one
    ordered = sorted(many, key=lambda each: (-each.open, each.name, each.source, each.external_id))
    return Heap(
        kind=kind, value=value, title=title, findings=sum(each.open for each in many), resources=len(many), query=query,
        proposed=proposed(many), examples=tuple(ordered[:MOST_EXAMPLES]),
    )  # fmt: skip


def proposed(waiters: Iterable[Waiter]) -> tuple[Proposed, ...]:
    """Components that these resources are like: those suggested for most of them first, then those said loudest."""
    voices: defaultdict[EntityRef, list[Suggestion]] = defaultdict(list)
    for each in waiters:
        for suggestion in each.suggestions:
            voices[suggestion.component].append(suggestion)
    ranked = sorted(voices.items(), key=lambda item: (-len(item[1]), -max(one.weight for one in item[1]), item[0]))
    return tuple(
        Proposed(
            component=ref, owner=said[0].owner, resources=len(said),
            sentence=max(said, key=lambda one: (one.weight, one.sentence)).sentence,
            is_clerical=all(one.is_clerical for one in said),
        )
        for ref, said in ranked[:MOST_PROPOSED]
    )  # fmt: skip
