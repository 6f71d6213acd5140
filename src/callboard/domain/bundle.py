"""Bundles: findings that one action closes. Pure.

The action is the fix where one is known. Of a package it is one upgrade, whatever number of advisories it closes and
whatever version each of them asks for: a bundle's key holds no version, so that a new advisory does not move its findings,
and the version to go to is the highest that any finding in sight asks for. Packages of an operating system are brought up
to date together: on machines by one update, in images by building them anew. Settings of one type of resource are made in
one place and changed in one go, unless they are urgent: those stand alone. Everything else is put together by its rule,
which is mended in one way. Copies of one vulnerability in code, image and running container have the same package, or the
same image, and so are one bundle.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from callboard.domain.finding import BaseLayer, Kind, Observed, Severity, System
from callboard.domain.remedy import Remedy, named, short, steps, target
from callboard.domain.system_update import command


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
    """Build an image anew, on a newer base image."""
    SYSTEM = 5
    """Update the operating system of machines."""
    SETTINGS = 6
    """Change settings of one type of resource."""

    REMOVE = 7
    """Take a package out that was made to harm, of which no harmless version is known."""
    LOOK = 8
    """Find out whether a package about which something is odd is what it should be."""

    @property
    def word(self) -> str:
        """The word used in the API."""
        return self.name.lower().replace("_", "-")


FIXES = (BundleKind.FIX, BundleKind.BASE, BundleKind.SYSTEM)
"""Kinds of which something newer is known that closes them."""

_TOGETHER = frozenset({Severity.MEDIUM, Severity.LOW, Severity.INFO})
"""Settings so severe are changed in one go. What is worse, or nobody knows how bad, is not to wait for the others."""

_FIXED, _UNFIXED, _BASE, _IMAGE, _BY_RULE = "package:", "nofix:", "base:", "image:", "rule:"
"""How keys begin. Behind it stands the package, the base image, the image whose base nobody told, or the rule."""
_SYSTEM, _UNFIXED_SYSTEM, _SETTINGS, _REMOVED, _LOOKED = "system:", "nofix-system:", "settings:", "remove:", "look:"
"""Behind it stands what the machines run, nothing, the type of resource, or the package."""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle's key says."""

    kind: BundleKind
    package: str | None = None
    """None, where there is no fix: packages of the operating system."""
    image: str | None = None
    """The image to build anew. None: all that were built on the base."""
    base: str | None = None
    """The base image that they were built on. None: nobody told it."""
    rule: str | None = None
    """The rule's id at the source."""
    system: str | None = None
    """What the machines run, in the source's word. Empty: nobody told."""
    settings: str | None = None
    """The type of the resources whose settings are to be changed, in the source's word."""

    def words(self, asked: Mapping[Remedy, int]) -> str | None:
        """The action as a sentence; None where only the rule's own guidance tells it.

        `asked`: the remedies of the findings in sight, and how many of them ask for each. They tell the version, which is
        the smallest that closes all of them, and the packages, those with the most findings first.
        """
        match self.kind:
            case BundleKind.FIX:
                found = target(steps(asked))
                return f"Upgrade {self.package}{f' to {found}' if found else ''}"
            case BundleKind.NO_FIX:
                return f"No fixed version of {self.package or named(asked) or 'system packages'} is known yet"
            case BundleKind.BASE if self.base is not None:
                return f"Rebuild on a newer {image_words(self.base)}{_of(asked)}"
            case BundleKind.BASE:
                return f"Rebuild {image_words(self.image or '')} on a newer base image{_of(asked)}"
            case BundleKind.SYSTEM:
                how = command(each.version for each in asked)
                return f"Update {self.machines}{f' with {how}' if how else ''}{_of(asked)}"
            case BundleKind.REMOVE:
                return f"Remove {self.package}"
            case BundleKind.LOOK:
                return f"Find out whether {self.package} is what it should be"
            case BundleKind.SETTINGS if len(asked) > 1:
                return f"Change {len(asked)} settings of {plural(self.settings or '')} together"
        return None

    @property
    def machines(self) -> str:
        """What is updated, as people call it."""
        return f"{self.system} machines" if self.system else "machines"


