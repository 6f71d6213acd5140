"""One lock for several projects: which part of it is whose, and which components a manifest of a repository is about. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from callboard.domain.packages.lock import Edge, Lock


def workspaces(lock: Lock) -> tuple[str, ...]:
    """The folders of the lock's own code, by their path from the lock's folder. Empty text: the lock's folder itself."""
    return tuple(sorted({_folder(each.location) for each in lock.entries if each.is_own}))


def part_of(lock: Lock, folder: str) -> Lock:
    """What the lock's own code in this folder reaches, as a lock of its own. Lines and paths stay those of the whole lock."""
    needs: dict[int, list[int]] = {}
    for edge in lock.edges:
        needs.setdefault(edge.by, []).append(edge.to)
    kept = {at for at, each in enumerate(lock.entries) if each.is_own and is_inside(_folder(each.location), folder)}
    queue = list(kept)
    for at in queue:
        for to in needs.get(at, ()):
            if to not in kept:
                kept.add(to)
                queue.append(to)
    place = {at: number for number, at in enumerate(sorted(kept))}
    return msgspec.structs.replace(
        lock,
        entries=tuple(lock.entries[at] for at in place),
        edges=tuple(
            Edge(place[edge.by], place[edge.to], edge.need)
            for edge in lock.edges
            if edge.by in place and edge.to in place
        ),
    )


def parts(manifest: str, inside: Iterable[str], claimed: Collection[str]) -> dict[str, str]:
    """Claimed folders of a repository that a lock with workspaces speaks of: folder → the same folder from the lock's own.

    `manifest` is the path of the lock, `inside` its workspaces. A workspace belongs to the deepest claim that holds it.
    """
    home, slash, _ = manifest.rpartition("/")
    found: dict[str, str] = {}
    for each in inside:
        whole = f"{home}{slash}{each}".rstrip("/")
        for folder in (deepest(whole, claimed),) if each else ():
            if folder is not None and folder != home and is_inside(folder, home):
                found[folder] = folder.removeprefix(home + slash) if home else folder
    return found


class Homes(msgspec.Struct, frozen=True):
    """Which of the claimed folders of a repository a manifest is about."""

    whole: tuple[str, ...]
    """Those that all of it is about."""
    shares: dict[str, str]
    """Those that a part of it is about, with the folder of that part from the manifest's own."""


def homes(manifest: str, inside: Collection[str], claimed: Collection[str]) -> Homes:
    """The deepest claim that holds the place of a manifest gets all of it, and claims on workspaces get their shares.

    Where nobody claims the place itself, it is everybody's who claims the repository, unless there are shares.
    """
    shares = parts(manifest, inside, claimed)
    home = deepest(manifest.rpartition("/")[0], claimed)
    if home is not None:
        return Homes((home,), shares)
    return Homes(() if shares else tuple(sorted(claimed)), shares)


def deepest(folder: str, claimed: Iterable[str]) -> str | None:
    """The deepest of the claimed folders that holds this one. Empty text: the whole repository. None: there is none."""
    return max((each for each in claimed if is_inside(folder, each)), key=len, default=None)


def is_inside(folder: str, other: str) -> bool:
    """Whether a folder is the other one, or lies below it."""
    return not other or folder == other or folder.startswith(f"{other}/")


def _folder(location: str | None) -> str:
    text = (location or ".").strip("/")
    return "" if text == "." else text.removeprefix("./")
