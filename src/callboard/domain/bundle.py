"""Bundles: findings that one action closes. Pure.

The action is the fix where one is known (a package and the version to go to). A vulnerable package without a fix is one
bundle for each advisory, and everything else is put together by its rule, which is mended in one way. Copies of one
vulnerability in code, image and running container have the same package and fix, and so are one bundle.
"""

from __future__ import annotations

import enum
import hashlib

import msgspec
from msgspec import UNSET

from callboard.domain.finding import Observed

_MOST = 500
"""Characters of a key; of a longer one the rest is told by its hash."""


@enum.unique
class BundleKind(enum.IntEnum):
    """What sort of action closes it. The numbers are stored: never reuse one."""

    FIX = 1
    """Go to another version of a package."""
    NO_FIX = 2
    """A package with an advisory and no version that is free of it yet."""
    RULE = 3
    """Do what the rule's guidance says."""

    @property
    def word(self) -> str:
        """The word used in the API."""
        return self.name.lower().replace("_", "-")


_HEADS = {BundleKind.FIX: "package", BundleKind.NO_FIX: "nofix", BundleKind.RULE: "rule"}


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle's key says."""

    kind: BundleKind
    package: str | None = None
    version: str | None = None
    """The version to go to."""
    rule: str | None = None
    """The rule's id at the source."""

    @property
    def words(self) -> str | None:
        """The action as a sentence; None where only the rule's own guidance tells it."""
        if self.kind is BundleKind.FIX:
            return f"Upgrade {self.package} to {self.version}"
        if self.kind is BundleKind.NO_FIX:
            return f"No fixed version of {self.package} is known yet"
        return None


def key_of(seen: Observed) -> str:
    """The key of the bundle that a finding belongs to, as far as this observation tells."""
    fix, rule = seen.fix, seen.rule.external_id
    if isinstance(fix, str) and fix.startswith("package:"):
        return _short(fix)
    package = seen.detail.package
    if package is not UNSET and package is not None:
        return _short(f"nofix:{package}:{rule}")
    return _short(f"rule:{rule}")


def action(key: str) -> Action:
    """What a key says."""
    head, _, rest = key.partition(":")
    first, _, second = rest.rpartition(":")
    if head == _HEADS[BundleKind.FIX] and first and second:
        return Action(kind=BundleKind.FIX, package=first, version=second)
    if head == _HEADS[BundleKind.NO_FIX] and first:
        return Action(kind=BundleKind.NO_FIX, package=first, rule=second)
    return Action(kind=BundleKind.RULE, rule=rest)


def _short(key: str) -> str:
    return key if len(key) <= _MOST else f"{key[: _MOST - 33]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"
