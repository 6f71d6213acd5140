"""Somebody who has signed in, as the catalog knows this person."""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One user of the catalog, with the groups that the catalog puts this user in directly."""

    ref: EntityRef
    groups: tuple[EntityRef, ...] = ()

    @property
    def owners(self) -> tuple[EntityRef, ...]:
        """Whose work is this person's own: the person's, and that of the groups."""
        return (self.ref, *self.groups)
