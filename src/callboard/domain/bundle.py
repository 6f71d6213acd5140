"""Bundles: findings that one action closes. Pure.

The action is the fix where one is known. Of a package it is one upgrade, whatever number of advisories it closes and
whatever version each of them asks for: a bundle's key holds no version, so that a new advisory does not move its findings,
and the version to go to is the highest that any finding in sight asks for. What an image has from its base layer is mended
at once, by building it on a newer base. Packages without a fix are one bundle each, and everything else is put together by
its rule, which is mended in one way. Copies of one vulnerability in code, image and running container have the same
package, or the same image, and so are one bundle.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable

import msgspec

from callboard.domain.finding import BaseLayer, Observed
from callboard.domain.versions.untold import line_of, order_of

_MOST = 500
"""Characters of a key; of a longer one the rest is told by its hash."""


@enum.unique
class BundleKind(enum.IntEnum):
    """What sort of action closes it. The numbers are stored: never reuse one."""

    FIX = 1
    """Go to another version of a package."""
    NO_FIX = 2
    """A package with advisories and no version that is free of them yet."""
    RULE = 3
    """Do what the rule's guidance says."""
    BASE = 4
    """Build an image on a newer base image."""

    @property
    def word(self) -> str:
        """The word used in the API."""
        return self.name.lower().replace("_", "-")


FIXES = (BundleKind.FIX, BundleKind.BASE)
"""Kinds of which something newer is known that closes them."""

_FIXED, _UNFIXED, _BASE, _IMAGE, _BY_RULE = "package:", "nofix:", "base:", "image:", "rule:"
"""How keys begin. Behind it stands the package, the base image, the image whose base nobody told, or the rule."""


class Remedy(msgspec.Struct, frozen=True, order=True):
    """What mends one finding in a package."""

    package: str
    line: str = ""
    """The line of versions it is on: the first number of the installed version, or of the fixed one. Empty: nobody knows."""
    version: str = ""
    """The first version free of it, within reach of that line. Empty: none is known."""

    @property
    def key(self) -> str:
        """Text that is equal exactly for equal remedies."""
        return _short(msgspec.json.encode((self.package, self.line, self.version)).decode())

    @property
    def words(self) -> str:
        """The remedy as a sentence."""
        if self.version:
            return f"Upgrade {self.package} to {self.version}"
        return f"No fixed version of {self.package} is known yet"


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle's key says."""

    kind: BundleKind
    package: str | None = None
    image: str | None = None
    """The image to build anew. None: all that were built on the base."""
    base: str | None = None
    """The base image that they were built on. None: nobody told it."""
    rule: str | None = None
    """The rule's id at the source."""

    def words(self, remedies: Iterable[Remedy] = ()) -> str | None:
        """The action as a sentence; None where only the rule's own guidance tells it.

        `remedies` of the findings in sight tell the version: the smallest that closes all of them.
        """
        match self.kind:
            case BundleKind.FIX:
                return f"Upgrade {self.package}{_to(steps(remedies))}"
            case BundleKind.NO_FIX:
                return f"No fixed version of {self.package} is known yet"
            case BundleKind.BASE if self.base is not None:
                return f"Rebuild on a newer {image_words(self.base)}"
            case BundleKind.BASE:
                return f"Rebuild {image_words(self.image or '')} on a newer base image"
        return None


class Step(msgspec.Struct, frozen=True):
    """Where to go from one line of versions."""

    line: str
    version: str


def steps(remedies: Iterable[Remedy]) -> tuple[Step, ...]:
    """For each line the smallest version that closes all its findings, the highest first.

    A line from which the way leads to the same version as from another is told once.
    """
    highest: dict[str, str] = {}
    for each in remedies:
        if each.version:
            former = highest.get(each.line)
            if former is None or order_of(former) < order_of(each.version):
                highest[each.line] = each.version
    by_version: dict[str, str] = {}
    for line in sorted(highest, key=lambda line: (order_of(line), line)):
        by_version[highest[line]] = line
    return tuple(Step(by_version[version], version) for version in sorted(by_version, key=order_of, reverse=True))


_LINES = 2
"""Lines beside the highest that a sentence names; there may be more."""


def target(found: tuple[Step, ...]) -> str:
    """Steps in words, for a table: "6.1.13 (on 5.x 5.3.26)". Empty when there are none."""
    if not found:
        return ""
    others = [f"on {step.line}.x {step.version}" if step.line else step.version for step in found[1 : _LINES + 1]]
    if len(found) > _LINES + 1:
        others.append(f"{len(found) - _LINES - 1} more lines" if len(found) > _LINES + 2 else "1 more line")
    return f"{found[0].version} ({', '.join(others)})" if others else found[0].version


def image_words(image: str) -> str:
    """An image without its registry, as people call it."""
    host, _, rest = image.partition("/")
    return (rest if rest and ("." in host or ":" in host) else image).removeprefix("library/")


def _to(found: tuple[Step, ...]) -> str:
    return f" to {target(found)}" if found else ""


def remedy_of(seen: Observed) -> Remedy | None:
    """What mends a finding, as far as this observation tells. None: it is in no package."""
    package = seen.detail.package
    if (found := _fixed(seen)) is not None:
        name, fixed = found
        installed = seen.detail.version
        line = line_of(installed) if isinstance(installed, str) else ""
        return Remedy(name, line or line_of(fixed), fixed)
    return Remedy(package) if isinstance(package, str) else None


def key_of(seen: Observed, base: str | None = None) -> str:
    """The key of the bundle that a finding belongs to, as far as this observation tells.

    `base`: what its image was built on, if it is in a base layer. None: nobody knows.
    """
    if (found := _fixed(seen)) is not None:
        if isinstance(seen.layer, BaseLayer):
            return base_key(seen.layer.image, base)
        return _short(f"{_FIXED}{found[0]}")
    package = seen.detail.package
    if isinstance(package, str):
        return _short(f"{_UNFIXED}{package}")
    return _short(f"{_BY_RULE}{seen.rule.external_id}")


def base_key(image: str, base: str | None) -> str:
    """The key of what came with the base layer of an image: all that was built on one base is mended alike."""
    return _short(f"{_IMAGE}{image}" if base is None else f"{_BASE}{base}")


def _fixed(seen: Observed) -> tuple[str, str] | None:
    """The package and the first version free of it."""
    fix, package = seen.fix, seen.detail.package
    if not isinstance(fix, str) or not fix.startswith(_FIXED):
        return None
    # Names and versions may both hold a colon: only who told the package knows where one ends.
    if isinstance(package, str) and fix.startswith(f"{_FIXED}{package}:"):
        return package, fix.removeprefix(f"{_FIXED}{package}:")
    name, _, version = fix.removeprefix(_FIXED).rpartition(":")
    return name, version


def action(key: str) -> Action:
    """What a key says."""
    for start, kind in ((_FIXED, BundleKind.FIX), (_UNFIXED, BundleKind.NO_FIX)):
        if key.startswith(start):
            return Action(kind=kind, package=key.removeprefix(start))
    if key.startswith(_BASE):
        return Action(kind=BundleKind.BASE, base=key.removeprefix(_BASE))
    if key.startswith(_IMAGE):
        return Action(kind=BundleKind.BASE, image=key.removeprefix(_IMAGE))
    return Action(kind=BundleKind.RULE, rule=key.removeprefix(_BY_RULE))


def _short(key: str) -> str:
    return key if len(key) <= _MOST else f"{key[: _MOST - 33]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"
