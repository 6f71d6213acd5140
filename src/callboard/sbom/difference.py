"""What changed between two bills or locks: packages that came, went, or moved to another version."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from callboard.domain.packages.lock import Entry, Lock
from callboard.domain.packages.package import Package, PackageKey


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A package that is there before and after, in other versions."""

    name: str
    ecosystem: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What changed. Without changes all of it is empty."""

    added: tuple[Package, ...]
    """Of names that were not there at all."""
    removed: tuple[Package, ...]
    moved: tuple[Moved, ...]
    integrity: tuple[Package, ...]
    """The same name and version with hashes that have nothing in common: an alarm by itself."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.removed or self.moved or self.integrity)


def compare(before: Lock, after: Lock) -> Difference:
    """Compares by package key, so that spelling and format do not matter."""
    old, new = _by_key(before.foreign), _by_key(after.foreign)
    moved = []
    for key in sorted(old.keys() & new.keys()):
        was, now = set(old[key]), set(new[key])
        if was != now:
            name = next(iter(new[key].values()))[0].package.name
            moved.append(
                Moved(name=name, ecosystem=key[0], before=tuple(sorted(was - now)), after=tuple(sorted(now - was)))
            )
    return Difference(
        added=_packages(new, new.keys() - old.keys()),
        removed=_packages(old, old.keys() - new.keys()),
        moved=tuple(moved),
        integrity=tuple(
            sorted(
                new[key][version][0].package
                for key in old.keys() & new.keys()
                for version in old[key].keys() & new[key].keys()
                if _conflict(old[key][version], new[key][version])
            )
        ),
    )


_Versions = dict[str, list[Entry]]


def _by_key(entries: Iterable[Entry]) -> dict[PackageKey, _Versions]:
    found: dict[PackageKey, _Versions] = {}
    for entry in entries:
        found.setdefault(entry.package.key, {}).setdefault(entry.package.version, []).append(entry)
    return found


def _packages(all_of_them: dict[PackageKey, _Versions], keys: Iterable[PackageKey]) -> tuple[Package, ...]:
    return tuple(sorted({each[0].package for key in keys for each in all_of_them[key].values()}))


def _conflict(before: list[Entry], after: list[Entry]) -> bool:
    """Whether hashes of one kind have nothing in common. Hashes of different kinds cannot be compared."""
    for kind in {text[:6] for each in before for text in each.integrity} & {
        text[:6] for each in after for text in each.integrity
    }:
        old = {text for each in before for text in each.integrity if text[:6] == kind}
        new = {text for each in after for text in each.integrity if text[:6] == kind}
        if old and new and not old & new:
            return True
    return False
