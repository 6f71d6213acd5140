"""Findings that came with a base image: whose they are, and who may see them. Pure.

What lies in the base layer of an image is mended by whoever makes the base image, once, for everybody who builds on it.
So such a finding is routed to the owner of the base image, where that is known, and the component that runs it keeps
seeing it. Where it is not known, the finding stays with the component that runs it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from callboard.domain.access import Depth
from callboard.domain.component import EntityRef
from callboard.domain.ownership import Ownership, Verdict


def base_of(told: Iterable[str]) -> str | None:
    """The base image of all images of one name. None: nobody told one, or they were built on different ones."""
    found = set(told)
    return found.pop() if len(found) == 1 else None


def inherits(base: Ownership | None) -> bool:
    """Whether a finding in the base layer goes to the owner of the base image: only where nobody contests who that is."""
    return base is not None and base.verdict is Verdict.MAPPED and bool(base.routes)


def inherited(own: Ownership, base: Ownership | None) -> Ownership:
    """Whose a finding in the base layer of an image is.

    `own` is the decision for the resource that it was found on, `base` the one for the base image; None: no base image is
    known. The owner of the base sees what is needed to mend it and nothing that is sensitive about what others built on
    it; whoever sees the resource by its own evidence sees no more and no less than before.
    """
    if base is None or not inherits(base):
        return own
    readers: dict[EntityRef, Depth] = {ref: min(depth, Depth.WORK) for ref, depth in base.readers}
    for ref, depth in own.readers:
        readers[ref] = max(depth, readers.get(ref, depth))
    return msgspec.structs.replace(base, readers=tuple(sorted(readers.items())))
