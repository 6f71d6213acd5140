"""Draw resources for people to label, without a word of what Callboard says about them."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.ownership.evaluation import sample_size
from callboard.domain.ownership.sampling import Drawn, Heap, draw
from callboard.store import Store
from callboard.store.ownership import suggesting as suggesting_store


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What was drawn."""

    drawn: tuple[Drawn, ...]
    heaps: tuple[Heap, ...]
    """By how decisions end; not in the file, since who labels must not know."""
    enough: int
    """Labels of one heap for an interval of three points either side when 95 of 100 are right."""


def sample_ownership(store: Store, viewer: Viewer, *, of_each: int, seed: int) -> Sample:
    """Resources in the viewer's sight, up to `of_each` of every way in which decisions end."""
    with store.read() as conn:
        resources = suggesting_store.drawable(conn, viewer.visibility)
    drawn, heaps = draw(resources, of_each=of_each, seed=seed)
    return Sample(drawn=drawn, heaps=heaps, enough=sample_size(0.03, share=0.95))
