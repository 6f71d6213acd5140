"""How a project uses packages: read out of a lock, and from when to when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.packages.hashes import spelled
from callboard.domain.packages.lock import Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import Package

DEEPEST = 1_000
"""Steps of a way from the project to a package; a deeper one is told from here on only."""


class Use(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How one manifest uses one package."""

    line: int
    """Of its first entry, counted from 1."""
    direct: bool | None
    """Whether the project asks for it itself. None: the manifest does not tell."""
    need: Need | None
    """The strongest way in which it is needed. None: nothing that was read reaches it."""
    parent: Package | None = None
    """The package before it on a shortest way from the project. None: the project itself, or nobody knows."""
    root: Package | None = None
    """The package at the beginning of that way, which the project asks for: what to bump. None: nobody knows."""
    depth: int = 0
    """Steps of that way; 1 is direct. 0: nothing that was read leads to it."""
    hashes: tuple[str, ...] = ()
    """Of the files that it comes as, in their one spelling, sorted. Empty: the manifest tells none."""
    found_in: str | None = None
    """Of its first entry: the file that a bill says it was found in."""
    is_handed_out: bool = True
    """By a registry, so that everybody gets the same file. What comes from elsewhere is packed anew by whoever makes it."""
    install_script: bool | None = None
    """Whether it runs code when it is installed. None: the manifest does not tell."""


class Spell(msgspec.Struct, frozen=True, order=True, gc=False):
    """From when to when something held: from the first moment on, up to the second, which is no part of it."""

    start: int
    end: int


def uses_of(lock: Lock) -> dict[Package, Use]:
    """Every package of others once, with how it is used."""
    ways = _ways(lock)
    tells = lock.tells(Fact.DIRECT)
    found: dict[Package, Use] = {}
    for package, entries in lock.packages().items():
        told = [each.direct for each in entries if each.direct is not None]
        needs = [each.need for each in entries if each.need is not None]
        way = ways.get(package)
        depth, parent, root = (0, None, None) if way is None else way
        found[package] = Use(
            line=entries[0].line,
            direct=any(told) if told else (depth == 1 if depth and tells else None),
            need=min(needs, default=None),
            parent=parent,
            root=root,
            depth=min(depth, DEEPEST),
            found_in=next((entry.found_in for entry in entries if entry.found_in), None),
            hashes=tuple(sorted({spelled(each) for entry in entries for each in entry.integrity})),
            is_handed_out=all(each.origin is Origin.REGISTRY for each in entries),
            install_script=_script(entries),
        )
    return found


def _script(entries: Sequence[Entry]) -> bool | None:
    told = [entry.install_script for entry in entries if entry.install_script is not None]
    return any(told) if told else None


def _ways(lock: Lock) -> dict[Package, tuple[int, Package | None, Package]]:
    """For each package that the project reaches: steps, the package before it, and the one at the beginning of the way.

    Entries of one package in several places count as one, so that each step can be looked up by itself; those that nothing
    reaches lead nowhere. Of ways of equal length the one by the earlier entries, so that the same lock tells the same way.
    """
    named = [each.package for each in lock.entries]
    own = {at for at, entry in enumerate(lock.entries) if entry.is_own}
    reached = _reached(lock, own)
    needs: dict[Package, dict[Package, None]] = {}
    first: set[int] = set()
    for edge in lock.edges:
        if edge.to in own or edge.by not in reached:
            continue
        if edge.by in own:
            first.add(edge.to)
        else:
            needs.setdefault(named[edge.by], {})[named[edge.to]] = None
    found: dict[Package, tuple[int, Package | None, Package]] = {}
    for at in sorted(first):
        found.setdefault(named[at], (1, None, named[at]))
    queue = list(found)
    for package in queue:
        depth, _, root = found[package]
        for other in needs.get(package, ()):
            if other not in found:
                found[other] = (depth + 1, package, root)
                queue.append(other)
    return found


def _reached(lock: Lock, own: Iterable[int]) -> set[int]:
    """The positions that the project's own entries lead to, themselves among them."""
    needs: dict[int, list[int]] = {}
    for edge in lock.edges:
        needs.setdefault(edge.by, []).append(edge.to)
    found = set(own)
    queue = list(found)
    for at in queue:
        for to in needs.get(at, ()):
            if to not in found:
                found.add(to)
                queue.append(to)
    return found


def painted(spells: Iterable[Spell], start: int, end: int, *, is_held: bool) -> tuple[Spell, ...]:
    """The spells once it is known whether something held from `start` to `end`, whatever was thought of that time before."""
    found: list[Spell] = []
    for each in spells:
        if each.start < start:
            found.append(Spell(each.start, min(each.end, start)))
        if each.end > end:
            found.append(Spell(max(each.start, end), each.end))
    if is_held and start < end:
        found.append(Spell(start, end))
    return _joined(sorted(found))


def _joined(spells: Sequence[Spell]) -> tuple[Spell, ...]:
    """Spells that touch, as one."""
    found: list[Spell] = []
    for each in spells:
        if found and each.start <= found[-1].end:
            found[-1] = Spell(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)
