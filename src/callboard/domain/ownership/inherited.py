"""Findings that came with a base image: whose they are, and who may see them. Pure.

What lies in the base layer of an image is mended by whoever makes the base image, once, for everybody who builds on it.
So such a finding is routed to the owner of the base image, where that is known for certain, and the component that runs it
keeps seeing it. Where it is not, the finding stays with the component that runs it.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable

import msgspec

from callboard.domain.access import Depth
from callboard.domain.alias import IMAGE
from callboard.domain.bundle import image_words
from callboard.domain.component import EntityRef, short_name
from callboard.domain.finding import Resource
from callboard.domain.instant import Instant
from callboard.domain.ownership.verdict import Ownership, Verdict

IMAGES = frozenset({"CONTAINER_IMAGE"})
"""The source's words for a resource that is an image itself. Others that name an image only run it. Wiz, as of 2026-08."""


LAYER_WORDS = ("own layers", "base image")
"""In which layers of an image a finding is, as its history says it; the place is that of `base_layer`. The words are stored:
never change one."""


def base_of(told: Iterable[str]) -> str | None:
    """The base image of all images of one name. None: nobody told one, or they were built on different ones."""
    found = set(told)
    return found.pop() if len(found) == 1 else None


def stand_in(name: str) -> Resource:
    """A base image that no source lists, as a resource: so that rules and people can say whose it is. `name`: as labels say it."""
    return Resource(external_id=name, name=name, type=min(IMAGES), aliases=((IMAGE, name),))


def agreed(images: Iterable[Ownership]) -> Ownership | None:
    """The one decision for all stored images of a name. None: there is no such image, or they are not decided alike.

    An image that nobody claims contradicts nothing: a registry keeps many of one name, and not all of them are labelled.
    """
    found = {(each.verdict, each.routes, each.readers): each for each in images if each.verdict is not Verdict.UNMAPPED}
    return next(iter(found.values())) if len(found) == 1 else None


def inherits(base: Ownership | None) -> bool:
    """Whether a finding in the base layer goes to the owner of the base image."""
    return base is not None and barred((base,)) is None


@enum.unique
class Bar(enum.StrEnum):
    """Why what came with a base image stays with whoever runs it."""

    UNKNOWN = "unknown"
    UNMAPPED = "unmapped"
    CONTESTED = "contested"
    UNTRUSTED = "untrusted"

    @property
    def words(self) -> str:
        """The reason as the second half of a sentence about the base image, for people."""
        return _WORDS[self]


_WORDS = {
    Bar.UNKNOWN: "no source lists that image itself, so nothing is known of who builds it",
    Bar.UNMAPPED: "it is mapped to nobody",
    Bar.CONTESTED: "the evidence for who builds it does not agree",
    Bar.UNTRUSTED: "who builds it is known only by evidence that anybody may have written",
}


def barred(images: Collection[Ownership]) -> Bar | None:
    """Why a finding in the base layer does not go to the owner of the base image. None: it does.

    `images`: the decisions for the stored images of that name. It goes there only where nobody contests who the owner is,
    and where the evidence is trusted as far as what is sensitive. For one claim here opens the findings of everybody who
    builds on the image: an annotation that anybody can write into a catalog file of their own must not.
    """
    if not images:
        return Bar.UNKNOWN
    if all(each.verdict is Verdict.UNMAPPED for each in images):
        return Bar.UNMAPPED
    base = agreed(images)
    if base is None or base.verdict is not Verdict.MAPPED:
        return Bar.CONTESTED
    trusted = {ref for ref, depth in base.readers if depth is Depth.SENSITIVE}
    return None if base.routes and trusted.issuperset(base.routes) else Bar.UNTRUSTED


class BaseImage(msgspec.Struct, frozen=True, kw_only=True):
    """What a resource was built on, and whose that is which came with it, told to one viewer."""

    image: str
    """The image that the resource is or runs, as `registry/repository`."""
    base: str | None
    """The image that it was built on. None: it does not tell, or images of that name tell different ones."""
    builders: tuple[EntityRef, ...]
    """The components that what came with the base is routed to instead of those that run it. Empty: it is not."""
    bar: Bar | None
    """Why it is not, where the base is known. None: it is, or those who run it build the base themselves."""
    runners: tuple[EntityRef, ...]
    """The components that run the resource."""
    is_inherited: bool
    """What came with the base is for others to fix than those who run it."""

    @property
    def words(self) -> str:
        """What a finding came with, and whose it is therefore, for people."""
        if self.base is None:
            return f"the base image of {image_words(self.image)}"
        base = f"base image {image_words(self.base)}"
        if self.is_inherited:
            return (
                f"{base}, for {', '.join(map(short_name, self.builders)) or 'a component that you may not see'} to fix"
            )
        return base if self.bar is None else f"{base}; {self.bar.words}"


class FromBase(msgspec.Struct, frozen=True, kw_only=True):
    """Open findings on what one component runs, which came with base images that another builds."""

    builder: EntityRef | None
    """The component that has to fix them. None: one that the viewer may not know of."""
    owner: EntityRef | None
    """Who owns that component, as the catalog says."""
    bases: tuple[str, ...]
    """The base images, as `registry/repository`, sorted."""
    open: int
    """In sight. A finding of which several components build the base is told with each of them."""
    critical_high: int
    """Of these."""
    oldest_at: Instant
    """First detection of the oldest."""

    @property
    def words(self) -> str:
        """From what they come and whose they are, for people."""
        builder = "a component that you may not see" if self.builder is None else short_name(self.builder)
        return f"from {', '.join(map(image_words, self.bases)) or 'base images'}, for {builder} to fix"


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
