"""A manifest over time: where it comes from, what arrived, and what taking it in did."""

from __future__ import annotations

import enum

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.bom import Stated
from callboard.domain.packages.lock import Lock


@enum.unique
class Origin(enum.StrEnum):
    """How a manifest arrives. The words are stored: never change one."""

    REPOSITORY = "repository"
    """Callboard reads it from the component's repository."""
    UPLOAD = "upload"
    """A pipeline or a person hands it in."""


def place_words(origin: str, manifest: str, line: int, found_in: str | None) -> str:
    """Where a package stands, as somebody can find it.

    A line of a bill that was handed in leads nowhere: of one the file that it names is told, and whose word that is.
    """
    if origin != Origin.UPLOAD:
        return f"{manifest}:{line}"
    return f"{found_in}, by the bill {manifest}" if found_in else f"the bill {manifest}, handed in"


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One place that manifests come from, one after the other."""

    origin: Origin
    where: str
    """The repository's key, or the reference of the component that it was handed in for."""
    path: str
    """Of the manifest in its repository; for what is handed in, the name that whoever did gave it."""
    part: str = ""
    """The folder whose share of the manifest this is, by its path in the repository. Empty: all of it."""
    repository_id: int | None = None

    @property
    def key(self) -> str:
        """Text that is equal exactly for equal series."""
        return f"{self.origin.value}\n{self.where}\n{self.path}\n{self.part}"


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest that has been read, with what tells it from the one before."""

    lock: Lock
    at: Instant
    """The moment it speaks of: its own date, or when it was read."""
    digest: str
    """Of what it was read from: equal for equal bytes that are read alike."""
    serial: str = ""
    """Of a bill."""
    revision: int = 0
    """The version of a bill with the same serial number."""
    stated: Stated | None = None
    """What a bill says of its parts. None: it is no bill."""


@enum.unique
class Standing(enum.StrEnum):
    """What became of a manifest that arrived."""

    CURRENT = "current"
    """It is what the component consists of now."""
    SAME = "same"
    """It is the one that was there."""
    OLDER = "older"
    """A newer one was there: it counts for the past alone."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What taking a manifest in did."""

    standing: Standing
    packages: int
    came: int = 0
    """Packages that were not used before."""
    went: int = 0
    """Packages that are not used any more."""
    at: Instant
    """The moment that the manifest speaks of."""
    current_at: Instant
    """The moment that the current one speaks of."""
    components: tuple[EntityRef, ...] = ()
    """Those it is about."""
