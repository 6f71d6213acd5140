"""Who may see what. The only place that makes a `Visibility`.

Every function of the store that reads or changes findings takes one, without a default, so that code which forgot to
ask cannot be written.
"""

from __future__ import annotations

import enum

import msgspec

from callboard.domain.component import EntityRef
from callboard.errors import NotAllowedError


@enum.unique
class Depth(enum.IntEnum):
    """How far sight reaches; each depth includes the ones before it."""

    COUNTS = 1
    """How many, of which severity."""
    WORK = 2
    """What is needed to fix it: severity, rule, resource, fix, dates."""
    SENSITIVE = 3
    """Evidence, exposed data, attack paths, secret material."""


@enum.unique
class Right(enum.StrEnum):
    """What somebody may do, apart from what they see. The words are stored and told: never change one."""

    DECIDE = "decide"
    """Say something about a finding that one sees: not ours, the link is broken, and what decisions there are."""
    MAP = "map"
    """Say whose a resource is, for everybody: confirm an owner, write mapping rules, trust a tag."""
    ADMINISTER = "administer"
    """Look after Callboard itself: tokens, policies, held runs."""
    AUDIT = "audit"
    """Read and verify the log of who did what."""


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
    """Who looks: what may be seen, whose work is "mine", and what may be done."""

    key: str
    """Names the viewer for visits and saved views; no personal data."""
    visibility: Visibility
    owners: tuple[EntityRef, ...] | None
    """The person and the groups this person is in directly. None: nobody is signed in by name."""
    actor: str = ""
    """Who this is in the log of who did what, for example "user:default/ana". Empty: the same as `key`."""
    rights: frozenset[Right] = frozenset()

    def require(self, right: Right) -> None:
        """Raise NotAllowedError when the viewer lacks this right."""
        if right not in self.rights:
            raise NotAllowedError(f"You may not {right.value}.", hint="An administrator of Callboard can grant it.")

    @property
    def named(self) -> str:
        """Who did it, for logs: never empty."""
        return self.actor or self.key


AT_THE_LAPTOP = Viewer("laptop", LAPTOP, None, "laptop", frozenset(Right))
"""The person at the machine that holds the database."""
