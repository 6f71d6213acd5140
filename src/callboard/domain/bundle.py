"""Bundles: findings that one action closes. Pure.

The action is the fix where one is known (a package and the version to go to), else the rule: everything that breaks one
rule is mended in one way. Copies of one vulnerability in code, image and running container have the same fix, or the same
CVE, and so are one bundle.
"""

from __future__ import annotations

import hashlib

import msgspec

from callboard.domain.finding import Observed

FIX = "fix"
RULE = "rule"

_MOST = 500
"""Characters of a key; of a longer one the rest is told by its hash."""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle's key says."""

    kind: str
    """`fix` or `rule`."""
    package: str | None = None
    version: str | None = None
    """The version to go to."""
    rule: str | None = None
    """The rule's id at the source."""

    @property
    def words(self) -> str | None:
        """The action as a sentence; None where only the rule's own guidance tells it."""
        return f"Upgrade {self.package} to {self.version}" if self.kind == FIX else None


def key_of(seen: Observed, former_fix: str | None = None) -> str:
    """The key of the bundle that a finding belongs to. `former_fix` counts where this door does not tell of a fix."""
    fix = seen.fix if isinstance(seen.fix, str) or seen.fix is None else former_fix
    return key(fix, seen.rule.external_id)


def key(fix: str | None, rule: str) -> str:
    """The key for a fix (`package:<name>:<version>`) and a rule's id."""
    whole = fix if fix is not None and fix.startswith("package:") else f"rule:{rule}"
    return whole if len(whole) <= _MOST else f"{whole[: _MOST - 33]}#{hashlib.md5(whole.encode()).hexdigest()}"  # noqa: S324 (a name, not a seal)


def action(key: str) -> Action:
    """What a key says."""
    kind, _, rest = key.partition(":")
    if kind == "package":
        name, _, version = rest.rpartition(":")
        if name and version:
            return Action(kind=FIX, package=name, version=version)
    return Action(kind=RULE, rule=rest if kind == RULE else key)
