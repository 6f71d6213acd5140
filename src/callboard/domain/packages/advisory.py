"""An advisory: what is known to be wrong with which versions of which packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.packages.package import PackageKey, package_key
from callboard.domain.packages.ranges import Event, Interval, intervals
from callboard.domain.packages.versions import Order, order_of

LITERAL = b"="
"""Starts the key of a version that has no order: such a version is only ever the same as its own text."""


class Affected(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an advisory says about one package. An advisory may say several such things about the same one; any counts."""

    ecosystem: str
    name: str
    """As the advisory spells it."""
    intervals: tuple[Interval, ...] = ()
    versions: tuple[bytes, ...] = ()
    """Keys of versions that are listed one by one and lie in no bounded interval."""
    unread: tuple[str, ...] = ()
    """What could not be evaluated, in words: a version is not clean by this advisory only because nothing else fits."""

    @property
    def key(self) -> PackageKey:
        """What packages are looked up by."""
        return package_key(self.ecosystem, self.name)

    @property
    def is_exact(self) -> bool:
        """Whether it names versions, and not only the whole package."""
        return bool(self.versions) or any(not each.is_open for each in self.intervals)


class Advisory(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One record of one database of advisories. Its texts come from strangers: they are shown, never followed or run."""

    id: str
    modified: Instant
    published: Instant | None
    withdrawn: Instant | None
    """Set: no finding. It is kept so that a report can say why something is gone."""
    aliases: tuple[str, ...]
    """Other names of the same fact, as far as the record knows."""
    summary: str
    severity: Severity
    """By its vector, or by the publisher's word where there is none; unknown where there is neither."""
    score: float | None
    """CVSS base score, 0 to 10."""
    vector: str | None
    malicious: bool
    """The package, or a release of it, was made to harm. Not a weakness."""
    affected: tuple[Affected, ...]
    integrity: tuple[str, ...] = ()
    """Hashes of harmful files, as lockfiles write them ("sha512-…")."""
    reference: str | None = None
    """An https address that tells more."""

    @property
    def names(self) -> frozenset[str]:
        """Its id and its aliases."""
        return frozenset((self.id, *self.aliases))

    @property
    def cves(self) -> tuple[str, ...]:
        """CVE ids among its names."""
        return tuple(sorted(name for name in self.names if name.startswith("CVE-")))


def affected(
    ecosystem: str,
    name: str,
    *,
    ranges: Iterable[Sequence[Event]] = (),
    versions: Iterable[str] = (),
    unread: Iterable[str] = (),
    keys: Mapping[str, bytes] | None = None,
) -> Affected:
    """The ranges and versions of one package, made ready to be asked. Never raises: what has no order is said in `unread`.

    `keys` may be a mapping that remembers keys, for those who make many.
    """
    order = order_of(ecosystem)
    problems = list(unread)
    found: list[Interval] = []
    if order is None:
        problems.append(f"versions of {ecosystem} have no order here")
    else:
        for events in ranges:
            try:
                found += intervals(events, order)
            except ValueError as error:
                problems.append(f"a range with {str(error)[:80]!r}, which is no version of {ecosystem}")
    # Most advisories list what their ranges hold already; 600,000 versions in one database of 7,000 records.
    if keys is None:
        listed = [exact_key(version, order) for version in versions if version.strip()]
    else:
        listed = [keys[version] for version in versions if version]
    for each in found:
        if not each.is_open:
            listed = each.outside(listed)
    return Affected(ecosystem, name, tuple(found), tuple(dict.fromkeys(listed)), tuple(dict.fromkeys(problems)))


def exact_key(version: str, order: Order | None) -> bytes:
    """What two versions share exactly when they are the same: the key, or the text where there is no order."""
    key = order(version) if order is not None else None
    return LITERAL + version.strip().encode("utf-8", "replace") if key is None else key
