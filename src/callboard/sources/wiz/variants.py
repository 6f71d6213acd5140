"""A resource as one finding tells it: its own fields with something that stands beside them in the record. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVarTuple

from callboard.domain.finding import Resource

Parts = TypeVarTuple("Parts")


class Variants(Generic[*Parts]):
    """Remembers what was made of a resource and something beside it that many findings repeat."""

    def __init__(self, make: Callable[[Resource, *Parts], Resource], most: int = 4_000) -> None:
        """`most` bounds how many are remembered; when it is full, all are forgotten."""
        self._make = make
        self._most = most
        self._known: dict[tuple[object, ...], tuple[Resource, Resource]] = {}

    def __call__(self, resource: Resource, *parts: *Parts) -> Resource:
        """What `make` makes of them."""
        key = (id(resource), *parts)
        known = self._known.get(key)
        # The resource is kept beside the answer, so its id cannot be another one's by now.
        if known is not None and known[0] is resource:
            return known[1]
        made = self._make(resource, *parts)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = (resource, made)
        return made
