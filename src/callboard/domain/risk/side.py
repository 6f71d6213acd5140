"""Where a portal runs a package: in the backend's process, in the browsers of who has it open, or in both. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from callboard.domain.packages.lock import Lock, Need
from callboard.domain.packages.package import Package


@enum.unique
class Side(enum.StrEnum):
    """Where it runs."""

    BACKEND = "backend"
    FRONTEND = "frontend"
    BOTH = "both"


ROLES: Mapping[str, Side] = {"backend": Side.BACKEND, "frontend": Side.FRONTEND}
"""What `backstage.role` of a package.json says of the two packages that a portal is started from. What is built into them
follows from what they need; a plugin that neither needs runs nowhere."""


def sides(lock: Lock, roles: Mapping[str, Side]) -> dict[Package, Side]:
    """Where each package of others runs, as far as a lock tells. `roles`: the folder of a workspace → what it is.

    What is needed for development alone is built into neither. Of a package that neither needs nothing is said.
    """
    needs: dict[int, list[int]] = {}
    for edge in lock.edges:
        if edge.need is not Need.DEVELOPMENT:
            needs.setdefault(edge.by, []).append(edge.to)
    found: dict[Package, Side] = {}
    for side in (Side.BACKEND, Side.FRONTEND):
        queue = [at for at, each in enumerate(lock.entries) if each.is_own and roles.get(each.location or ".") is side]
        seen = set(queue)
        for at in queue:
            new = [to for to in needs.get(at, ()) if to not in seen]
            seen.update(new)
            queue += new
        for at in seen:
            entry = lock.entries[at]
            if not entry.is_own:
                former = found.get(entry.package, side)
                found[entry.package] = side if former is side else Side.BOTH
    return found