def _of(asked: Mapping[Remedy, int]) -> str:
    packages = named(asked)
    return f": {packages}" if packages else ""


def image_words(image: str) -> str:
    """An image without its registry, as people call it."""
    host, _, rest = image.partition("/")
    return (rest if rest and ("." in host or ":" in host) else image).removeprefix("library/")


def plural(kind: str) -> str:
    """Several resources of a type, in words: `REPOSITORY_BRANCH` are "repository branches"."""
    words = kind.replace("_", " ").lower() or "resource"
    if words.endswith("y") and words[-2:-1] not in "aeiou":
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "x", "ch", "sh")) else f"{words}s"


def remedy_of(seen: Observed) -> Remedy | None:
    """What mends a finding, as far as this observation tells. None: doing what its rule says, and nothing else with it."""
    if (found := _fixed(seen)) is not None:
        return Remedy.of(*found, seen.detail.version)
    if isinstance(package := seen.detail.package, str):
        return Remedy(package)
    return Remedy(rule=seen.rule.name) if _settings(seen) is not None else None


def key_of(seen: Observed, base: str | None = None) -> str:
    """The key of the bundle that a finding belongs to, as far as this observation tells.

    `base`: what the image that it is in was built on. None: it is in none, or nobody knows.
    """
    package, system = seen.detail.package, seen.system
    if (image := image_of(seen)) is not None:
        return base_key(image, base)
    if (found := _fixed(seen)) is not None:
        return short(f"{_SYSTEM}{system.family}" if isinstance(system, System) else f"{_FIXED}{found[0]}")
    if isinstance(package, str):
        if seen.kind is Kind.MALICIOUS_PACKAGE:
            return short(f"{_REMOVED}{package}")
        if seen.kind is Kind.SUSPICIOUS_PACKAGE:
            return short(f"{_LOOKED}{package}")
        return _UNFIXED_SYSTEM if isinstance(system, System) else short(f"{_UNFIXED}{package}")
    if (kind := _settings(seen)) is not None:
        return short(f"{_SETTINGS}{kind}")
    return short(f"{_BY_RULE}{seen.rule.external_id}")


def image_of(seen: Observed) -> str | None:
    """The image that is built anew to mend it. None: that mends it not, or it is in none, or in what was built into it."""
    for brought in () if _fixed(seen) is None else (seen.layer, seen.system):
        if isinstance(brought, BaseLayer | System) and brought.image is not None:
            return brought.image
    return None


def base_key(image: str, base: str | None) -> str:
    """The key of what one build of an image mends: all that was built on one base is mended alike."""
    return short(f"{_IMAGE}{image}" if base is None else f"{_BASE}{base}")


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


def _settings(seen: Observed) -> str | None:
    """The type of resource that a setting is changed on, where that is not urgent."""
    fix = seen.fix
    if not isinstance(fix, str) or not fix.startswith(_SETTINGS) or seen.severity not in _TOGETHER:
        return None
    return fix.removeprefix(_SETTINGS) or None


def action(key: str) -> Action:
    """What a key says."""
    packages = (
        (_FIXED, BundleKind.FIX), (_UNFIXED, BundleKind.NO_FIX), (_REMOVED, BundleKind.REMOVE), (_LOOKED, BundleKind.LOOK),
    )  # fmt: skip
    for start, kind in packages:
        if key.startswith(start):
            return Action(kind=kind, package=key.removeprefix(start))
    if key.startswith(_BASE):
        return Action(kind=BundleKind.BASE, base=key.removeprefix(_BASE))
    if key.startswith(_IMAGE):
        return Action(kind=BundleKind.BASE, image=key.removeprefix(_IMAGE))
    if key.startswith(_SYSTEM):
        return Action(kind=BundleKind.SYSTEM, system=key.removeprefix(_SYSTEM))
    if key.startswith(_SETTINGS):
        return Action(kind=BundleKind.SETTINGS, settings=key.removeprefix(_SETTINGS))
    if key == _UNFIXED_SYSTEM:
        return Action(kind=BundleKind.NO_FIX)
    return Action(kind=BundleKind.RULE, rule=key.removeprefix(_BY_RULE))
