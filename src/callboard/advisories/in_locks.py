"""Locks in, matches out: each package version asked about once, each match with every place where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from callboard.advisories.answering import Match, NotEvaluated, Place, Report, answer, listed_hash
from callboard.advisories.index import Index
from callboard.domain.packages.lock import Edge, Lock, Origin
from callboard.domain.packages.package import Package

MAX_BUMP = 5
"""Packages to bump that are listed; more are counted."""
_ELSEWHERE = (Origin.GIT, Origin.URL, Origin.FILE, Origin.EXEC)
"""Where the content comes from if not from a registry: advisories speak of what registries hand out."""
_BRIEF_PLACES: tuple[Place, ...] = ()


def answer_locks(index: Index, locks: Sequence[Lock], extra: Iterable[NotEvaluated] = ()) -> Report:
    """What the index says about everything in these manifests."""
    packages: dict[Package, list[tuple[int, int]]] = {}
    hashed: dict[Package, dict[str, None]] = {}
    has_hashes = index.knows_hashes
    for number, lock in enumerate(locks):
        for position, entry in enumerate(lock.entries):
            if entry.is_own or entry.origin is Origin.LINK:
                continue
            packages.setdefault(entry.package, []).append((number, position))
            if has_hashes and entry.integrity:
                hashed.setdefault(entry.package, {}).update(dict.fromkeys(entry.integrity))
    report = answer(index, dict.fromkeys(packages, _BRIEF_PLACES), [*extra, *_not_read(locks), *_elsewhere(locks)])
    found = list(report.matches)
    by_purl = {}
    for package, values in hashed.items():
        found += listed_hash(index, package, values, ())
    if not found and not report.not_evaluated:
        return report
    by_purl = {package.purl: places for package, places in packages.items()}
    needers: dict[int, Mapping[int, list[Edge]]] = {}

    def places(purl: str) -> tuple[Place, ...]:
        return tuple(_place(locks, number, position, needers) for number, position in by_purl.get(purl, ()))

    matches = tuple(msgspec.structs.replace(each, places=places(each.purl)) for each in _once(found))
    missed = tuple(
        _placed(each, places(each.purl)) if each.purl is not None and each.path is None else each
        for each in report.not_evaluated
    )
    return msgspec.structs.replace(report, matches=matches, not_evaluated=missed)


def _once(found: Iterable[Match]) -> Iterable[Match]:
    """A record that fits by name and by hash is one match."""
    seen: set[tuple[str, str]] = set()
    for each in sorted(found, key=lambda match: match.confidence == "hint"):
        if (each.purl, each.advisory) not in seen:
            seen.add((each.purl, each.advisory))
            yield each


def _placed(missed: NotEvaluated, places: tuple[Place, ...]) -> NotEvaluated:
    return msgspec.structs.replace(missed, path=places[0].path, line=places[0].line) if places else missed


def _place(locks: Sequence[Lock], number: int, position: int, needers: dict[int, Mapping[int, list[Edge]]]) -> Place:
    lock = locks[number]
    entry = lock.entries[position]
    if number not in needers:
        needers[number] = lock.needers()
    brought = () if entry.direct else _bringers(lock, position, needers[number])
    return Place(
        path=lock.path,
        line=entry.line,
        direct=entry.direct,
        need=entry.need.word if entry.need is not None else None,
        bump=brought[:MAX_BUMP],
        bring=len(brought),
    )


def _bringers(lock: Lock, position: int, needers: Mapping[int, list[Edge]]) -> tuple[str, ...]:
    """What the project asks for itself and that leads here: what can be bumped. The nearest first."""
    queue = [position]
    seen = {position}
    found: dict[str, None] = {}
    for at in queue:
        entry = lock.entries[at]
        if entry.is_own:
            continue
        if at != position and entry.direct:
            found[f"{entry.package.name} {entry.package.version}"] = None
        for edge in needers.get(at, ()):
            if edge.by not in seen:
                seen.add(edge.by)
                queue.append(edge.by)
    return tuple(found)


def _not_read(locks: Sequence[Lock]) -> Iterable[NotEvaluated]:
    for lock in locks:
        for problem in lock.problems:
            yield NotEvaluated(problem.reason, path=lock.path, line=problem.line)


def _elsewhere(locks: Sequence[Lock]) -> Iterable[NotEvaluated]:
    """Packages whose content no registry hands out: by name they may be clean, which says little about them."""
    for lock in locks:
        for entry in lock.entries:
            if entry.origin in _ELSEWHERE:
                yield NotEvaluated(
                    f"{entry.package.name[:200]} comes from {entry.origin.value}: advisories speak of what registries hand out",
                    path=lock.path,
                    line=entry.line,
                )
