"""How a project uses packages: read out of a lock, and from when to when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.lock import Edge, Fact, Lock, Need, Origin
from callboard.domain.package import Package

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


class Spell(msgspec.Struct, frozen=True, order=True, gc=False):
    """From when to when something held: from the first moment on, up to the second, which is no part of it."""

    start: int
    end: int


def uses_of(lock: Lock) -> dict[Package, Use]:
    """Every package of others once, with how it is used."""
    ways = _ways(lock)
    tells = lock.tells(Fact.DIRECT)
    found: dict[Package, Use] = {}
    for package, positions in _positions(lock).items():
        entries = [lock.entries[at] for at in positions]
        reached = min((ways[at] for at in positions if at in ways), default=None)
        told = [each.direct for each in entries if each.direct is not None]
        needs = [each.need for each in entries if each.need is not None]
        depth, by, root = (0, -1, -1) if reached is None else reached
        found[package] = Use(
            line=entries[0].line,
            direct=any(told) if told else (depth == 1 if reached is not None and tells else None),
            need=min(needs, default=None),
            parent=lock.entries[by].package if by >= 0 else None,
            root=lock.entries[root].package if root >= 0 else None,
            depth=min(depth, DEEPEST),
        )
    return found


def _positions(lock: Lock) -> dict[Package, list[int]]:
    found: dict[Package, list[int]] = {}
    for at, entry in enumerate(lock.entries):
        if entry.origin is not Origin.WORKSPACE:
            found.setdefault(entry.package, []).append(at)
    return found


def _ways(lock: Lock) -> dict[int, tuple[int, int, int]]:
    """For each entry that the project reaches: steps, the entry before it (-1: the project), and where the way begins.

    Of ways of equal length the one by the earlier entries, so that the same lock tells the same way.
    """
    needs: dict[int, list[Edge]] = {}
    for edge in lock.edges:
        needs.setdefault(edge.by, []).append(edge)
    found: dict[int, tuple[int, int, int]] = {}
    queue: list[int] = []
    own = {at for at, entry in enumerate(lock.entries) if entry.is_own}
    first = {edge.to for at in own for edge in needs.get(at, ())} - own
    for at in sorted(first):
        found[at] = (1, -1, at)
        queue.append(at)
    for at in queue:
        depth, _, root = found[at]
        for edge in needs.get(at, ()):
            if edge.to not in found and edge.to not in own:
                found[edge.to] = (depth + 1, at, root)
                queue.append(edge.to)
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
