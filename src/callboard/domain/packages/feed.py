"""A list of what is known about packages, as it was at hand when packages were matched."""

from __future__ import annotations

import msgspec

from callboard.domain.instant import Instant


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of an index of advisories."""

    name: str
    """For example "npm", "kev" or "epss"."""
    read_at: Instant
    """When it was fetched from its publisher."""
