"""Names that people write and the catalog does not have, and which ones they probably meant."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.component import EntityRef, kind_of
from callboard.domain.query.words import alike
from callboard.store import Store
from callboard.store.ownership import entity_names


class UnknownName(msgspec.Struct, frozen=True):
    """A reference that nothing in sight has."""

    ref: EntityRef
    meant: EntityRef | None
    """The one that is most like it, of the same kind. None: none is like it."""


def among(store: Store, viewer: Viewer, refs: Sequence[EntityRef]) -> tuple[UnknownName, ...]:
    """Those that nothing in sight has: nothing is found by them, which does not mean that all is well."""
    with store.read() as conn:
        known = entity_names.known(conn, viewer.visibility, refs)
    return tuple(UnknownName(ref, meant(store, viewer, ref)) for ref in dict.fromkeys(refs) if ref not in known)


def meant(store: Store, viewer: Viewer, ref: EntityRef) -> EntityRef | None:
    """What `ref` was probably meant to be, of the names that the viewer may know. None: nothing is like it."""
    with store.read() as conn:
        names = entity_names.of_kind(conn, viewer.visibility, kind_of(ref))
    head = len(kind_of(ref)) + 1
    # Only what comes behind the kind is compared, which all of them share.
    found = alike(ref[head:], [name[head:] for name in names], cutoff=0.75)
    return None if found is None else EntityRef(ref[:head] + found)
