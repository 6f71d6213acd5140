"""One number of a plan or of what drifted, and the resources that it counts. Pure."""

from __future__ import annotations

import enum

import msgspec

from callboard.domain.component import EntityRef, short_name
from callboard.domain.instant import Instant


@enum.unique
class Number(enum.StrEnum):
    """What a number of a plan counts. The words are in addresses and in the API."""

    MOVED = "moved"
    """Everything that would go elsewhere."""
    DEPTH = "depth"
    """What would stay where it is, and be seen to another depth."""
    SHIFT = "shift"
    """What would go from the same to the same: `Shift.key`."""
    GAINED = "gained"
    """What an owner would newly see."""
    LOST = "lost"
    """What an owner would see no more."""
    GAINED_SENSITIVE = "gained-sensitive"
    LOST_SENSITIVE = "lost-sensitive"
    MATCHED = "matched"
    """What a rule would match."""
    DECIDED = "decided"
    """What a rule would decide."""

    @property
    def is_whole(self) -> bool:
        """It is about the whole plan, and not about one thing in it."""
        return self in (Number.MOVED, Number.DEPTH)


class Pick(msgspec.Struct, frozen=True):
    """One number of a plan."""

    number: Number
    of: str = ""
    """The shift, the owner or the rule that it is about."""

    def __str__(self) -> str:
        return f"{self.number}:{self.of}" if self.of else self.number.value


def pick(text: str) -> Pick:
    """A number as it is written: `moved`, `gained:group:default/red`. Raises ValueError."""
    word, _, of = text.partition(":")
    number = Number(word)
    if number.is_whole == bool(of):
        raise ValueError(f"{word!r} stands alone" if of else f"{word!r} needs what it is about")
    return Pick(number, of)


class Sight(msgspec.Struct, frozen=True):
    """What one person would see more of, or less, under other roles."""

    person: EntityRef
    more: bool

    @property
    def told(self) -> str:
        """What is said of the findings that it counts."""
        return f"would {'come into' if self.more else 'leave'} the sight of {short_name(self.person)}"


MORE, LESS = "sees-more", "sees-less"
"""How it is asked for, before a colon and the person."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One of the resources that a number counts."""

    external_id: str
    source: str
    name: str
    type: str
    before: tuple[EntityRef, ...]
    """Whose it was, or is. Empty: nobody's."""
    after: tuple[EntityRef, ...]
    """Whose it is, or would be."""
    verdict: str
    """With that: mapped, conflict or unmapped."""
    open: int
    """Open findings on it, in sight; or those of them that go this way."""
    is_whole: bool = True
    """They are all the open ones on it. Else the others, that came with its base image or did not, are another line's."""
    at: Instant | None = None
    """When it went over. None: it would, or it stays."""


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """The resources that a number counts, those with most open findings first."""

    resources: int
    findings: int
    """Open ones on all of them."""
    lines: tuple[Line, ...]
    next: int | None = None
    """How many to skip for more. None: these are the last."""


LINES = 100
"""Resources told at once."""
