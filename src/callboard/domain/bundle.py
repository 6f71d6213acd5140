"""Bundles: findings that one action closes. Pure.

The action is the fix where one is known (a package and the version to go to). A vulnerable package without a fix is one
bundle for each advisory, and everything else is put together by its rule, which is mended in one way. Copies of one
vulnerability in code, image and running container have the same package and fix, and so are one bundle.
"""

from __future__ import annotations

import enum
import hashlib

import msgspec

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


_FIXED, _UNFIXED, _BY_RULE = "package:", "nofix:", "rule:"
"""How keys begin. Behind it stand the package, "@" and the version or the advisory; or the rule."""


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
    fix, package = seen.fix, seen.detail.package
    if isinstance(fix, str) and fix.startswith(_FIXED):
        # Names and versions may both hold a colon: only who told the package knows where one ends.
        if isinstance(package, str) and fix.startswith(f"{_FIXED}{package}:"):
            return _short(f"{_FIXED}{package}@{fix.removeprefix(f'{_FIXED}{package}:')}")
        name, _, version = fix.removeprefix(_FIXED).rpartition(":")
        return _short(f"{_FIXED}{name}@{version}")
    if isinstance(package, str):
        return _short(f"{_UNFIXED}{package}@{seen.rule.external_id}")
    return _short(f"{_BY_RULE}{seen.rule.external_id}")


def action(key: str) -> Action:
    """What a key says."""
    package, _, rest = key.partition(":")[2].rpartition("@")
    if package and rest and key.startswith(_FIXED):
        return Action(kind=BundleKind.FIX, package=package, version=rest)
    if package and rest and key.startswith(_UNFIXED):
        return Action(kind=BundleKind.NO_FIX, package=package, rule=rest)
    return Action(kind=BundleKind.RULE, rule=key.removeprefix(_BY_RULE))


def _short(key: str) -> str:
    return key if len(key) <= _MOST else f"{key[: _MOST - 33]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"
