"""Who may see what. The only place that makes a `Visibility`.

Every function of the store that reads or changes findings takes one, without a default, so that code which forgot to
ask cannot be written.
"""

from __future__ import annotations

import enum

import msgspec

from callboard.domain.component import EntityRef


@enum.unique
class Depth(enum.IntEnum):
    """How far sight reaches; each depth includes the ones before it."""

    COUNTS = 1
    """How many, of which severity."""
    WORK = 2
    """What is needed to fix it: severity, rule, resource, fix, dates."""
    SENSITIVE = 3
    """Evidence, exposed data, attack paths, secret material."""


class Nothing(msgspec.Struct, frozen=True):
    """Sees no finding."""


class Everything(msgspec.Struct, frozen=True):
    """Sees every finding, for a stated reason."""

    reason: str


class Readers(msgspec.Struct, frozen=True):
    """Sees what is owned by these groups or users, and by the groups below them."""

    owners: frozenset[EntityRef]
    depth: Depth


Visibility = Nothing | Everything | Readers

SYNC = Everything("sync")
"""The run road: it writes for everybody."""

LAPTOP = Everything("laptop")
"""The person at the machine that holds the database and the credentials."""


class Viewer(msgspec.Struct, frozen=True):
    """Who looks: what may be seen, and whose work is "mine"."""

    key: str
    """Names the viewer for visits and saved views; no personal data."""
    visibility: Visibility
    owners: tuple[EntityRef, ...] | None
    """The person and the groups this person is in directly. None: nobody is signed in by name."""


AT_THE_LAPTOP = Viewer("laptop", LAPTOP, None)
"""The person at the machine that holds the database."""
